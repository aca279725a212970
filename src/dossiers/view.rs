//! What is shown of a dossier.

use super::circumstances::{CoverEvidence, FactsSnapshot};
use super::derived::DossierPath;
use super::lifecycle::Derogation;
use super::model::*;
use super::motives::model::MotiveCode;
use super::store::DossierRow;
use crate::audit::Resource;
use crate::auth::Confidentiality;
use crate::db::{Id, Instant};
use crate::http::FieldName;
use crate::values::{Day, DepartmentCode};
use crate::workflow::{AllowedCommandView, Reason};
use serde::Serialize;
use utoipa::ToSchema;

/// What happened, when and where.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DossierFactsView {
    /// The day, or the first of them.
    pub date: Option<Day>,
    /// Its month.
    #[schema(value_type = Month)]
    pub month: String,
    /// The last day, where the facts lasted.
    pub end_date: Option<Day>,
    /// Where.
    pub place: Option<Place>,
    /// What happened.
    pub summary: Option<Summary>,
    /// Whether the member felt it as an aggression.
    pub felt_as_aggression: Option<bool>,
    /// What the facts belong to.
    #[schema(max_items = 100)]
    pub contexts: Option<Vec<ContextTag>>,
}

/// A member's case. A field that is hidden from the caller is `null` and named in `withheld`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DossierView {
    /// Identifier; under pseudonyms, one that holds within the purpose.
    pub id: Id,
    /// Version, raised by every change.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// Reference.
    pub reference: Option<DossierReference>,
    /// The association that works it.
    pub association_id: Id,
    /// Its department.
    pub department_code: DepartmentCode,
    /// The member; `null` once it is anonymised.
    pub member_id: Option<Id>,
    /// The establishment of the facts.
    pub establishment_id: Option<Id>,
    /// Kind.
    pub kind: DossierKind,
    /// What the member is in the facts.
    pub member_quality: Option<MemberQuality>,
    /// By which way the request came in.
    pub channel: ContactChannel,
    /// Urgency.
    pub urgency: Urgency,
    /// Confidentiality.
    pub confidentiality: Confidentiality,
    /// State.
    pub status: DossierStatus,
    /// The user in charge.
    pub referent_id: Option<Id>,
    /// Day of opening.
    pub opened_on: Option<Day>,
    /// Month of opening.
    #[schema(value_type = Month)]
    pub opened_month: String,
    /// What happened.
    pub facts: DossierFactsView,
    /// Main motive.
    pub motive_code: Option<MotiveCode>,
    /// Further motives.
    #[schema(max_items = 100)]
    pub secondary_motive_codes: Option<Vec<MotiveCode>>,
    /// Member and establishment as they were on the day of the facts.
    pub facts_snapshot: Option<FactsSnapshot>,
    /// What is odd about it.
    #[schema(max_items = 20)]
    pub warnings: Option<Vec<DossierWarning>>,
    /// Why it was opened all the same.
    pub warning_reason: Option<Reason>,
    /// Cover on the days of the facts; looked at for legal protection.
    pub cover: Option<CoverEvidence>,
    /// Legal protection given without cover.
    pub derogation: Option<Derogation>,
    /// How far a request for national solidarity has come; `null` where there was none.
    pub solidarity_status: Option<SolidarityStatus>,
    /// Whether the member complained, simply or as a civil party.
    pub complaint_filed: Option<bool>,
    /// Whether a lawyer ever accepted a mandate.
    pub counsel_involved: Option<bool>,
    /// Whether it was brought before a judge.
    pub judicialised: Option<bool>,
    /// Which way it went; it follows from the three and from conciliation.
    pub path: Option<DossierPath>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// What this is for the member.
    pub outcome_for_member: Option<OutcomeForMember>,
    /// Day of its closing.
    pub closed_on: Option<Day>,
    /// Day of its first closing, if it was reopened since.
    pub first_closed_on: Option<Day>,
    /// The day on which a suspended dossier is to be looked at again.
    pub review_on: Option<Day>,
    /// The day from which it may be archived.
    pub retention_due_on: Option<Day>,
    /// Whether a legal hold keeps it.
    pub on_legal_hold: Option<bool>,
    /// The last day on which it is read again, once it was taken out of the archive.
    pub unarchived_until: Option<Day>,
    /// The commands that its state allows and this caller may give.
    #[schema(max_items = 50)]
    pub allowed_commands: Vec<AllowedCommandView>,
    /// The fields that are hidden from this caller.
    #[schema(max_items = 50, value_type = Vec<FieldName>)]
    pub withheld: Vec<&'static str>,
    /// When it was first recorded.
    pub created_at: Option<Instant>,
    /// When it last changed.
    pub updated_at: Option<Instant>,
}

/// The columns of the export as a French spreadsheet titles them.
#[rustfmt::skip]
pub const TITLES: &[(&str, &str)] = &[
    ("id", "Identifiant"), ("version", "Version"), ("reference", "Référence"), ("association_id", "Association"), ("department_code", "Département"),
    ("member_id", "Adhérent"), ("establishment_id", "Établissement"), ("kind", "Type"), ("member_quality", "Qualité de l'adhérent"), ("channel", "Canal"),
    ("urgency", "Urgence"), ("confidentiality", "Confidentialité"), ("status", "État"), ("referent_id", "Référent"), ("opened_on", "Ouvert le"),
    ("opened_month", "Mois d'ouverture"), ("facts.date", "Date des faits"), ("facts.month", "Mois des faits"), ("facts.end_date", "Fin des faits"),
    ("facts.place", "Lieu"), ("facts.summary", "Résumé"), ("facts.felt_as_aggression", "Vécu comme une agression"), ("facts.contexts", "Contextes"),
    ("motive_code", "Motif"), ("secondary_motive_codes", "Motifs secondaires"), ("facts_snapshot.occupation", "Métier"),
    ("facts_snapshot.employment_status", "Statut d'emploi"), ("facts_snapshot.employer", "Employeur"), ("facts_snapshot.establishment_kind", "Type d'établissement"),
    ("facts_snapshot.sector", "Secteur"), ("facts_snapshot.priority_education", "Éducation prioritaire"), ("facts_snapshot.department_code", "Département des faits"),
    ("facts_snapshot.birth_year", "Année de naissance"), ("facts_snapshot.age_band", "Tranche d'âge"), ("facts_snapshot.nomenclature_version", "Nomenclature"),
    ("warnings", "Alertes"), ("warning_reason", "Motif de l'ouverture malgré alerte"), ("cover.status", "Couverture"), ("cover.proofs", "Preuves de couverture"),
    ("cover.checked_on", "Couverture vérifiée le"), ("derogation.reason", "Dérogation"), ("derogation.author_id", "Auteur de la dérogation"),
    ("derogation.given_at", "Dérogation accordée le"), ("solidarity_status", "Solidarité nationale"),
    ("complaint_filed", "Plainte déposée"), ("counsel_involved", "Avocat intervenu"), ("judicialised", "Judiciarisé"), ("path", "Parcours"),
    ("outcome", "Issue"), ("outcome_for_member", "Issue pour l'adhérent"), ("closed_on", "Clos le"),
    ("first_closed_on", "Première clôture"), ("review_on", "À revoir le"), ("retention_due_on", "Archivable le"), ("on_legal_hold", "Conservé"),
    ("unarchived_until", "Désarchivé jusqu'au"), ("allowed_commands", "Commandes possibles"), ("withheld", "Champs masqués"), ("created_at", "Créé le"),
    ("updated_at", "Modifié le"),
];

impl Resource for DossierView {
    const KIND: &'static str = "dossier";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

/// The whole row, without what depends on who looks at it: a version is recorded so.
impl From<DossierRow> for DossierView {
    fn from(row: DossierRow) -> Self {
        let DossierRow { id, reference, association_id, department_code, school_year: _, member_id, establishment_id, kind, member_quality, .. } = row;
        let DossierRow { channel, urgency, confidentiality, status, referent_id, opened_on, case_order: _, facts_on, facts_end_on, place, .. } = row;
        let DossierRow { summary, felt_as_aggression, contexts, motive_code, secondary_motive_codes, nomenclature_version: _, facts_snapshot, .. } = row;
        let DossierRow { warnings, warning_reason, cover, derogation, outcome, outcome_for_member, closed_on, first_closed_on, review_on, .. } = row;
        let DossierRow { complaint_filed, counsel_involved, judicialised, path, .. } = row;
        let DossierRow { solidarity_status, retention_due_on, on_legal_hold, unarchived_until, version, created_at, updated_at, .. } = row;
        Self {
            id,
            version,
            reference: Some(reference),
            association_id,
            department_code,
            member_id,
            establishment_id,
            kind,
            member_quality: Some(member_quality),
            channel,
            urgency,
            confidentiality,
            status,
            referent_id,
            opened_on: Some(opened_on),
            opened_month: month_of(opened_on),
            facts: DossierFactsView {
                date: Some(facts_on),
                month: month_of(facts_on),
                end_date: facts_end_on,
                place,
                summary,
                felt_as_aggression: Some(felt_as_aggression),
                contexts: Some(contexts.0),
            },
            motive_code: Some(motive_code),
            secondary_motive_codes: Some(secondary_motive_codes.0),
            facts_snapshot: Some(facts_snapshot.0),
            warnings: Some(warnings.0),
            warning_reason,
            cover: cover.map(|cover| cover.0),
            derogation: derogation.map(|derogation| derogation.0),
            solidarity_status,
            complaint_filed: Some(complaint_filed),
            counsel_involved: Some(counsel_involved),
            judicialised: Some(judicialised),
            path: Some(path),
            outcome,
            outcome_for_member,
            closed_on,
            first_closed_on,
            review_on,
            retention_due_on,
            on_legal_hold: Some(on_legal_hold),
            unarchived_until,
            allowed_commands: Vec::new(),
            withheld: Vec::new(),
            created_at: Some(created_at),
            updated_at: Some(updated_at),
        }
    }
}
