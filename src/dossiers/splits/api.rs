//! The route by which a dossier is split.

use super::bodies::SplitDossier;
use super::splitting::split;
use crate::audit::Tx;
use crate::audit::access::Confided;
use crate::auth::Scope;
use crate::db::Id;
use crate::dossiers::lifecycle::Means;
use crate::dossiers::parties::recording::People;
use crate::dossiers::store::{self, Facts};
use crate::dossiers::view::DossierView;
use crate::http::{Actor, Answer, Command, CommandOptions, Endpoint, PathId, route};

pub fn routes() -> Vec<Endpoint> {
    vec![route!(split_dossier).creates().shows::<DossierView>().discloses(Confided::Dossier)]
}

/// Split a dossier
///
/// Opens a second dossier out of one that the caller works, whatever its state: of the same member or of another whom the facts concern
/// too, under a reference of its own, new and looked at as any dossier that is opened. What the body leaves out is as in the first; what
/// was true on the days of the facts is read anew. Of the parties those come along that the body names, as copies. All else that lies under
/// the first stays there, where the link `split_from` leads; the first itself does not change.
#[utoipa::path(post, path = "/dossiers/{id}/splits", operation_id = "dossier_splits_create", tag = "dossiers",
    params(("id" = Id, Path), CommandOptions), request_body = SplitDossier, responses((status = 201, description = "The second dossier.", body = DossierView)))]
async fn split_dossier(actor: Actor, id: PathId, command: Command<SplitDossier>) -> Answer {
    let (means, people, lens, trial) = (Means::of(&actor), People::of(&actor), actor.lens(), command.validate);
    let find = move |tx: &mut Tx<'_>, scope: &Scope| store::find(tx.conn, scope, id.0);
    actor
        .create_under("dossiers", command, find, move |tx, scope, first, body| {
            let row = split(tx, scope, (&means, &people), &first, body, trial)?;
            Ok(row.shown(lens, scope, &Facts::default()))
        })
        .await
}
