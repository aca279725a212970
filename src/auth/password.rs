//! Passwords: argon2id, at most two hashes at a time, no composition rules but a floor of strength.

use super::keys::random;
use crate::error::{Code, Error, Flaw, Result};
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::sync::{Arc, LazyLock};
use tokio::sync::Semaphore;

const MIN_LENGTH: usize = 14;
/// zxcvbn's second-best score: safe against an offline attack on a slow hash.
const MIN_SCORE: u8 = 3;
/// Each hash takes 19 MiB and a core for some 20 ms.
const AT_ONCE: usize = 2;
/// Longer input would only cost time.
const MAX_LENGTH: usize = 256;

static TURNS: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(AT_ONCE)));
/// What an unknown login is checked against, so that it costs the same time.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash("nobody has this password").unwrap_or_default());

pub fn hash(password: &str) -> Result<String> {
    Ok(Argon2::default().hash_password(password.as_bytes()).map_err(Error::internal)?.to_string())
}

/// The hash of a password, made when it is its turn.
pub async fn hash_in_turn(password: String) -> Result<String> {
    let turn = Arc::clone(&TURNS).acquire_owned().await.map_err(Error::internal)?;
    let work = move || {
        let hashed = hash(&password);
        drop(turn);
        hashed
    };
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
}

/// The hash of a password that nobody knows: an account without one is refused in the same time as any other.
pub async fn of_nobody() -> Result<String> {
    hash_in_turn(URL_SAFE_NO_PAD.encode(random::<32>()?)).await
}

/// Whether a password is strong enough for somebody with these words in their name.
pub fn flaw(password: &str, words: &[&str]) -> Option<Flaw> {
    let length = password.chars().count();
    let strong = (MIN_LENGTH..=MAX_LENGTH).contains(&length) && u8::from(zxcvbn::zxcvbn(password, words).score()) >= MIN_SCORE;
    (!strong).then(|| Flaw::new(Code::PasswordTooWeak).with("min", MIN_LENGTH))
}

/// Whether the password is the one of this hash; without a hash it takes as long and is false.
pub async fn verify(password: String, hash: Option<String>) -> Result<bool> {
    let turn = Arc::clone(&TURNS).acquire_owned().await.map_err(Error::internal)?;
    let check = move || {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| NOBODY.clone());
        let matches = PasswordHash::new(&hash).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
        drop(turn);
        known && matches
    };
    tokio::task::spawn_blocking(check).await.map_err(Error::internal)
}
