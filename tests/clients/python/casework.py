"""From the call of a member to a closed dossier."""

from __future__ import annotations

import datetime
from uuid import uuid4

from entraide_client import AuthenticatedClient
from entraide_client.api.associations import associations_list
from entraide_client.api.dossiers import (
    dossiers_create,
    dossiers_retrieve,
    dossiers_transition,
    dossiers_transitions_list,
)
from entraide_client.api.establishments import establishments_list
from entraide_client.api.members import members_cover, members_create, members_search
from entraide_client.api.memberships import memberships_create
from entraide_client.models import (
    AssociationPage,
    Cover,
    CreateMember,
    CreateMembership,
    Dossier,
    DossierCommandAssign,
    DossierCommandClose,
    DossierCommandTakeCharge,
    Establishment,
    EstablishmentPage,
    FactsInput,
    Me,
    Member,
    MemberPage,
    Membership,
    OpenDossier,
    Problem,
    SearchMembers,
    Transition,
    TransitionPage,
    Validation,
)
from entraide_client.types import Response, Unset
from support import Versioned, answered, every_item, refused, say, versioned

SUBSCRIBED_ON = datetime.date(2026, 9, 3)
UNCOVERED_ON = datetime.date(2026, 9, 5)
REGISTERED_ON = datetime.date(2026, 9, 10)
FACTS_ON = datetime.date(2026, 10, 12)

# The generator has no name for the union of the commands: these are the ones given here.
Command = DossierCommandAssign | DossierCommandTakeCharge | DossierCommandClose


def once() -> str:
    """A new key for each intended effect."""
    return str(uuid4())


def search_member(client: AuthenticatedClient, me: Me) -> Member:
    name = "lefoebvre nun"

    def found() -> list[Member]:
        return answered(MemberPage, members_search.sync_detailed(client=client, body=SearchMembers(name=name))).items

    assert found() == []
    register_member(client, me)
    [member] = found()
    say(f"{member.first_name} {member.last_name} was found by “{name}”, the beginnings of her names without their accents.")
    return member


def register_member(client: AuthenticatedClient, me: Me) -> None:
    assert me.default_department_code
    response = associations_list.sync_detailed(client=client, department=[me.default_department_code])
    [association] = answered(AssociationPage, response).items
    person = CreateMember(association.id, first_name="Inès", last_name="Lefœbvre-Núñez", birth_date=datetime.date(1984, 3, 2))
    member = answered(Member, members_create.sync_detailed(client=client, body=person, idempotency_key=once()))
    assert member.membership_status == "never"

    subscription = CreateMembership(channel="online", subscribed_on=SUBSCRIBED_ON, insurer_registered_on=REGISTERED_ON)
    membership = answered(Membership, memberships_create.sync_detailed(member.id, client=client, body=subscription, idempotency_key=once()))
    assert (membership.starts_on, membership.ends_on, membership.status) == (SUBSCRIBED_ON, datetime.date(2026, 12, 31), "confirmed")
    dues = membership.total_dues
    say(f"Nobody had recorded her: a member since {membership.starts_on}, she pays {dues.amount} {dues.currency} for the rest of the year.")


def check_cover(client: AuthenticatedClient, member: Member) -> None:
    covered = answered(Cover, members_cover.sync_detailed(member.id, client=client, on=FACTS_ON))
    assert (covered.status, covered.gaps) == ("covered", [])
    [proof] = covered.proofs
    say(f"On {covered.from_} she was covered, by version {proof.membership_version} of her membership.")

    early = answered(Cover, members_cover.sync_detailed(member.id, client=client, on=UNCOVERED_ON))
    assert (early.status, early.membership_status, early.proofs) == ("not_covered", "current", [])
    say(f"On {early.from_} she was not: a member, but not yet registered with the insurer.")

    both = answered(Cover, members_cover.sync_detailed(member.id, client=client, during=f"{UNCOVERED_ON}/{FACTS_ON}"))
    assert both.status == "partly_covered"
    assert [(gap.from_, gap.to) for gap in both.gaps] == [(UNCOVERED_ON, datetime.date(2026, 9, 9))]
    assert [proof.from_ for proof in both.proofs] == [REGISTERED_ON]
    say("Asked about both days and those between, the answer tells the gap.")


def open_dossier(client: AuthenticatedClient, member: Member, school: Establishment) -> Versioned[Dossier]:
    key = once()
    body = OpenDossier(
        member_id=member.id,
        establishment_id=school.id,
        kind="legal_protection",
        member_quality="victim",
        channel="phone",
        motive_code="insult_or_threat",
        facts=FactsInput(FACTS_ON, place="yard", summary="Insultée par un parent d'élève à la sortie."),
    )
    opened = versioned(Dossier, dossiers_create.sync_detailed(client=client, body=body, idempotency_key=key))
    dossier = opened.data
    assert dossier.cover and dossier.facts_snapshot
    assert (dossier.status, dossier.cover.status, dossier.warnings) == ("new", "covered", [])
    assert dossier.facts_snapshot.establishment_kind == school.kind
    say(f"Dossier {dossier.reference} is open, with the cover on the day of the facts.")

    again = versioned(Dossier, dossiers_create.sync_detailed(client=client, body=body, idempotency_key=key))
    assert again.data.reference == dossier.reference
    say("The same request sent again opened no other.")
    return opened


def open_unusual_dossier(client: AuthenticatedClient, member: Member) -> None:
    response = establishments_list.sync_detailed(client=client, department=["63"], status=["closed"])
    [school] = answered(EstablishmentPage, response).items
    body = OpenDossier(
        member_id=member.id,
        establishment_id=school.id,
        kind="legal_information",
        member_quality="enquirer",
        channel="email",
        motive_code="legal_question",
        facts=FactsInput(FACTS_ON),
    )
    unexplained = dossiers_create.sync_detailed(client=client, body=body, idempotency_key=once())
    [warning] = refused(unexplained, "input.invalid").errors
    assert (warning.code, warning.pointer) == ("warning.unexplained", "/warning_reason")
    say(f"At a school that is closed, a dossier needs a word: {warning.detail}")

    body.warning_reason = "Elle y vide son ancien bureau."
    explained = answered(Dossier, dossiers_create.sync_detailed(client=client, body=body, idempotency_key=once()))
    assert explained.warnings == ["establishment_closed"]
    say(f"With a reason, it is {explained.reference}.")


def lead_dossier(client: AuthenticatedClient, opened: Versioned[Dossier], me: Me) -> Dossier:
    dossier = opened.data
    [take_charge] = [line for line in dossier.allowed_commands if line.command == "take_charge"]
    assert not take_charge.allowed
    assert take_charge.reason and take_charge.reason.code == "referent.missing"
    say(f"Nobody can take charge of it yet: {take_charge.reason.detail}")

    end = DossierCommandClose("close", outcome="conciliation_succeeded", outcome_for_member="favourable", reason="Excuses écrites du parent.")
    too_soon = refused(command(client, opened, end), "transition.not_allowed")
    [fault] = too_soon.errors
    assert too_soon.status == 409
    assert fault.params["allowed"] == ", ".join(line.command for line in dossier.allowed_commands)
    say(f"Nor can it be closed: {fault.detail}")

    assigned = move_on(client, opened, DossierCommandAssign("assign", referent_id=me.id))
    assert assigned.data.referent_id == me.id
    taken = move_on(client, assigned, DossierCommandTakeCharge("take_charge"))
    assert taken.data.status == "in_progress"
    closed = move_on(client, taken, end).data
    assert (closed.status, closed.outcome, closed.outcome_for_member) == ("closed", "conciliation_succeeded", "favourable")
    assert [(line.command, line.allowed) for line in closed.allowed_commands] == [("reopen", True), ("archive", False)]
    say(f"Closed on {closed.closed_on}, it can be reopened, and archived from {closed.retention_due_on}.")
    return closed


def command(client: AuthenticatedClient, at: Versioned[Dossier], body: Command) -> Response[Problem | Transition | Validation]:
    return dossiers_transition.sync_detailed(at.data.id, client=client, body=body, idempotency_key=once(), if_match=at.etag)


def move_on(client: AuthenticatedClient, at: Versioned[Dossier], body: Command) -> Versioned[Dossier]:
    """Gives a command at the version last read, and reads what came of it: the next version and what it allows."""
    step = answered(Transition, command(client, at, body))
    moved = versioned(Dossier, dossiers_retrieve.sync_detailed(at.data.id, client=client))
    assert moved.data.version == step.resource_version
    return moved


def read_steps(client: AuthenticatedClient, dossier: Dossier, member: Member) -> None:
    def page(cursor: str | Unset) -> TransitionPage:
        return answered(TransitionPage, dossiers_transitions_list.sync_detailed(dossier.id, client=client, limit=2, cursor=cursor))

    steps = list(every_item(page))
    assert [(step.command, step.from_status, step.to_status) for step in steps] == [
        ("assign", "new", "new"),
        ("take_charge", "new", "in_progress"),
        ("close", "in_progress", "closed"),
    ]
    last = steps[-1]
    assert last.details and last.details["outcome"] == "conciliation_succeeded"
    assert last.reason == "Excuses écrites du parent."
    say(f"Its life has {len(steps)} steps: {', '.join(step.command for step in steps)}.")

    response = dossiers_retrieve.sync_detailed(dossier.id, client=client, expand=["member", "establishment"])
    whole = answered(Dossier, response)
    assert isinstance(whole.member, Member) and isinstance(whole.establishment, Establishment)
    assert whole.member.id == member.id
    say(f"Read again, it is {whole.status}, with {whole.member.last_name} and {whole.establishment.name}.")
