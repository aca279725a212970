"""Rows of each kind that a demonstration lacks, made as anybody makes them, so that there are ids to aim at from the first example on."""

from __future__ import annotations

import re
import uuid
from datetime import date, datetime, timedelta, timezone

import requests
from entraide import PDF, TIMEOUT, Pools, Session

DEPARTMENT, ACADEMY = "63", "06"
IBAN = "FR7630006000011234567890189"


def euros(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "EUR"}


def day(days: int) -> str:
    return str(date.today() + timedelta(days=days))


def moment(hours: int) -> str:
    return (datetime.now(timezone.utc) + timedelta(hours=hours)).isoformat(timespec="seconds")


class Seeds:
    """The account of the fuzzer holds every right that is needed; a colleague instructs requests for aid, for whoever did has no vote on them."""

    def __init__(self, session: Session, pools: Pools) -> None:
        self._session = session
        self._pools = pools
        self._association = pools.own_association()
        self._me = self._get("/me")["id"]

    def sow(self) -> None:
        """Ends the run if there is nothing to aim at in some collection: whoever adds a room sows it here."""
        members = [member["id"] for member in self._get(f"/members?department={DEPARTMENT}&limit=4")["items"]]
        lawyer = self._directory()
        dossiers = [self._make("/dossiers", self._case(member)) for member in members[:2]]
        for dossier, opponent in zip(dossiers, members[2:]):
            self._under(dossier, opponent, lawyer)
        self._members(members[0])
        self._calls(members[0])
        self._aid(self._accounts(), members[:2])
        self._training()
        empty = [collection for collection, ids in self._pools.known().items() if not ids]
        if empty:
            raise RuntimeError(f"there is nothing to aim at in {', '.join(empty)}")

    def _directory(self) -> str:
        [school] = self._get(f"/establishments?department={DEPARTMENT}&limit=1")["items"]
        self._make(f"/establishments/{school['id']}/correspondents", {"display_name": "Anne Lac", "starts_on": day(-30), "co_correspondent": True})
        self._make(f"/associations/{self._association}/team-members", {"display_name": "Anne Lac", "function": "head", "starts_on": day(-30)})
        lawyer = self._make("/lawyers", {"name": "Maître Lac", "bar": "Clermont-Ferrand", "agreement_from": day(-30), "specialities": ["criminal"],
                                         "departments": [DEPARTMENT]})
        self._make(f"/lawyers/{lawyer}/unavailabilities", {"starts_on": day(30), "ends_on": day(37)})
        self._make("/incidents", {"association_id": self._association, "establishment_id": school["id"], "occurred_on": day(-30), "natures": ["threat"]})
        return lawyer

    def _case(self, member: str) -> dict[str, object]:
        return {"member_id": member, "association_id": self._association, "referent_id": self._me, "kind": "legal_information", "member_quality": "victim",
                "channel": "phone", "motive_code": "insult_or_threat", "warning_reason": "Connue de l'équipe.",
                "facts": {"date": day(-60), "summary": "Menaces répétées."}}

    def _under(self, dossier: str, opponent: str, lawyer: str) -> None:
        """Everything that lies under a dossier, and one that opposes it."""
        own = f"/dossiers/{dossier}"
        self._order(own, "take_charge")
        self._make(f"{own}/legal-holds", {"reason": "Contentieux annoncé."})
        self._make(f"{own}/cover-decisions", {"instance": "insurer", "insurer_code": "maif", "member_informed_on": day(-2)})
        self._make(f"{own}/protection-requests", {"stage": "initial", "addressed_to": "state"})
        self._make(f"{own}/deadline-events", {"kind": "publication", "occurred_on": day(-20)})
        proceeding = self._make(f"{own}/proceedings", {"nature": "civil", "member_side": "claimant", "opened_on": day(-20)})
        self._make(f"/proceedings/{proceeding}/steps", {"kind": "summons", "done_by": "member", "occurred_on": day(-19)})
        talks = self._make(f"{own}/conciliations", {"subject": "Dialogue avec la famille."})
        self._order(f"/conciliations/{talks}", "accept")
        self._order(f"/conciliations/{talks}", "start")
        self._make(f"/conciliations/{talks}/sessions", {"held_on": day(-3), "medium": "in_person", "participants": "Les deux parties."})
        self._make(f"/conciliations/{talks}/commitments", {"side": "opposing", "promise": "Excuses écrites.", "check_on": day(30)})
        opposed = self._make("/dossiers", self._case(opponent) | {"referent_id": None})
        self._make(f"{own}/links", {"kind": "related", "linked_dossier_id": opposed})
        self._make(f"{own}/parties", {"role": "opposing_party", "category": "colleague", "display_name": "Paul Mont", "member_id": opponent})
        self._make(f"{own}/activities", {"kind": "interview", "started_at": moment(-24), "summary": "Entretien.", "visibility": ["team"]})
        self._make(f"{own}/tasks", {"title": "Rappeler le rectorat."})
        self._make(f"{own}/break-glass", {"reason": "Relecture demandée par la fédération après un signalement."})
        self._make(f"{own}/mandates", {"lawyer_id": lawyer, "nature": "orientation_consultation", "purpose": "reassurance", "chosen_by_member": True,
                                       "expires_on": day(14)})
        self._document(own, "letter")

    def _members(self, member: str) -> None:
        own = f"/members/{member}"
        self._make(f"{own}/employments", {"starts_on": day(-400), "ends_on": day(-300), "occupation": "trainee", "secondary": True})
        self._make(f"{own}/merges", {"absorbed_id": self._person(), "reason": "Même personne."})

    def _person(self) -> str:
        return self._make("/members", {"association_id": self._association, "last_name": "Lac", "first_name": "Anne", "birth_date": "1984-05-06"})

    def _calls(self, member: str) -> None:
        self._make("/contact-requests", {"channel": "phone", "caller_name": "Anne Lac", "association_id": self._association, "member_id": member})

    def _accounts(self) -> Session:
        """Machines, feeds and a colleague, as whom the session is that is given."""
        login, password = f"seme-{uuid.uuid4().hex[:8]}", uuid.uuid4().hex
        user = self._make("/users", {"login": login, "display_name": "Anne Lac", "member_id": self._person(),
                                     "grant": {"role": "department_staff", "department_code": DEPARTMENT, "starts_on": day(0)}})
        token = self._session.send("POST", f"/users/{user}/password-resets").json()["token"]
        requests.post(f"{self._session.api}/auth/passwords", json={"token": token, "password": password}, timeout=TIMEOUT).raise_for_status()
        self._make("/absences", {"user_id": user, "starts_on": day(10), "ends_on": day(20)})
        machine = self._make("/api-clients", {"name": "Annuaire", "auth_methods": ["client_secret_basic"], "scopes": ["directory.read"],
                                              "row_scope": "national"})
        self._make(f"/api-clients/{machine}/secrets", {})
        self._make("/me/calendar-feeds", {"department_code": DEPARTMENT})
        return Session(login, password)

    def _aid(self, colleague: Session, members: list[str]) -> None:
        """What was decided by a committee, and a loan that is paid and paid back; the account keeps the purse of one committee and chairs another."""
        year = date.today().year
        for collection, body in (("aid-rules", {"dues_up_to_date": False}), ("aid-envelopes", {"amount": euros("90000.00")})):
            if not any(item["association_id"] == self._association for item in self._get(f"/{collection}?year={year}")["items"]):
                self._make(f"/{collection}", {"association_id": self._association, "year": year} | body)
        for name, function in (("Trésorerie", "treasurer"), ("Commission d'aide", "chair")):
            committee = self._make("/aid-committees", {"association_id": self._association, "name": name, "quorum": 1})
            self._make(f"/aid-committees/{committee}/members", {"user_id": self._me, "function": function, "starts_on": day(-30)})
        session = f"/aid-sessions/{self._make('/aid-sessions', {'committee_id': committee, 'held_on': day(0)})}"
        self._order(session, "convene")
        for attendance in self._get(f"{session}/attendances")["items"]:
            self._session.send("PATCH", f"/aid-attendances/{attendance['id']}", {"presence": "present"})
        self._order(session, "open")
        loan, refused = (self._asked(colleague, member, nature) for member, nature in zip(members, ("loan", "grant"), strict=True))
        items = [f"/aid-docket-items/{self._make(f'{session}/docket-items', {'request_id': own.rpartition('/')[2]})}" for own in (loan, refused)]
        self._make(f"{items[1]}/recusals", {})
        self._make(f"{items[0]}/votes", {"choice": "for"})
        self._order(items[0], "grant", motivation="Situation établie.")
        payments = [self._make(f"{loan}/payments", {"payee_kind": "member", "payee_name": "Anne Lac", "iban": IBAN, "amount": euros("45.00")}) for _ in range(2)]
        self._make("/payment-batches", {"association_id": self._association})
        for payment in payments:
            self._order(f"/payments/{payment}", "pay")
        self._order(loan, "schedule_repayment", first_due_on=day(30), instalments=3)
        self._document(loan, "payslip")

    def _asked(self, colleague: Session, member: str, nature: str) -> str:
        """A request for aid that a colleague instructed; its address."""
        sheet = {"household_size": 2, "resources": [], "charges": []}
        asked = {"member_id": member, "nature": nature, "reason": "illness", "amount": euros("90.00"), "sheet": sheet}
        own = f"/financial-aid-requests/{self._make('/financial-aid-requests', asked)}"
        self._order(own, "submit")
        for check in self._get(f"{own}/checks")["items"]:
            if check["outcome"] == "failed":
                self._order(own, "waive_rule", rule=check["rule"], reason="Situation exceptionnelle.")
        colleague.send("POST", f"{own}/transitions", {"command": "instruct", "instruction_note": "Vu."})
        return own

    def _training(self) -> None:
        """A session with seats left, one that is over, and a commission with its plan."""
        module = self._make("/training-modules", {"code": f"SEME-{uuid.uuid4().hex[:6].upper()}", "title": "Droit de l'école", "hours": 2})
        self._open_session(module, day(40))
        over, slot, registration = self._open_session(module, day(-1))
        self._order(over, "start")
        mark = {"registration_id": registration, "status": "present"}
        self._session.send("POST", f"{over}/attendance", {"slots": [{"slot_id": slot, "marks": [mark]}]})
        self._order(over, "complete")
        self._make(f"{over}/certificates", {"registration_id": registration})
        commissions = self._get(f"/training-commissions?academy={ACADEMY}")["items"]
        own = f"/training-commissions/{commissions[0]['id'] if commissions else self._make('/training-commissions', {'academy_code': ACADEMY})}"
        self._make(f"{own}/members", {"display_name": "Anne Lac", "starts_on": day(-30)})
        self._make(f"{own}/plans", {"school_year": "2030-2031", "orientation": "Former les équipes."})

    def _open_session(self, module: str, held_on: str) -> tuple[str, str, str]:
        """Its address, and the ids of its slot and of a registration."""
        plan = {"module_id": module, "organiser_level": "department", "association_id": self._association, "format": "webinar", "delivery": "remote",
                "meeting_url": "https://visio.example.org/63", "capacity": 30, "starts_on": held_on, "ends_on": held_on}
        own = f"/training-sessions/{self._make('/training-sessions', plan)}"
        slot = self._make(f"{own}/slots", {"starts_at": f"{held_on}T09:00:00Z", "ends_at": f"{held_on}T11:00:00Z"})
        self._order(own, "schedule")
        self._order(own, "open_registration")
        return own, slot, self._make(f"{own}/registrations", {"outsider": {"name": "Anne Lac"}})

    def _get(self, path: str) -> dict:
        response = self._session.get(path)
        response.raise_for_status()
        return response.json()

    def _make(self, path: str, body: dict[str, object]) -> str:
        response = self._session.send("POST", path, body)
        self._remember(path, response)
        return response.json()["id"]

    def _remember(self, path: str, response: requests.Response) -> None:
        self._pools.harvest(re.sub(r"[0-9a-f-]{36}", "{id}", path), response)

    def _document(self, owner: str, kind: str) -> None:
        form = {"document_type": (None, kind), "file_name": (None, "lettre.pdf"), "file": ("lettre.pdf", PDF, "application/pdf")}
        self._remember(f"{owner}/documents", self._session.send("POST", f"{owner}/documents", form=form))

    def _order(self, path: str, command: str, **details: object) -> None:
        self._session.send("POST", f"{path}/transitions", {"command": command} | details)
