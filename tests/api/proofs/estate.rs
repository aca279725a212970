//! One row of every kind in a department, with the same word in each of its texts.

use crate::harness::cases::{at, lawyer_with, order, user_id};
use crate::harness::committees::{noted, seat};
use crate::harness::courses::record_as;
use crate::harness::data::{association, uai};
use crate::harness::directory::{import_of, lines};
use crate::harness::forms::FileSent;
use crate::harness::machines::{machine, secret};
use crate::harness::training::{draft, module, morning, open};
use crate::harness::{Client, World};
use entraide::auth::Role;
use entraide::dossiers::conflicts::notices;
use entraide::values::DepartmentCode;
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub struct Estate {
    pub department: &'static str,
    mark: String,
    head: Client,
    national: Client,
    /// The ids of its rows by the collections that addresses name.
    pub ids: BTreeMap<&'static str, String>,
    pub member: Value,
    /// A second member of the department.
    pub twin: Value,
    pub dossier: Value,
    /// The dossier that opposes it.
    pub opposed: Value,
    /// What is taught there, which everybody reads.
    pub module: Value,
}

fn id(view: &Value) -> String {
    view["id"].as_str().unwrap().to_owned()
}

/// A committee that decided on a request for aid.
struct Decided {
    committee: Value,
    term: Value,
    session: Value,
    attendance: Value,
    item: Value,
    vote: Value,
    recusal: Value,
}

impl Decided {
    fn new(world: &World, head: &Client, member: &Value, mark: &str) -> Self {
        let committee = head.post("/aid-committees", &json!({ "name": mark, "quorum": 1 })).ok();
        head.patch(&at("aid-committees", &committee), "*", &json!({ "name": format!("{mark} 2") })).ok();
        let chair = world.user("chair", Role::AidCommitteeMember, None);
        let term = seat(head, &committee, &chair, "chair");
        let colleague = world.user("colleague", Role::AidCommitteeMember, None);
        seat(head, &committee, &colleague, "member");
        let plan = json!({ "committee_id": committee["id"], "held_on": "2026-11-22", "place": mark, "agenda": mark });
        let session = head.post("/aid-sessions", &plan).ok();
        let path = at("aid-sessions", &session);
        order(head, &path, &json!({ "command": "convene" })).ok();
        let called = head.all(&format!("{path}/attendances"));
        let attendance = called.iter().find(|attendance| attendance["user_id"] == user_id(&chair)).unwrap().clone();
        head.patch(&at("aid-attendances", &attendance), "*", &json!({ "presence": "present" })).ok();
        order(head, &path, &json!({ "command": "open" })).ok();
        let request = noted(world, head, member, mark);
        let item = head.post(&format!("{path}/docket-items"), &json!({ "request_id": request.id })).ok();
        let own = at("aid-docket-items", &item);
        let vote = chair.post(&format!("{own}/votes"), &json!({ "choice": "for" })).ok();
        let recusal = colleague.post(&format!("{own}/recusals"), &json!({})).ok();
        order(&chair, &own, &json!({ "command": "adjourn", "motivation": mark })).ok();
        order(head, &path, &json!({ "command": "close" })).ok();
        Self { committee, term, session, attendance, item, vote, recusal }
    }
}

/// A loan that could not wait and of which a part is paid, with a rule that was waived for it and a document.
fn aid(head: &Client, home: &Value, member: &Value, mark: &str) -> [(&'static str, String); 6] {
    let euros = |amount: &str| json!({ "amount": amount, "currency": "EUR" });
    let rules = head.post("/aid-rules", &json!({ "association_id": home, "year": 2026, "dues_up_to_date": false, "loan_ceiling": euros("50.00") })).ok();
    let envelope = head.post("/aid-envelopes", &json!({ "association_id": home, "year": 2026, "amount": euros("500.00") })).ok();
    let sheet = json!({ "household_size": 2, "resources": [{ "label": mark, "amount": euros("10.00") }], "charges": [] });
    let asked = json!({ "member_id": member["id"], "nature": "loan", "reason": "disaster", "amount": euros("90.00"), "urgent": true, "purpose": mark,
        "sheet": sheet, "context": format!("{}_aid", mark.to_lowercase()) });
    let request = head.post("/financial-aid-requests", &asked).ok();
    let own = at("financial-aid-requests", &request);
    head.patch(&own, "*", &json!({ "purpose": format!("{mark} 2") })).ok();
    for step in [
        json!({ "command": "submit" }),
        json!({ "command": "ask_information", "question": mark }),
        json!({ "command": "give_information", "information": mark }),
        json!({ "command": "waive_rule", "rule": "ceiling", "reason": mark }),
        json!({ "command": "instruct", "instruction_note": mark }),
        json!({ "command": "grant_urgently", "motivation": mark }),
    ] {
        order(head, &own, &step).ok();
    }
    let pay = json!({ "payee_kind": "creditor", "payee_name": mark, "iban": "FR7630006000011234567890189", "amount": euros("60.00") });
    let payment = head.post(&format!("{own}/payments"), &pay).ok();
    order(head, &at("payments", &payment), &json!({ "command": "cancel", "reason": mark })).ok();
    let said = json!({ "document_type": "payslip", "file_name": format!("{mark}.txt") });
    let document = head.send_form(&format!("{own}/documents"), &said, Some(FileSent { declared: None, bytes: mark.as_bytes() })).ok();
    head.patch(&at("aid-documents", &document), "*", &json!({ "file_name": format!("{mark} 2.txt") })).ok();
    [
        ("aid-rules", id(&rules)),
        ("aid-envelopes", id(&envelope)),
        ("financial-aid-requests", id(&request)),
        ("payments", id(&payment)),
        ("aid-documents", id(&document)),
        ("aid-document-versions", document["current_id"].as_str().unwrap().to_owned()),
    ]
}

impl Estate {
    /// What a department keeps to itself; `number` is one that no other estate of the world has.
    pub fn new(world: &World, head: &Client, department: &'static str, number: usize, mark: &str) -> Self {
        let low = mark.to_lowercase();
        let home = association(head, department);
        let person = |fields: Value| {
            let mut body = json!({ "association_id": home, "last_name": mark, "first_name": mark, "birth_date": "1984-05-06" });
            body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
            head.post("/members", &body).ok()
        };
        let member = person(json!({ "birth_name": mark, "email": format!("{low}@example.org"), "phone": format!("+336{number:08}"),
            "address": { "line1": mark, "line2": mark, "line3": mark, "city": mark }, "safe_contact": "caution", "safe_contact_instructions": mark,
            "external_ids": [{ "system": "maif", "kind": "member", "value": low }] }));
        let (twin, absorbed) = (person(json!({})), person(json!({ "first_name": format!("{mark}{mark}") })));
        let own = at("members", &member);
        let merge = head.post(&format!("{own}/merges"), &json!({ "absorbed_id": absorbed["id"], "reason": mark })).ok();
        head.patch(&own, "*", &json!({ "address": { "line1": format!("{mark} 2") } })).ok();
        let employment = head.post(&format!("{own}/employments"), &json!({ "starts_on": "2024-09-01", "occupation": "trainee" })).ok();
        let euros = json!({ "amount": "1.00", "currency": "EUR" });
        let period = json!({ "subscribed_on": "2025-01-02", "starts_on": "2025-01-02", "ends_on": "2025-12-31", "channel": "post", "association_dues": euros,
            "insurance_dues": euros, "insurer_registered_on": "2025-01-02" });
        let membership = head.post(&format!("{own}/memberships"), &period).ok();
        let ended = json!({ "command": "end", "ends_on": "2025-06-30", "end_reason": "resigned", "reason": format!("{mark} {mark}") });
        order(head, &at("memberships", &membership), &ended).ok();
        let case = json!({ "member_id": member["id"], "association_id": home, "referent_id": user_id(head), "kind": "legal_information", "member_quality": "victim",
            "channel": "phone", "motive_code": "insult_or_threat", "warning_reason": mark, "facts": { "date": "2026-09-14", "summary": mark, "contexts": [format!("{low}_tag")] } });
        let dossier = head.post("/dossiers", &case).ok();
        let path = at("dossiers", &dossier);
        head.patch(&path, "*", &json!({ "facts": { "summary": format!("{mark} 2") } })).ok();
        order(head, &path, &json!({ "command": "take_charge" })).ok();
        order(head, &path, &json!({ "command": "suspend", "reason": mark, "review_on": "2026-12-24" })).ok();
        let hold = head.post(&format!("{path}/legal-holds"), &json!({ "reason": mark })).ok();
        let cover = json!({ "instance": "insurer", "insurer_code": low, "claim_reference": mark, "member_informed_on": "2026-11-20", "reason": mark });
        let decision = head.post(&format!("{path}/cover-decisions"), &cover).ok();
        order(head, &at("cover-decisions", &decision), &json!({ "command": "refuse", "motivation": mark })).ok();
        let stage = json!({ "stage": "initial", "addressed_to": "state", "reason": mark });
        let protection = head.post(&format!("{path}/protection-requests"), &stage).ok();
        order(head, &at("protection-requests", &protection), &json!({ "command": "request", "requested_on": "2026-11-02", "received_on": "2026-11-03" })).ok();
        head.post(&format!("{path}/deadline-events"), &json!({ "kind": "publication", "occurred_on": "2026-11-02" })).ok();
        let deadline = head.all(&format!("{path}/deadlines?code=press_offence"))[0].clone();
        order(head, &at("deadlines", &deadline), &json!({ "command": "meet", "done": mark })).ok();
        let error = head.post(&format!("{path}/deadline-events"), &json!({ "kind": "accident", "occurred_on": "2026-11-02" })).ok();
        order(head, &at("deadline-events", &error), &json!({ "command": "void", "reason": mark })).ok();
        let brought = json!({ "nature": "civil", "member_side": "claimant", "authority": mark, "case_number": mark, "opened_on": "2026-11-02" });
        let proceeding = head.post(&format!("{path}/proceedings"), &brought).ok();
        head.patch(&at("proceedings", &proceeding), "*", &json!({ "authority": format!("{mark} 2") })).ok();
        let done = json!({ "kind": "summons", "done_by": "member", "occurred_on": "2026-11-03", "note": mark });
        let step = head.post(&format!("{}/steps", at("proceedings", &proceeding)), &done).ok();
        order(head, &at("proceeding-steps", &step), &json!({ "command": "void", "reason": mark })).ok();
        order(head, &at("proceedings", &proceeding), &json!({ "command": "close", "outcome": "settled", "reason": mark })).ok();
        let reason = [mark; 4].join(" ");
        let national = world.user("national", Role::NationalStaff, None);
        let opening = national.post(&format!("{path}/break-glass"), &json!({ "reason": reason })).ok();
        let talks = head.post(&format!("{path}/conciliations"), &json!({ "subject": mark })).ok();
        let talks_at = at("conciliations", &talks);
        for command in [json!({ "command": "accept", "reason": mark }), json!({ "command": "start" })] {
            order(head, &talks_at, &command).ok();
        }
        let meeting = json!({ "held_on": "2026-11-20", "medium": "in_person", "venue": mark, "participants": mark, "note": mark });
        let meeting = head.post(&format!("{talks_at}/sessions"), &meeting).ok();
        head.patch(&at("conciliation-sessions", &meeting), "*", &json!({ "note": format!("{mark} 2") })).ok();
        let promise = json!({ "side": "opposing", "promise": mark, "check_on": "2026-12-24" });
        let promise = head.post(&format!("{talks_at}/commitments"), &promise).ok();
        order(head, &talks_at, &json!({ "command": "agree" })).ok();
        order(head, &at("commitments", &promise), &json!({ "command": "mark_kept", "reason": mark })).ok();
        let volunteer = person(json!({ "first_name": format!("{mark} {mark}") }));
        let mut other = case.clone();
        other["member_id"] = volunteer["id"].clone();
        other["referent_id"] = Value::Null;
        let opposed = head.post("/dossiers", &other).ok();
        let link = head.post(&format!("{path}/links"), &json!({ "kind": "related", "linked_dossier_id": opposed["id"], "note": mark })).ok();
        order(head, &at("links", &link), &json!({ "command": "withdraw", "reason": mark })).ok();
        let party = json!({ "role": "opposing_party", "category": "colleague", "display_name": mark, "birth_date": "1984-05-06", "member_id": volunteer["id"],
            "email": format!("{low}.party@example.org"), "phone": format!("+337{number:08}") });
        let party = head.post(&format!("{path}/parties"), &party).ok();
        head.patch(&at("parties", &party), "*", &json!({ "display_name": format!("{mark} 3") })).ok();
        let conflict = head.all("/conflicts")[0].clone();
        notices::step(&world.server).unwrap();
        let done = json!({ "kind": "interview", "started_at": "2026-11-21T10:00:00Z", "summary": mark, "visibility": ["team"] });
        let activity = head.post(&format!("{path}/activities"), &done).ok();
        head.patch(&at("activities", &activity), "*", &json!({ "summary": format!("{mark} 2") })).ok();
        let named = json!({ "kind": "note", "started_at": "2026-11-21T11:00:00Z", "summary": mark, "visibility": ["referent"] });
        head.post(&format!("{path}/activities"), &named).ok();
        let said = json!({ "document_type": "letter", "file_name": format!("{mark}.txt") });
        let document = head.send_form(&format!("{path}/documents"), &said, Some(FileSent { declared: None, bytes: mark.as_bytes() })).ok();
        head.patch(&at("documents", &document), "*", &json!({ "file_name": format!("{mark} 2.txt") })).ok();
        let task = head.post(&format!("{path}/tasks"), &json!({ "title": mark, "note": mark, "assignee_id": user_id(head) })).ok();
        head.patch(&at("tasks", &task), "*", &json!({ "title": format!("{mark} 2") })).ok();
        order(head, &at("tasks", &task), &json!({ "command": "cancel", "reason": mark })).ok();
        let proposal =
            json!({ "external_lawyer": { "name": mark, "bar": mark }, "nature": "representation", "chosen_by_member": true, "expires_on": "2026-12-06" });
        let mandate = head.post(&format!("{path}/mandates"), &proposal).ok();
        order(head, &at("mandates", &mandate), &json!({ "command": "withdraw", "reason": mark })).ok();
        let call = json!({ "channel": "phone", "caller_name": mark, "association_id": home, "member_id": member["id"], "note": mark,
            "safe_contact": "caution", "safe_contact_instructions": mark, "caller_phone": format!("+337{number:08}") });
        let contact = head.post("/contact-requests", &call).ok();
        head.patch(&at("contact-requests", &contact), "*", &json!({ "note": format!("{mark} 2") })).ok();
        order(head, &at("contact-requests", &contact), &json!({ "command": "convert", "dossier_id": dossier["id"] })).ok();
        let module = module(world, &format!("M-{department}-{number}"));
        let place = json!({ "association_id": home });
        let planned = json!({ "association_id": home, "venue": mark, "trainers": [{ "name": mark }],
            "agreement": { "reference": mark, "signed_on": "2026-11-02", "partner": mark } });
        let planned = draft(head, &module, &planned);
        let planned_at = at("training-sessions", &planned);
        head.patch(&planned_at, "*", &json!({ "venue": format!("{mark} 2") })).ok();
        let slot = head.post(&format!("{planned_at}/slots"), &morning()).ok();
        // What is announced is everybody's to read, and who takes part its organisers'.
        let announced = open(head, &module, &place);
        let guest = json!({ "outsider": { "name": mark, "email": format!("{low}.guest@example.org"), "organisation": mark } });
        let registration = head.post(&format!("{announced}/registrations"), &guest).ok();
        order(head, &at("training-registrations", &registration), &json!({ "command": "cancel", "reason": mark })).ok();
        let decided = Decided::new(world, head, &twin, mark);
        let aid = aid(head, &home, &member, mark);
        let account = json!({ "login": low, "display_name": mark, "member_id": volunteer["id"], "grant": { "role": "volunteer", "department_code": department, "starts_on": "2026-11-22" } });
        let user = head.post("/users", &account).ok();
        let grant = head.all(&format!("{}/grants", at("users", &user)))[0].clone();
        let held = draft(head, &module, &json!({ "association_id": home, "starts_on": "2026-11-22", "ends_on": "2026-11-22" }));
        let held_at = at("training-sessions", &held);
        let hour = head.post(&format!("{held_at}/slots"), &json!({ "starts_at": "2026-11-22T07:00:00Z", "ends_at": "2026-11-22T08:00:00Z" })).ok();
        for command in ["schedule", "open_registration"] {
            order(head, &held_at, &json!({ "command": command })).ok();
        }
        let person = head.post(&format!("{held_at}/registrations"), &guest).ok();
        order(head, &held_at, &json!({ "command": "start" })).ok();
        let marks = json!({ "slots": [{ "slot_id": hour["id"], "marks": [{ "registration_id": person["id"], "status": "present" }] }] });
        record_as(head, &held_at, &marks).ok();
        order(head, &held_at, &json!({ "command": "complete" })).ok();
        let certificate = head.post(&format!("{held_at}/certificates"), &json!({ "registration_id": person["id"] })).ok();
        order(head, &at("training-certificates", &certificate), &json!({ "command": "revoke", "reason": mark })).ok();
        let feed = head.request("POST", "/me/calendar-feeds").json(&json!({ "department_code": department })).send().ok();
        let away = json!({ "user_id": user["id"], "starts_on": "2026-12-24", "ends_on": "2026-12-31" });
        let absence = head.post("/absences", &away).ok();
        head.patch(&at("absences", &absence), "*", &json!({ "ends_on": "2026-12-30" })).ok();
        let file = format!("numero_adherent;nom;prenom;date_naissance\n{mark};{mark};{mark};{mark}\n");
        let operation = import_of(world, head, "members", "partial", file.as_bytes());
        assert!(!lines(head, &operation).is_empty());
        let ids = [
            ("associations", home.as_str().unwrap().to_owned()),
            ("members", id(&member)),
            ("member-merges", id(&merge)),
            ("employments", id(&employment)),
            ("memberships", id(&membership)),
            ("dossiers", id(&dossier)),
            ("legal-holds", id(&hold)),
            ("cover-decisions", id(&decision)),
            ("protection-requests", id(&protection)),
            ("deadlines", id(&deadline)),
            ("deadline-events", id(&error)),
            ("proceedings", id(&proceeding)),
            ("proceeding-steps", id(&step)),
            ("conciliations", id(&talks)),
            ("conciliation-sessions", id(&meeting)),
            ("commitments", id(&promise)),
            ("links", id(&link)),
            ("break-glass", id(&opening)),
            ("parties", id(&party)),
            ("conflicts", id(&conflict)),
            ("activities", id(&activity)),
            ("documents", id(&document)),
            ("document-versions", document["current_id"].as_str().unwrap().to_owned()),
            ("tasks", id(&task)),
            ("mandates", id(&mandate)),
            ("contact-requests", id(&contact)),
            ("aid-committees", id(&decided.committee)),
            ("aid-committee-members", id(&decided.term)),
            ("aid-sessions", id(&decided.session)),
            ("aid-attendances", id(&decided.attendance)),
            ("aid-docket-items", id(&decided.item)),
            ("aid-votes", id(&decided.vote)),
            ("aid-recusals", id(&decided.recusal)),
            ("users", id(&user)),
            ("grants", id(&grant)),
            ("absences", id(&absence)),
            ("operations", id(&operation)),
            ("training-certificates", id(&certificate)),
            ("calendar-feeds", id(&feed)),
            ("training-sessions", id(&planned)),
            ("training-slots", id(&slot)),
            ("training-registrations", id(&registration)),
        ];
        let ids = ids.into_iter().chain(aid).collect();
        Self { department, mark: mark.to_owned(), head: head.clone(), national, ids, member, twin, dossier, opposed, module }
    }

    /// And what the whole association sees of it, and the machines of its administrators.
    pub fn open(mut self, admin: &Client, school: u32) -> Self {
        let body = json!({ "uai": uai(school), "name": "Collège du Lac", "kind": "middle_school", "sector": "public", "department_code": self.department });
        let school = admin.post("/establishments", &body).ok();
        let head = &self.head;
        let event = json!({ "association_id": self.id("associations"), "establishment_id": school["id"], "occurred_on": "2026-09-14", "natures": ["threat"],
            "summary": self.mark });
        let incident = head.post("/incidents", &event).ok();
        head.patch(&at("incidents", &incident), "*", &json!({ "summary": format!("{} 2", self.mark) })).ok();
        head.patch(&at("dossiers", &self.dossier), "*", &json!({ "facts": { "incident_id": incident["id"] } })).ok();
        let term = json!({ "display_name": "Anne Lac", "starts_on": "2026-09-01" });
        let correspondent = admin.post(&format!("{}/correspondents", at("establishments", &school)), &term).ok();
        let function = json!({ "display_name": "Anne Lac", "function": "head", "starts_on": "2026-09-01" });
        let team = admin.post(&format!("/associations/{}/team-members", self.id("associations")), &function).ok();
        let lawyer = admin.post("/lawyers", &lawyer_with(&json!({ "departments": [self.department] }))).ok();
        let away = json!({ "starts_on": "2026-12-24", "ends_on": "2026-12-31" });
        let away = admin.post(&format!("{}/unavailabilities", at("lawyers", &lawyer)), &away).ok();
        let machine = machine(admin, &json!({}));
        let (_, secret) = secret(admin, &machine);
        self.ids.extend([("establishments", id(&school)), ("correspondents", id(&correspondent)), ("team-members", id(&team))]);
        self.ids.extend([("incidents", id(&incident))]);
        self.ids.extend([("lawyers", id(&lawyer)), ("unavailabilities", id(&away))]);
        self.ids.extend([("training-modules", id(&self.module))]);
        self.ids.extend([("api-clients", id(&machine)), ("client-secrets", secret)]);
        let code: DepartmentCode = self.department.parse().unwrap();
        self.ids.extend(Self::commission(&self.national, code.department().unwrap().academy_code));
        self
    }

    /// The training commission of an academy, which departments share, and a member and a plan of it.
    pub fn commission(national: &Client, academy: &str) -> [(&'static str, String); 3] {
        let known = national.all(&format!("/training-commissions?academy={academy}")).pop();
        let commission = known.unwrap_or_else(|| national.post("/training-commissions", &json!({ "academy_code": academy })).ok());
        let path = at("training-commissions", &commission);
        let term = json!({ "display_name": "Anne Lac", "starts_on": "2026-09-01" });
        let member = national.post(&format!("{path}/members"), &term).ok();
        let plan = json!({ "school_year": "2026-2027", "orientation": "Former les équipes." });
        let known = national.all(&format!("{path}/plans")).pop();
        let plan = known.unwrap_or_else(|| national.post(&format!("{path}/plans"), &plan).ok());
        [("training-commissions", id(&commission)), ("commission-members", id(&member)), ("training-plans", id(&plan))]
    }

    pub fn id(&self, collection: &str) -> &str {
        self.ids.get(collection).unwrap_or_else(|| panic!("no row of {collection}"))
    }
}
