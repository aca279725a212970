//! Passwords: argon2id, at most two hashes at a time, no composition rules but a floor of strength.

use super::keys::random;
use crate::error::{Code, Error, Flaw, Result};
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{ARGON2ID_IDENT, Argon2, Block, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use tokio::sync::Semaphore;

const MIN_LENGTH: usize = 14;
/// zxcvbn's second-best score: safe against an offline attack on a slow hash.
const MIN_SCORE: u8 = 3;
/// Each hash takes 19 MiB and a core for some 20 ms.
const AT_ONCE: usize = 2;
/// Longer input would only cost time.
const MAX_LENGTH: usize = 256;

static TURNS: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(AT_ONCE)));
/// What hashes fill, kept from one to the next: how long fresh memory takes to come depends on what was allocated before, and
/// told accounts that exist from others.
static MEMORY: Mutex<Vec<Vec<Block>>> = Mutex::new(Vec::new());
/// The salt of a login that is nobody's.
const NOBODYS: &[u8] = b"nobody's account";

pub fn hash(password: &str) -> Result<String> {
    hash_in(password, &mut Vec::new())
}

fn hash_in(password: &str, memory: &mut Vec<Block>) -> Result<String> {
    let (params, salt) = (Params::default(), random::<16>()?);
    let hash = PasswordHash {
        algorithm: ARGON2ID_IDENT,
        version: Some(Version::default().into()),
        params: ParamsString::try_from(&params).map_err(Error::internal)?,
        salt: Some(Salt::new(&salt).map_err(Error::internal)?),
        hash: Some(output(params, password, &salt, memory).ok_or_else(|| Error::internal("a password was not hashed"))?),
    };
    Ok(hash.to_string())
}

/// What argon2id makes of a password and a salt.
fn output(params: Params, password: &str, salt: &[u8], memory: &mut Vec<Block>) -> Option<Output> {
    memory.resize(params.block_count(), Block::new());
    let mut output = [0; Params::DEFAULT_OUTPUT_LEN];
    Argon2::from(params).hash_password_into_with_memory(password.as_bytes(), salt, &mut output, memory.as_mut_slice()).ok()?;
    Output::new(&output).ok()
}

/// Works when it is its turn, in memory of its own.
async fn in_turn<T: Send + 'static>(work: impl FnOnce(&mut Vec<Block>) -> T + Send + 'static) -> Result<T> {
    let turn = Arc::clone(&TURNS).acquire_owned().await.map_err(Error::internal)?;
    let work = move || {
        let kept = || MEMORY.lock().unwrap_or_else(PoisonError::into_inner);
        let mut memory = kept().pop().unwrap_or_default();
        let done = work(&mut memory);
        kept().push(memory);
        drop(turn);
        done
    };
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)
}

/// The hash of a password, made when it is its turn.
pub async fn hash_in_turn(password: String) -> Result<String> {
    in_turn(move |memory| hash_in(&password, memory)).await?
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
    in_turn(move |memory| matches(&password, hash.as_deref(), memory)).await
}

fn matches(password: &str, hash: Option<&str>, memory: &mut Vec<Block>) -> bool {
    let hash = hash.and_then(|hash| PasswordHash::new(hash).ok());
    let params = hash.as_ref().and_then(|hash| Params::try_from(hash).ok()).unwrap_or_default();
    let salt = hash.as_ref().and_then(|hash| hash.salt.as_deref()).unwrap_or(NOBODYS);
    let found = output(params, password, salt, memory);
    // Compared in constant time.
    found.zip(hash.and_then(|hash| hash.hash)).is_some_and(|(found, known)| found == known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use argon2::password_hash::{PasswordHasher, PasswordVerifier};

    #[test]
    fn the_password_of_a_hash_is_its_own_and_no_other_whatever_the_memory_held() {
        let (one, other) = (hash("lave-basalte-volcan-2062").unwrap(), hash("orgue-basalte-lave-1954").unwrap());
        let memory = &mut Vec::new();
        for _ in 0..2 {
            assert!(matches("lave-basalte-volcan-2062", Some(&one), memory) && matches("orgue-basalte-lave-1954", Some(&other), memory));
            assert!(!matches("lave-basalte-volcan-2062", Some(&other), memory));
            assert!(!matches("lave-basalte-volcan-2062", None, memory) && !matches("", Some(""), memory));
        }
        assert_eq!(memory.len(), Params::default().block_count(), "nobody's password is worked at as much");
    }

    #[test]
    fn a_hash_is_the_one_that_the_library_makes_and_reads() {
        let theirs = Argon2::default().hash_password(b"lave-basalte-volcan-2062").unwrap().to_string();
        assert!(matches("lave-basalte-volcan-2062", Some(&theirs), &mut Vec::new()));
        let ours = hash("lave-basalte-volcan-2062").unwrap();
        assert!(Argon2::default().verify_password(b"lave-basalte-volcan-2062", ours.as_str()).is_ok());
    }
}
