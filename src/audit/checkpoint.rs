//! Checkpoints: how long the chain was at a moment and how it ended, signed, to be kept where nobody who writes the database can.

use super::chain::Head;
use crate::auth::Keys;
use crate::db::Instant;
use crate::error::{Error, Result};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

/// A checkpoint that this server signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    pub sequence: i64,
    pub seal: Vec<u8>,
}

/// A checkpoint as it is kept.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    /// How many events the chain had.
    sequence: i64,
    /// The seal of the last, base64url.
    seal: String,
    issued_at: Instant,
    /// The key that signed it, as `/.well-known/jwks.json` names it.
    kid: String,
    /// Ed25519, base64url.
    signature: String,
}

impl Kept {
    /// What is signed: a statement that no other use of the key makes.
    fn statement(&self) -> String {
        let Self { sequence, seal, issued_at, kid, signature: _ } = self;
        format!("entraide audit checkpoint\n{sequence}\n{seal}\n{}\n{kid}", issued_at.micros())
    }
}

/// Signs the state of the chain, as JSON.
pub fn sign(keys: &Keys, head: &Head, now: Instant) -> Result<String> {
    let seal = URL_SAFE_NO_PAD.encode(&head.seal);
    let mut kept = Kept { sequence: head.sequence, seal, issued_at: now, kid: keys.kid.clone(), signature: String::new() };
    kept.signature = keys.sign(kept.statement().as_bytes())?;
    serde_json::to_string_pretty(&kept).map_err(Error::internal)
}

/// Reads a checkpoint; refuses one that neither this server's key nor the one before it signed.
pub fn read(keys: &Keys, text: &str) -> Result<Checkpoint> {
    let kept: Kept = serde_json::from_str(text).map_err(|error| Error::internal(format!("this is not a checkpoint: {error}")))?;
    if !keys.signed(&kept.kid, kept.statement().as_bytes(), &kept.signature) {
        return Err(Error::internal("the checkpoint was not signed with the key of this server"));
    }
    let seal = URL_SAFE_NO_PAD.decode(&kept.seal).map_err(Error::internal)?;
    Ok(Checkpoint { sequence: kept.sequence, seal })
}
