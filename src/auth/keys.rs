//! The server's keys: one that signs tokens, the public half of the one before, one secret from which all others are derived.

use crate::error::{Error, Result};
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use aws_lc_rs::{digest, hmac, rand};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};
use std::fs;
use std::path::Path;
use std::sync::Arc;

const SIGNING: &str = "signing.pem";
const SECRET: &str = "secret.key";
/// The public half of the signing key before: enough to take the tokens that it signed.
const PREVIOUS: &str = "previous.pub";
const SECRET_LEN: usize = 32;
const PUBLIC_LEN: usize = 32;

/// The public half of a key that signed tokens.
pub struct PublicKey {
    pub kid: String,
    /// Base64url.
    pub text: String,
    decoding: DecodingKey,
}

impl PublicKey {
    fn of(text: String) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(&text).ok().filter(|bytes| bytes.len() == PUBLIC_LEN)?;
        let kid = URL_SAFE_NO_PAD.encode(sha256(&bytes).as_ref().get(..12)?);
        Some(Self { kid, decoding: DecodingKey::from_ed_components(&text).ok()?, text })
    }
}

pub struct Keys {
    /// The name of the key that signs.
    pub kid: String,
    pub encoding: EncodingKey,
    /// The public halves of the keys whose tokens are taken, the one that signs first.
    pub published: Vec<PublicKey>,
    /// Seals what is recorded.
    pub records: RecordKey,
    cursors: LessSafeKey,
    factors: LessSafeKey,
    digests: hmac::Key,
}

/// The key that seals records and digests what must not stand in them in clear; clones share it.
#[derive(Clone)]
pub struct RecordKey(Arc<hmac::Key>);

impl RecordKey {
    pub fn new(secret: &[u8]) -> Self {
        Self(Arc::new(hmac::Key::new(hmac::HMAC_SHA256, secret)))
    }

    /// A keyed digest of these values, each length-prefixed.
    pub fn digest(&self, parts: &[&[u8]]) -> Vec<u8> {
        keyed(&self.0, parts)
    }
}

impl std::fmt::Debug for RecordKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecordKey")
    }
}

impl Keys {
    /// Makes both files in a folder of the owner's alone; refuses to replace any.
    pub fn generate(folder: &Path) -> Result<()> {
        fs::create_dir_all(folder)?;
        #[cfg(unix)]
        fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
        write_private(&folder.join(SIGNING), new_pem()?.as_bytes())?;
        write_private(&folder.join(SECRET), URL_SAFE_NO_PAD.encode(random::<SECRET_LEN>()?).as_bytes())
    }

    /// Puts a new signing key in the place of the present one. Its private half is gone; the public one is kept for the tokens that
    /// still are about. Each file is replaced at once: a rotation that is cut short leaves keys that work.
    pub fn rotate(folder: &Path) -> Result<()> {
        let (pem, path) = (read_private(&folder.join(SIGNING))?, folder.join(SIGNING));
        let pair = key_pair(&pem).ok_or_else(|| not_a_key(&path))?;
        replace_private(&folder.join(PREVIOUS), URL_SAFE_NO_PAD.encode(pair.public_key().as_ref()).as_bytes())?;
        replace_private(&path, new_pem()?.as_bytes())
    }

    /// Forgets the public half of the key before.
    pub fn drop_previous(folder: &Path) -> Result<()> {
        let path = folder.join(PREVIOUS);
        fs::remove_file(&path).map_err(|error| Error::internal(format!("cannot remove {}: {error}", path.display())))
    }

    pub fn exist(folder: &Path) -> bool {
        folder.join(SIGNING).exists() && folder.join(SECRET).exists()
    }

    /// Reads both files; refuses those missing, short or readable by others.
    pub fn load(folder: &Path) -> Result<Self> {
        let pem = read_private(&folder.join(SIGNING))?;
        let secret = read_private(&folder.join(SECRET))?;
        let secret = URL_SAFE_NO_PAD.decode(secret.trim()).ok().filter(|bytes| bytes.len() >= SECRET_LEN);
        let secret = secret.ok_or_else(|| Error::internal(format!("{} must hold at least {SECRET_LEN} bytes in base64url", folder.join(SECRET).display())))?;
        let (path, before) = (folder.join(SIGNING), folder.join(PREVIOUS));
        let pair = key_pair(&pem).ok_or_else(|| not_a_key(&path))?;
        let signing = PublicKey::of(URL_SAFE_NO_PAD.encode(pair.public_key().as_ref())).ok_or_else(|| not_a_key(&path))?;
        let kid = signing.kid.clone();
        let mut published = vec![signing];
        if before.exists() {
            let text = read_private(&before)?.trim().to_owned();
            let previous = PublicKey::of(text).ok_or_else(|| Error::internal(format!("{} is not an Ed25519 public key", before.display())))?;
            published.push(previous);
        }
        Ok(Self {
            kid,
            encoding: EncodingKey::from_ed_pem(pem.as_bytes()).map_err(|_| not_a_key(&path))?,
            published,
            cursors: derived_aead(&secret, b"cursors")?,
            factors: derived_aead(&secret, b"second factors")?,
            records: RecordKey::new(derive(&secret, b"records").as_ref()),
            digests: hmac::Key::new(hmac::HMAC_SHA256, derive(&secret, b"digests").as_ref()),
        })
    }

    /// The key of this name, if its tokens are taken.
    pub fn named(&self, kid: &str) -> Option<&DecodingKey> {
        self.published.iter().find(|key| key.kid == kid).map(|key| &key.decoding)
    }

    /// Encrypts a text that callers carry but must not read or change.
    pub fn seal(&self, text: Vec<u8>) -> Result<String> {
        seal(&self.cursors, b"", text)
    }

    /// The text, if this server's secret sealed it and nobody changed it.
    pub fn open(&self, sealed: &str) -> Option<Vec<u8>> {
        open(&self.cursors, b"", sealed)
    }

    /// Encrypts a text that is stored for one owner: in the row of another it does not open.
    pub fn seal_for(&self, owner: &[u8], text: Vec<u8>) -> Result<String> {
        seal(&self.factors, owner, text)
    }

    pub fn open_for(&self, owner: &[u8], sealed: &str) -> Option<Vec<u8>> {
        open(&self.factors, owner, sealed)
    }

    /// A keyed digest of values that must not be stored as they are, each length-prefixed.
    pub fn digest(&self, parts: &[&[u8]]) -> Vec<u8> {
        keyed(&self.digests, parts)
    }

    /// Signs a text, so that whoever has the public key can tell that this server wrote it.
    pub fn sign(&self, text: &[u8]) -> Result<String> {
        jsonwebtoken::crypto::sign(text, &self.encoding, Algorithm::EdDSA).map_err(|_| Error::internal("cannot sign"))
    }

    /// Whether the key of this name signed a text, and is one of this server's.
    pub fn signed(&self, kid: &str, text: &[u8], signature: &str) -> bool {
        self.named(kid).is_some_and(|key| jsonwebtoken::crypto::verify(signature, text, key, Algorithm::EdDSA).unwrap_or(false))
    }
}

fn keyed(key: &hmac::Key, parts: &[&[u8]]) -> Vec<u8> {
    let mut context = hmac::Context::with_key(key);
    for part in parts {
        context.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        context.update(part);
    }
    context.sign().as_ref().to_vec()
}

fn new_pem() -> Result<String> {
    let pair = Ed25519KeyPair::generate_pkcs8(&rand::SystemRandom::new()).map_err(|_| Error::internal("cannot make a key"))?;
    Ok(format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(pair.as_ref())))
}

fn key_pair(pem: &str) -> Option<Ed25519KeyPair> {
    let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    Ed25519KeyPair::from_pkcs8(&STANDARD.decode(body).ok()?).ok()
}

fn not_a_key(path: &Path) -> Error {
    Error::internal(format!("{} is not an Ed25519 private key", path.display()))
}

pub fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).map_err(|_| Error::internal("no random bytes"))?;
    Ok(bytes)
}

pub fn sha256(bytes: &[u8]) -> digest::Digest {
    digest::digest(&digest::SHA256, bytes)
}

fn seal(key: &LessSafeKey, bound_to: &[u8], mut text: Vec<u8>) -> Result<String> {
    let nonce = random::<NONCE_LEN>()?;
    let failed = |_| Error::internal("cannot encrypt");
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(bound_to), &mut text).map_err(failed)?;
    Ok(URL_SAFE_NO_PAD.encode([nonce.as_slice(), &text].concat()))
}

fn open(key: &LessSafeKey, bound_to: &[u8], sealed: &str) -> Option<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
    let (nonce, text) = bytes.split_at_checked(NONCE_LEN)?;
    let mut text = text.to_vec();
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    key.open_in_place(nonce, Aad::from(bound_to), &mut text).ok().map(|text| text.to_vec())
}

fn derive(secret: &[u8], purpose: &[u8]) -> hmac::Tag {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), purpose)
}

fn derived_aead(secret: &[u8], purpose: &[u8]) -> Result<LessSafeKey> {
    let key = UnboundKey::new(&AES_256_GCM, derive(secret, purpose).as_ref()).map_err(|_| Error::internal("cannot derive a key"))?;
    Ok(LessSafeKey::new(key))
}

fn write_private(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(|error| Error::internal(format!("cannot make {}: {error}", path.display())))?;
    std::io::Write::write_all(&mut file, bytes)?;
    Ok(file.sync_all()?)
}

/// Replaces a file at once: whoever reads it meanwhile sees the old or the new one.
fn replace_private(path: &Path, bytes: &[u8]) -> Result<()> {
    let beside = path.with_extension("new");
    // What a rotation that was cut short left behind.
    fs::remove_file(&beside).ok();
    write_private(&beside, bytes)?;
    Ok(fs::rename(&beside, path)?)
}

fn read_private(path: &Path) -> Result<String> {
    let text = fs::read_to_string(path)
        .map_err(|error| Error::internal(format!("cannot read {}: {error}; `entraide keys generate DIR` makes keys", path.display())))?;
    #[cfg(unix)]
    if std::os::unix::fs::PermissionsExt::mode(&fs::metadata(path)?.permissions()) & 0o077 != 0 {
        return Err(Error::internal(format!("{} can be read by others: chmod 600 it", path.display())));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_made_once_and_refused_when_others_can_read_them() {
        let folder = tempfile::tempdir().unwrap();
        let keys = folder.path().join("keys");
        Keys::generate(&keys).unwrap();
        assert!(Keys::generate(&keys).is_err());
        assert!(Keys::load(&keys).is_ok());
        fs::set_permissions(keys.join(SECRET), std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
        assert!(Keys::load(&keys).is_err());
    }

    #[test]
    fn a_rotation_keeps_the_public_half_of_the_key_before_and_of_no_other() {
        let folder = tempfile::tempdir().unwrap();
        Keys::generate(folder.path()).unwrap();
        let kids = || Keys::load(folder.path()).unwrap().published.into_iter().map(|key| key.kid).collect::<Vec<_>>();
        let first = kids();
        Keys::rotate(folder.path()).unwrap();
        let second = kids();
        assert_eq!((second.len(), &second[1]), (2, &first[0]));
        Keys::rotate(folder.path()).unwrap();
        assert_eq!(kids()[1], second[0]);
        Keys::drop_previous(folder.path()).unwrap();
        assert_eq!(kids().len(), 1);
        assert!(Keys::drop_previous(folder.path()).is_err());
        fs::write(folder.path().join(PREVIOUS), "c2hvcnQ").unwrap();
        assert!(Keys::load(folder.path()).is_err());
    }

    #[test]
    fn a_short_secret_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        Keys::generate(folder.path()).unwrap();
        fs::write(folder.path().join(SECRET), "c2hvcnQ").unwrap();
        assert!(Keys::load(folder.path()).is_err());
    }

    #[test]
    fn what_was_sealed_opens_only_unchanged() {
        let folder = tempfile::tempdir().unwrap();
        Keys::generate(folder.path()).unwrap();
        let keys = Keys::load(folder.path()).unwrap();
        let sealed = keys.seal(b"position".to_vec()).unwrap();
        assert_eq!(keys.open(&sealed).unwrap(), b"position");
        let (head, tail) = sealed.split_at(sealed.len() - 1);
        let altered = format!("{head}{}", if tail == "A" { "B" } else { "A" });
        assert_eq!(keys.open(&altered), None);
        assert_eq!(keys.open("not a cursor"), None);
        let secret = keys.seal_for(b"claire", b"secret".to_vec()).unwrap();
        assert_eq!(keys.open_for(b"claire", &secret).unwrap(), b"secret");
        assert_eq!((keys.open_for(b"anne", &secret), keys.open(&secret)), (None, None));
    }
}
