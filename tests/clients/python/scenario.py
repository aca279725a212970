"""A front-end's first hour: what the head of a department does first."""

from __future__ import annotations

import datetime
import os
from uuid import UUID, uuid4

from casework import check_cover, lead_dossier, open_dossier, open_unusual_dossier, read_steps, search_member
from entraide_client import AuthenticatedClient
from entraide_client.api.correspondents import (
    correspondents_create,
    correspondents_history,
    correspondents_retrieve,
    correspondents_update,
)
from entraide_client.api.establishments import establishments_list
from entraide_client.api.sessions import me_retrieve, sessions_create, sessions_delete_current
from entraide_client.models import (
    Correspondent,
    CreateCorrespondent,
    Establishment,
    EstablishmentPage,
    HistoryEntryPage,
    Me,
    OpenSession,
    SessionTokens,
    UpdateCorrespondent,
)
from entraide_client.models.establishment_kind import EstablishmentKind
from entraide_client.types import Unset
from support import answered, every_item, join_lists, refused, say, without_token

API = os.environ["ENTRAIDE_URL"] + "/api/v1"
LOGIN = os.environ["ENTRAIDE_LOGIN"]
PASSWORD = os.environ["ENTRAIDE_PASSWORD"]
ENGLISH = {"Accept-Language": "en"}


def log_in() -> AuthenticatedClient:
    anybody = AuthenticatedClient(base_url=API, token="none", headers=ENGLISH, httpx_args={"event_hooks": {"request": [without_token]}})
    wrong = sessions_create.sync_detailed(client=anybody, body=OpenSession(LOGIN, "not the password"))
    say(f"A wrong password is refused: {refused(wrong, 'login.refused').detail}")

    tokens = answered(SessionTokens, sessions_create.sync_detailed(client=anybody, body=OpenSession(LOGIN, PASSWORD)))
    return AuthenticatedClient(
        base_url=API,
        token=tokens.access_token,
        headers=ENGLISH,
        raise_on_unexpected_status=True,
        httpx_args={"event_hooks": {"request": [join_lists]}},
    )


def tell_who(client: AuthenticatedClient) -> Me:
    me = answered(Me, me_retrieve.sync_detailed(client=client))
    assert [(grant.role, grant.department_code) for grant in me.grants] == [("department_head", "63")]
    say(f"{me.display_name} is logged in as head of department {me.default_department_code}.")
    return me


def find_school(client: AuthenticatedClient) -> Establishment:
    kinds: list[EstablishmentKind] = ["middle_school", "primary_school"]

    def page(cursor: str | Unset) -> EstablishmentPage:
        response = establishments_list.sync_detailed(client=client, department=["63"], kind=kinds, sort="name", limit=1, cursor=cursor)
        return answered(EstablishmentPage, response)

    schools = list(every_item(page))
    assert len(schools) == 12
    assert all(school.kind in kinds for school in schools)
    say(f"{len(schools)} middle and primary schools were read page by page.")

    response = establishments_list.sync_detailed(client=client, department=["63"], q="emilie chatelet")
    [school] = answered(EstablishmentPage, response).items
    say(f"{school.name} ({school.uai}) was found without its accents.")
    return school


def name_correspondent(client: AuthenticatedClient, school: Establishment) -> tuple[Correspondent, str]:
    key = str(uuid4())
    body = CreateCorrespondent(display_name="Zoé Núñez", starts_on=datetime.date(2026, 9, 1), phone="04 73 00 00 99")
    response = correspondents_create.sync_detailed(school.id, client=client, body=body, idempotency_key=key)
    correspondent = answered(Correspondent, response)
    assert correspondent.phone == "+33473000099"
    assert correspondent.ends_on is None
    say(f"{correspondent.display_name} is its correspondent since {correspondent.starts_on}.")

    again = correspondents_create.sync_detailed(school.id, client=client, body=body, idempotency_key=key)
    assert answered(Correspondent, again).id == correspondent.id
    assert again.headers["Idempotency-Replayed"] == "true"
    say("The same request sent again got the same answer, and named nobody else.")

    body.display_name = "Théo Œuvrard"
    other = correspondents_create.sync_detailed(school.id, client=client, body=body, idempotency_key=str(uuid4()))
    say(f"A second one is refused: {refused(other, 'correspondent.in_office').detail}")
    return correspondent, response.headers["ETag"]


def read_correspondent(client: AuthenticatedClient, one: UUID, school: Establishment) -> None:
    found = answered(Correspondent, correspondents_retrieve.sync_detailed(one, client=client, expand=["establishment"]))
    assert isinstance(found.establishment, Establishment)
    assert found.establishment.uai == school.uai
    say(f"Read again, {found.display_name} comes with {found.establishment.name}.")


def change_correspondent(client: AuthenticatedClient, one: UUID, etag: str) -> None:
    changes = UpdateCorrespondent(email="zoe.nunez@example.org", phone=None)
    changed = answered(Correspondent, correspondents_update.sync_detailed(one, client=client, if_match=etag, body=changes))
    assert (changed.version, changed.email, changed.phone, changed.display_name) == (2, "zoe.nunez@example.org", None, "Zoé Núñez")
    say("An address was added and the phone cleared; the rest stayed.")

    leaving = UpdateCorrespondent(ends_on=datetime.date(2027, 8, 31))
    stale = correspondents_update.sync_detailed(one, client=client, if_match=etag, body=leaving)
    assert refused(stale, "version.stale").status == 412
    say("A change of the version before is refused.")

    leaving.ends_on = datetime.date(2026, 8, 31)
    wrong = correspondents_update.sync_detailed(one, client=client, if_match="*", body=leaving)
    [fault] = refused(wrong, "input.invalid").errors
    assert fault.pointer == "/ends_on"
    say(f"An end before the start is told with its place, {fault.pointer}: {fault.detail}")


def read_history(client: AuthenticatedClient, one: UUID) -> None:
    history = answered(HistoryEntryPage, correspondents_history.sync_detailed(one, client=client)).items
    assert [(entry.action, entry.version) for entry in history] == [("update", 2), ("create", 1)]
    assert [entry.after["email"] for entry in history if entry.after] == ["zoe.nunez@example.org", None]
    say(f"The history tells {len(history)} versions, the newest first.")


def log_out(client: AuthenticatedClient) -> None:
    assert sessions_delete_current.sync_detailed(client=client).status_code == 204
    refused(me_retrieve.sync_detailed(client=client), "session.ended")
    say("Logged out: the token opens nothing any more.")


def main() -> None:
    with log_in() as client:
        me = tell_who(client)
        school = find_school(client)
        correspondent, etag = name_correspondent(client, school)
        read_correspondent(client, correspondent.id, school)
        change_correspondent(client, correspondent.id, etag)
        read_history(client, correspondent.id)
        member = search_member(client, me)
        check_cover(client, member)
        opened = open_dossier(client, member, school)
        closed = lead_dossier(client, opened, me)
        read_steps(client, closed, member)
        open_unusual_dossier(client, member)
        log_out(client)


if __name__ == "__main__":
    main()
