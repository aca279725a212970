//! What a dossier can be to another, as it is told from either side.

use crate::db::Id;
use crate::dossiers::under::TEAM;
use crate::error::{Code, Flaw};
use crate::values::{body, choice, commands, query, text};
use crate::workflow::{Lifecycle, Reason, step};

choice! {
    /// What a dossier is to another.
    pub enum LinkKind as "link_kind" {
        Follows = "follows" ("Fait suite à", "Follows"),
        Related = "related" ("Lié à", "Related to"),
        SameIncident = "same_incident" ("Mêmes faits", "Same incident"),
        SplitFrom = "split_from" ("Scindé de", "Split from"),
        DuplicateOf = "duplicate_of" ("Doublon de", "Duplicate of"),
    }
}

choice! {
    /// What the linked dossier makes of the one from which the link is seen.
    pub enum LinkRelation as "link_relation" {
        Follows = "follows" ("Fait suite à", "Follows"),
        FollowedBy = "followed_by" ("Suivi par", "Followed by"),
        Related = "related" ("Lié à", "Related to"),
        SameIncident = "same_incident" ("Mêmes faits", "Same incident"),
        SplitFrom = "split_from" ("Scindé de", "Split from"),
        SplitInto = "split_into" ("Scindé en", "Split into"),
        DuplicateOf = "duplicate_of" ("Doublon de", "Duplicate of"),
        HasDuplicate = "has_duplicate" ("A pour doublon", "Has the duplicate"),
    }
}

choice! {
    /// Whether a link still holds.
    pub enum LinkStatus as "link_status" {
        Standing = "standing" ("En vigueur", "Standing"),
        Withdrawn = "withdrawn" ("Retiré", "Withdrawn"),
    }
}

impl LinkKind {
    /// The word for it as seen from the dossier that it was made from, and as seen from the other.
    pub fn relations(self) -> (LinkRelation, LinkRelation) {
        match self {
            Self::Follows => (LinkRelation::Follows, LinkRelation::FollowedBy),
            Self::Related => (LinkRelation::Related, LinkRelation::Related),
            Self::SameIncident => (LinkRelation::SameIncident, LinkRelation::SameIncident),
            Self::SplitFrom => (LinkRelation::SplitFrom, LinkRelation::SplitInto),
            Self::DuplicateOf => (LinkRelation::DuplicateOf, LinkRelation::HasDuplicate),
        }
    }

    /// Whether it follows from what is done to a dossier, and nobody makes or withdraws it by hand.
    pub fn is_of_house(self) -> bool {
        matches!(self, Self::SplitFrom | Self::DuplicateOf)
    }

    /// Whether it leads from one dossier to another: then it never leads back.
    pub fn is_directed(self) -> bool {
        let (from, to) = self.relations();
        from != to
    }
}

text! {
    /// What else is to be known of a link.
    pub struct LinkNote { max: 500, example: "Mêmes auteurs, un an plus tôt." }
}

query! {
    /// Filters of links.
    pub struct LinkFilters {
        /// Kinds, whichever side they are seen from.
        kind: Option<Vec<LinkKind>>,
        /// States.
        status: Option<Vec<LinkStatus>>,
    }
}

body! {
    /// Links a dossier to another.
    pub struct LinkDossier {
        /// What it is to the other; `split_from` and `duplicate_of` follow from splitting and merging.
        kind: LinkKind,
        /// The other: a dossier that the caller reads.
        linked_dossier_id: Id,
        /// What else is to be known of it.
        note: Option<LinkNote>,
    } check { kind: by_hand[kind] }
}

fn by_hand(kind: &LinkKind) -> Option<Flaw> {
    kind.is_of_house().then(|| Code::LinkOfHouse.into())
}

pub const LIFECYCLE: Lifecycle<LinkStatus> = Lifecycle {
    resource: "link",
    initial: LinkStatus::Standing,
    transitions: &[step("withdraw", &[LinkStatus::Standing], Some(LinkStatus::Withdrawn), TEAM, "Retirer", "Withdraw")],
};

commands! {
    /// Moves a link on.
    pub enum LinkCommand {
        /// It was wrong, or holds no more; it stays in the list.
        Withdraw as "withdraw" {
            /// Why.
            reason: Reason,
        },
    }
}
