//! What people ask for in the demonstration, and how far their team leads it.

use super::super::parsed;
use super::move_request;
use entraide::audit::{Action, Tx};
use entraide::auth::Scope;
use entraide::db::Id;
use entraide::error::{Error, Result};
use entraide::financial_aid_requests::bodies::CreateFinancialAidRequest;
use entraide::financial_aid_requests::checks::{self, Check};
use entraide::financial_aid_requests::lifecycle::AidRequestCommand;
use entraide::financial_aid_requests::model::{AidNature, AidReason};
use entraide::financial_aid_requests::sheet::{AidSheetInput, SheetLineInput};
use entraide::financial_aid_requests::steps::{self, Reach};
use entraide::financial_aid_requests::store as requests;
use entraide::financial_aid_requests::view::FinancialAidRequestView;
use entraide::values::{Day, Money, Number};

use Story::{Adjourned, Asked, Awaited, Draft, Granted, Instructed, Partly, Refused, Submitted, Urgent, Withdrawn};

/// How far a request has come.
#[derive(Clone, Copy, PartialEq)]
pub enum Story {
    Draft,
    Submitted,
    Asked,
    Instructed,
    Withdrawn,
    Granted,
    Partly,
    Refused,
    Adjourned,
    /// Before the next session.
    Awaited,
    /// Granted before any, which is to ratify it.
    Urgent,
}

/// How many people ask.
pub const ASKING: usize = 13;

pub type Case = (Story, AidNature, AidReason, i64, &'static str);

#[rustfmt::skip]
pub const CASES: [Case; ASKING] = [
    (Granted, AidNature::Grant, AidReason::Disaster, 80_000, "Toiture arrachée par la tempête ; l'assurance laisse une franchise."),
    (Partly, AidNature::Grant, AidReason::Illness, 120_000, "Arrêt de longue durée, demi-traitement depuis trois mois."),
    (Granted, AidNature::Loan, AidReason::LossOfIncome, 150_000, "Fin de contrat avant la titularisation ; loyer et crédit à couvrir."),
    (Refused, AidNature::InKind, AidReason::Other, 40_000, "Remplacement d'un ordinateur personnel."),
    (Adjourned, AidNature::Grant, AidReason::Death, 100_000, "Frais d'obsèques du conjoint ; devis à compléter."),
    (Awaited, AidNature::FeeAdvance, AidReason::LegalCosts, 90_000, "Provision d'avocat avant la décision de l'assureur."),
    (Awaited, AidNature::Grant, AidReason::Crisis, 60_000, "Charges de chauffage impayées depuis l'hiver."),
    (Urgent, AidNature::Grant, AidReason::Disaster, 50_000, "Relogement après un incendie."),
    (Instructed, AidNature::Loan, AidReason::LossOfIncome, 200_000, "Rappel de salaire attendu ; découvert bancaire."),
    (Asked, AidNature::Grant, AidReason::Illness, 70_000, "Soins non remboursés ; factures à produire."),
    (Submitted, AidNature::Grant, AidReason::Crisis, 45_000, "Rentrée scolaire de trois enfants."),
    (Draft, AidNature::Grant, AidReason::Other, 30_000, "Premier entretien ; ressources à préciser."),
    (Withdrawn, AidNature::Grant, AidReason::Disaster, 55_000, "Dégât des eaux, finalement pris en charge par l'assurance."),
];

/// Makes the request of a case and leads it as far as its team does.
pub fn ask(tx: &mut Tx<'_>, scope: &Scope, member_id: Id, (story, nature, reason, cents, purpose): Case) -> Result<Id> {
    let line = |label: &str, cents: i64| Ok::<_, Error>(SheetLineInput { label: parsed(label)?, amount: Money::from_cents(cents) });
    let sheet = AidSheetInput {
        household_size: Number::checked(3)?,
        resources: vec![line("Traitement", 198_000)?, line("Allocations familiales", 14_183)?],
        charges: vec![line("Loyer", 71_000)?, line("Crédit à la consommation", 28_550)?, line("Énergie", 16_400)?],
    };
    let body = CreateFinancialAidRequest {
        member_id,
        dossier_id: None,
        nature,
        repayable: None,
        reason,
        amount: Money::from_cents(cents),
        sheet: Some(sheet),
        context: None,
        urgent: Some(story == Urgent),
        purpose: Some(parsed(purpose)?),
    };
    let reach = Reach { members: Scope::console(), dossiers: Scope::console() };
    let row = steps::make(tx, scope, &reach, body)?;
    let id = row.id;
    tx.record(Action::Create, &FinancialAidRequestView::from(row))?;
    if story == Draft {
        return Ok(id);
    }
    move_request(tx, scope, id, AidRequestCommand::Submit {})?;
    match story {
        Submitted => return Ok(id),
        Asked => {
            let question = parsed("Merci de joindre les trois derniers bulletins de paie.")?;
            move_request(tx, scope, id, AidRequestCommand::AskInformation { question })?;
            return Ok(id);
        }
        Withdrawn => {
            move_request(tx, scope, id, AidRequestCommand::Withdraw { reason: parsed("L'assurance prend tout en charge.")? })?;
            return Ok(id);
        }
        _ => {}
    }
    let row = requests::find(tx.conn, scope, id)?;
    let today = Day::of(tx.now.0);
    for check in checks::of(tx.conn, scope, &row, row.asked_cents, today)?.iter().filter(|check: &&Check| check.flaw().is_some()) {
        let reason = parsed("Situation d'urgence reconnue par le responsable.")?;
        move_request(tx, scope, id, AidRequestCommand::WaiveRule { rule: check.rule, reason })?;
    }
    let instruction_note = parsed("Pièces vérifiées ; les charges fixes dépassent la moitié des ressources.")?;
    move_request(tx, scope, id, AidRequestCommand::Instruct { instruction_note })?;
    if story == Urgent {
        let motivation = parsed("Plus de logement depuis la veille.")?;
        move_request(tx, scope, id, AidRequestCommand::GrantUrgently { amount: None, motivation })?;
    }
    Ok(id)
}
