// From the call of a member to a closed dossier.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import {
  associationsList,
  dossiersCreate,
  dossiersRetrieve,
  dossiersTransition,
  dossiersTransitionsList,
  establishmentsList,
  membersCover,
  membersCreate,
  membersSearch,
  membershipsCreate,
} from '../client/index.js';
import type { Dossier, DossierCommand, Establishment, Me, Member, OpenDossier, Transition } from '../client/index.js';
import { answered, everyItem, refused, say } from './support.js';
import type { Versioned } from './support.js';

const REGISTERED_ON = '2026-09-10';
const FACTS_ON = '2026-10-12';

/** A new key for each intended effect. */
const once = () => ({ 'Idempotency-Key': randomUUID() });

export async function searchMember(me: Me): Promise<Member> {
  const body = { name: 'lefoebvre nun' };
  const { data: before } = answered(await membersSearch({ body }));
  assert.deepEqual(before.items, []);
  await registerMember(me);

  const { data: after } = answered(await membersSearch({ body }));
  const [member, ...others] = after.items;
  assert.ok(member);
  assert.deepEqual(others, []);
  say(`${member.first_name} ${member.last_name} was found by “${body.name}”, the beginnings of her names without their accents.`);
  return member;
}

async function registerMember(me: Me): Promise<void> {
  assert.ok(me.default_department_code);
  const { data: associations } = answered(await associationsList({ query: { department: [me.default_department_code] } }));
  const [association] = associations.items;
  assert.ok(association);
  const { data: member } = answered(
    await membersCreate({ headers: once(), body: { association_id: association.id, first_name: 'Inès', last_name: 'Lefœbvre-Núñez', birth_date: '1984-03-02' } }),
  );
  assert.equal(member.membership_status, 'never');

  const { data: membership } = answered(
    await membershipsCreate({
      path: { id: member.id },
      headers: once(),
      body: { subscribed_on: '2026-09-03', insurer_registered_on: REGISTERED_ON, channel: 'online' },
    }),
  );
  assert.deepEqual([membership.starts_on, membership.ends_on, membership.status], ['2026-09-03', '2026-12-31', 'confirmed']);
  const { amount, currency } = membership.total_dues;
  say(`Nobody had recorded her: a member since ${membership.starts_on}, she pays ${amount} ${currency} for the rest of the year.`);
}

export async function checkCover({ id }: Member): Promise<void> {
  const { data: covered } = answered(await membersCover({ path: { id }, query: { on: FACTS_ON } }));
  assert.equal(covered.status, 'covered');
  assert.equal(covered.proofs.length, 1);
  assert.deepEqual(covered.gaps, []);
  say(`On ${covered.from} she was covered, by version ${covered.proofs[0]?.membership_version} of her membership.`);

  const { data: early } = answered(await membersCover({ path: { id }, query: { on: '2026-09-05' } }));
  assert.deepEqual([early.status, early.membership_status, early.proofs], ['not_covered', 'current', []]);
  say(`On ${early.from} she was not: a member, but not yet registered with the insurer.`);

  const { data: both } = answered(await membersCover({ path: { id }, query: { during: `2026-09-05/${FACTS_ON}` } }));
  assert.equal(both.status, 'partly_covered');
  assert.deepEqual(both.gaps, [{ from: '2026-09-05', to: '2026-09-09' }]);
  assert.equal(both.proofs[0]?.from, REGISTERED_ON);
  say('Asked about both days and those between, the answer tells the gap.');
}

export async function openDossier(member: Member, school: Establishment): Promise<Versioned<Dossier>> {
  const headers = once();
  const body: OpenDossier = {
    member_id: member.id,
    establishment_id: school.id,
    kind: 'legal_protection',
    member_quality: 'victim',
    channel: 'phone',
    motive_code: 'insult_or_threat',
    facts: { date: FACTS_ON, place: 'yard', summary: "Insultée par un parent d'élève à la sortie." },
  };
  const dossier = answered(await dossiersCreate({ headers, body }));
  const { reference, status, cover, facts_snapshot, warnings } = dossier.data;
  assert.deepEqual([status, cover?.status, facts_snapshot?.establishment_kind, warnings], ['new', 'covered', school.kind, []]);
  say(`Dossier ${reference} is open, with the cover on the day of the facts.`);

  const again = answered(await dossiersCreate({ headers, body }));
  assert.equal(again.data.reference, reference);
  say('The same request sent again opened no other.');
  return dossier;
}

export async function openUnusualDossier(member: Member): Promise<void> {
  const { data: closed } = answered(await establishmentsList({ query: { department: ['63'], status: ['closed'] } }));
  const [school] = closed.items;
  assert.ok(school);
  const body: OpenDossier = {
    member_id: member.id,
    establishment_id: school.id,
    kind: 'legal_information',
    member_quality: 'enquirer',
    channel: 'email',
    motive_code: 'legal_question',
    facts: { date: FACTS_ON },
  };
  const unexplained = await dossiersCreate({ headers: once(), body });
  const [warning] = refused(unexplained, 'input.invalid').errors;
  assert.deepEqual([warning?.code, warning?.pointer], ['warning.unexplained', '/warning_reason']);
  say(`At a school that is closed, a dossier needs a word: ${warning?.detail}`);

  const explained = answered(await dossiersCreate({ headers: once(), body: { ...body, warning_reason: 'Elle y vide son ancien bureau.' } }));
  assert.deepEqual(explained.data.warnings, ['establishment_closed']);
  say(`With a reason, it is ${explained.data.reference}.`);
}

export async function leadDossier(opened: Versioned<Dossier>, me: Me): Promise<Dossier> {
  const takeCharge = opened.data.allowed_commands.find(({ command }) => command === 'take_charge');
  assert.equal(takeCharge?.allowed, false);
  assert.equal(takeCharge.reason?.code, 'referent.missing');
  say(`Nobody can take charge of it yet: ${takeCharge.reason.detail}`);

  const end: DossierCommand = { command: 'close', outcome: 'conciliation_succeeded', outcome_for_member: 'favourable', reason: 'Excuses écrites du parent.' };
  const tooSoon = await dossiersTransition({ path: { id: opened.data.id }, headers: { ...once(), 'If-Match': opened.etag }, body: end });
  const { status, errors: [fault] } = refused(tooSoon, 'transition.not_allowed');
  assert.equal(status, 409);
  assert.equal(fault?.params['allowed'], opened.data.allowed_commands.map(({ command }) => command).join(', '));
  say(`Nor can it be closed: ${fault.detail}`);

  const assigned = await moveOn(opened, { command: 'assign', referent_id: me.id });
  assert.equal(assigned.data.referent_id, me.id);
  const taken = await moveOn(assigned, { command: 'take_charge' });
  assert.equal(taken.data.status, 'in_progress');
  const { data: closed } = await moveOn(taken, end);
  assert.deepEqual([closed.status, closed.outcome, closed.outcome_for_member], ['closed', 'conciliation_succeeded', 'favourable']);
  assert.deepEqual(closed.allowed_commands.map(({ command, allowed }) => [command, allowed]), [['reopen', true], ['archive', false]]);
  say(`Closed on ${closed.closed_on}, it can be reopened, and archived from ${closed.retention_due_on}.`);
  return closed;
}

/** Gives a command at the version last read, and reads what came of it: the next version and what it allows. */
async function moveOn({ data: { id }, etag }: Versioned<Dossier>, body: DossierCommand): Promise<Versioned<Dossier>> {
  const { data: step } = answered(await dossiersTransition({ path: { id }, headers: { ...once(), 'If-Match': etag }, body }));
  const moved = answered(await dossiersRetrieve({ path: { id } }));
  assert.equal(moved.data.version, step.resource_version);
  return moved;
}

export async function readSteps({ id }: Dossier, member: Member): Promise<void> {
  const steps: Transition[] = [];
  for await (const step of everyItem((at) => dossiersTransitionsList({ path: { id }, query: { limit: 2, ...at } }))) steps.push(step);
  assert.deepEqual(
    steps.map(({ command, from_status, to_status }) => [command, from_status, to_status]),
    [['assign', 'new', 'new'], ['take_charge', 'new', 'in_progress'], ['close', 'in_progress', 'closed']],
  );
  const last = steps.at(-1);
  assert.deepEqual([last?.details?.['outcome'], last?.reason], ['conciliation_succeeded', 'Excuses écrites du parent.']);
  say(`Its life has ${steps.length} steps: ${steps.map(({ command }) => command).join(', ')}.`);

  const { data: dossier } = answered(await dossiersRetrieve({ path: { id }, query: { expand: ['member', 'establishment'] } }));
  assert.equal(dossier.member?.id, member.id);
  say(`Read again, it is ${dossier.status}, with ${dossier.member.last_name} and ${dossier.establishment?.name}.`);
}
