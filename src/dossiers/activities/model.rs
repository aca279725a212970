//! What an activity is, for whom it is meant, and which values it accepts.

use crate::error::{Code, Flaw};
use crate::values::{Interval, choice, number, query, text};

choice! {
    /// What was done.
    pub enum ActivityKind as "activity_kind" {
        Question = "question" ("Question", "Question"),
        Interview = "interview" ("Entretien", "Interview"),
        Support = "support" ("Soutien", "Support"),
        Accompaniment = "accompaniment" ("Accompagnement", "Accompaniment"),
        Letter = "letter" ("Courrier", "Letter"),
        FollowUp = "follow_up" ("Relance", "Follow-up"),
        Meeting = "meeting" ("Réunion", "Meeting"),
        Decision = "decision" ("Décision", "Decision"),
        Note = "note" ("Note", "Note"),
    }
}

choice! {
    /// By which way it was done.
    pub enum ActivityMedium as "activity_medium" {
        InPerson = "in_person" ("En personne", "In person"),
        Phone = "phone" ("Téléphone", "Phone"),
        Video = "video" ("Visioconférence", "Video call"),
        Email = "email" ("Courriel", "Email"),
        Post = "post" ("Courrier postal", "Post"),
        HomeVisit = "home_visit" ("Visite à domicile", "Home visit"),
        External = "external" ("À l'extérieur", "Elsewhere"),
        ThirdParty = "third_party" ("Par un tiers", "Through a third party"),
    }
}

choice! {
    /// For whom an activity is meant.
    pub enum Audience as "audience" {
        Author = "author" ("Auteur", "Author"),
        Referent = "referent" ("Référent", "Referent"),
        Team = "team" ("Équipe", "Team"),
        Lawyer = "lawyer" ("Avocat", "Lawyer"),
        Member = "member" ("Adhérent", "Member"),
        Insurer = "insurer" ("Assureur", "Insurer"),
    }
}

text! {
    /// What was said and done, in a few sentences.
    pub struct ActivitySummary { max: 4000, example: "Entretien d'une heure : l'adhérente souhaite d'abord une conciliation." }
}

number! {
    /// How many minutes it took.
    pub struct SpentMinutes(i32: Integer "int32" as Integer) { 1..=1440, example: 45 }
}

query! {
    /// Filters of activities.
    pub struct ActivityFilters {
        /// Kinds.
        kind: Option<Vec<ActivityKind>>,
        /// Days, in Europe/Paris, on which they began.
        started: Option<Interval>,
    }
}

/// As what somebody writes an activity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Author {
    Team,
    /// Under a mandate.
    Lawyer,
}

/// For whom an activity is meant besides its author, who always reads it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Visibility {
    pub referent: bool,
    pub team: bool,
    pub lawyer: bool,
    pub member: bool,
    pub insurer: bool,
}

impl Visibility {
    pub fn of(audiences: &[Audience]) -> Result<Self, Flaw> {
        if audiences.is_empty() {
            return Err(Code::VisibilityEmpty.into());
        }
        let named = |audience: Audience| audiences.contains(&audience);
        let [referent, team, lawyer, member, insurer] = [Audience::Referent, Audience::Team, Audience::Lawyer, Audience::Member, Audience::Insurer].map(named);
        Ok(Self { referent, team, lawyer, member, insurer })
    }

    /// Whether it stays between its author and the referent: what a lawyer writes is covered by their secrecy.
    pub fn is_privileged(self) -> bool {
        let Self { referent: _, team, lawyer, member, insurer } = self;
        !(team || lawyer || member || insurer)
    }

    pub fn audiences(self) -> Vec<Audience> {
        let Self { referent, team, lawyer, member, insurer } = self;
        let others =
            [(referent, Audience::Referent), (team, Audience::Team), (lawyer, Audience::Lawyer), (member, Audience::Member), (insurer, Audience::Insurer)];
        std::iter::once(Audience::Author).chain(others.into_iter().filter_map(|(named, audience)| named.then_some(audience))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_activity_is_meant_for_somebody_and_always_for_its_author() {
        assert_eq!(Visibility::of(&[]).map_err(|flaw| flaw.code), Err(Code::VisibilityEmpty));
        let told = |audiences: &[Audience]| Visibility::of(audiences).unwrap().audiences();
        assert_eq!(told(&[Audience::Author]), [Audience::Author]);
        assert_eq!(told(&[Audience::Insurer, Audience::Team]), [Audience::Author, Audience::Team, Audience::Insurer]);
        let privileged = |audience: Audience| Visibility::of(&[audience]).unwrap().is_privileged();
        let others = [Audience::Team, Audience::Lawyer, Audience::Member, Audience::Insurer];
        assert!(privileged(Audience::Author) && privileged(Audience::Referent) && !others.into_iter().any(privileged));
    }
}
