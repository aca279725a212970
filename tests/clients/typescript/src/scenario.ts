// A front-end's first hour: what the head of a department does first.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import {
  correspondentsCreate,
  correspondentsHistory,
  correspondentsRetrieve,
  correspondentsUpdate,
  establishmentsList,
  meRetrieve,
  sessionsCreate,
  sessionsDeleteCurrent,
} from '../client/index.js';
import type { Correspondent, CreateCorrespondent, Establishment, EstablishmentKind, Me } from '../client/index.js';
import { client } from '../client/client.gen.js';
import { checkCover, leadDossier, openDossier, openUnusualDossier, readSteps, searchMember } from './casework.js';
import { answered, everyItem, refused, say } from './support.js';
import type { Versioned } from './support.js';

const { ENTRAIDE_URL = 'http://127.0.0.1:8080', ENTRAIDE_LOGIN = '', ENTRAIDE_PASSWORD = '' } = process.env;

async function logIn(): Promise<void> {
  client.setConfig({ baseUrl: `${ENTRAIDE_URL}/api/v1`, headers: { 'Accept-Language': 'en' } });
  const wrong = await sessionsCreate({ body: { login: ENTRAIDE_LOGIN, password: 'not the password' } });
  say(`A wrong password is refused: ${refused(wrong, 'login.refused').detail}`);

  const { data: tokens } = answered(await sessionsCreate({ body: { login: ENTRAIDE_LOGIN, password: ENTRAIDE_PASSWORD } }));
  client.setConfig({ auth: tokens.access_token });
}

async function tellWho(): Promise<Me> {
  const { data: me } = answered(await meRetrieve());
  assert.deepEqual(me.grants.map(({ role, department_code }) => [role, department_code]), [['department_head', '63']]);
  say(`${me.display_name} is logged in as head of department ${me.default_department_code}.`);
  return me;
}

async function findSchool(): Promise<Establishment> {
  const kinds: EstablishmentKind[] = ['middle_school', 'primary_school'];
  let schools = 0;
  for await (const { kind } of everyItem((at) => establishmentsList({ query: { department: ['63'], kind: kinds, sort: 'name', limit: 1, ...at } }))) {
    assert.ok(kinds.includes(kind));
    schools += 1;
  }
  assert.equal(schools, 12);
  say(`${schools} middle and primary schools were read page by page.`);

  const { data: found } = answered(await establishmentsList({ query: { department: ['63'], q: 'emilie chatelet' } }));
  const [school] = found.items;
  assert.ok(school);
  say(`${school.name} (${school.uai}) was found without its accents.`);
  return school;
}

async function nameCorrespondent(school: Establishment): Promise<Versioned<Correspondent>> {
  const path = { id: school.id };
  const headers = { 'Idempotency-Key': randomUUID() };
  const body: CreateCorrespondent = { display_name: 'Zoé Núñez', starts_on: '2026-09-01', phone: '04 73 00 00 99' };
  const { data: correspondent, etag } = answered(await correspondentsCreate({ path, headers, body }));
  assert.equal(correspondent.phone, '+33473000099');
  assert.equal(correspondent.ends_on, null);
  say(`${correspondent.display_name} is its correspondent since ${correspondent.starts_on}.`);

  const again = answered(await correspondentsCreate({ path, headers, body }));
  assert.equal(again.data.id, correspondent.id);
  assert.equal(again.headers.get('Idempotency-Replayed'), 'true');
  say('The same request sent again got the same answer, and named nobody else.');

  const other = await correspondentsCreate({ path, headers: { 'Idempotency-Key': randomUUID() }, body: { ...body, display_name: 'Théo Œuvrard' } });
  say(`A second one is refused: ${refused(other, 'correspondent.in_office').detail}`);
  return { data: correspondent, etag };
}

async function readCorrespondent(id: string, school: Establishment): Promise<void> {
  const { data } = answered(await correspondentsRetrieve({ path: { id }, query: { expand: ['establishment'] } }));
  assert.equal(data.establishment?.uai, school.uai);
  say(`Read again, ${data.display_name} comes with ${data.establishment.name}.`);
}

async function changeCorrespondent({ data: { id }, etag }: Versioned<Correspondent>): Promise<void> {
  const path = { id };
  const { data: changed } = answered(await correspondentsUpdate({ path, headers: { 'If-Match': etag }, body: { email: 'zoe.nunez@example.org', phone: null } }));
  assert.deepEqual([changed.version, changed.email, changed.phone, changed.display_name], [2, 'zoe.nunez@example.org', null, 'Zoé Núñez']);
  say('An address was added and the phone cleared; the rest stayed.');

  const stale = await correspondentsUpdate({ path, headers: { 'If-Match': etag }, body: { ends_on: '2027-08-31' } });
  assert.equal(refused(stale, 'version.stale').status, 412);
  say('A change of the version before is refused.');

  const wrong = await correspondentsUpdate({ path, headers: { 'If-Match': '*' }, body: { ends_on: '2026-08-31' } });
  const [fault] = refused(wrong, 'input.invalid').errors;
  assert.equal(fault?.pointer, '/ends_on');
  say(`An end before the start is told with its place, ${fault.pointer}: ${fault.detail}`);
}

async function readHistory(id: string): Promise<void> {
  const { data: history } = answered(await correspondentsHistory({ path: { id } }));
  assert.deepEqual(history.items.map(({ action, version }) => [action, version]), [['update', 2], ['create', 1]]);
  assert.deepEqual(history.items.map(({ after }) => after?.['email']), ['zoe.nunez@example.org', null]);
  say(`The history tells ${history.items.length} versions, the newest first.`);
}

async function logOut(): Promise<void> {
  answered(await sessionsDeleteCurrent());
  refused(await meRetrieve(), 'session.ended');
  say('Logged out: the token opens nothing any more.');
}

await logIn();
const me = await tellWho();
const school = await findSchool();
const correspondent = await nameCorrespondent(school);
await readCorrespondent(correspondent.data.id, school);
await changeCorrespondent(correspondent);
await readHistory(correspondent.data.id);
const member = await searchMember(me);
await checkCover(member);
const opened = await openDossier(member, school);
const closed = await leadDossier(opened, me);
await readSteps(closed, member);
await openUnusualDossier(member);
await logOut();
