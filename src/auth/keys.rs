//! The server's keys: one that signs tokens, one secret from which all others are derived.

use crate::error::{Error, Result};
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use aws_lc_rs::{digest, hmac, rand};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};
use std::fs;
use std::path::Path;
use std::sync::Arc;

const SIGNING: &str = "signing.pem";
const SECRET: &str = "secret.key";
const SECRET_LEN: usize = 32;

pub struct Keys {
    pub kid: String,
    /// The public key, base64url, as `/.well-known/jwks.json` shows it.
    pub public: String,
    pub encoding: EncodingKey,
    pub decoding: DecodingKey,
    /// Seals what is recorded.
    pub records: RecordKey,
    cursors: LessSafeKey,
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
        let pair = Ed25519KeyPair::generate_pkcs8(&rand::SystemRandom::new()).map_err(|_| Error::internal("cannot make a key"))?;
        let pem = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", base64::engine::general_purpose::STANDARD.encode(pair.as_ref()));
        write_private(&folder.join(SIGNING), pem.as_bytes())?;
        write_private(&folder.join(SECRET), URL_SAFE_NO_PAD.encode(random::<SECRET_LEN>()?).as_bytes())
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
        let unusable = |_| Error::internal(format!("{} is not an Ed25519 private key", folder.join(SIGNING).display()));
        let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
        let der = base64::engine::general_purpose::STANDARD.decode(body).map_err(|_| unusable(()))?;
        let pair = Ed25519KeyPair::from_pkcs8(&der).map_err(|_| unusable(()))?;
        let public = URL_SAFE_NO_PAD.encode(pair.public_key().as_ref());
        let kid = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, pair.public_key().as_ref()).as_ref().get(..12).unwrap_or_default());
        Ok(Self {
            kid,
            encoding: EncodingKey::from_ed_pem(pem.as_bytes()).map_err(|_| unusable(()))?,
            decoding: DecodingKey::from_ed_components(&public).map_err(|_| unusable(()))?,
            public,
            records: RecordKey::new(derive(&secret, b"records").as_ref()),
            cursors: derived_aead(&secret)?,
            digests: hmac::Key::new(hmac::HMAC_SHA256, derive(&secret, b"digests").as_ref()),
        })
    }

    /// Encrypts a text that callers carry but must not read or change.
    pub fn seal(&self, mut text: Vec<u8>) -> Result<String> {
        let nonce = random::<NONCE_LEN>()?;
        let failed = |_| Error::internal("cannot encrypt");
        self.cursors.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut text).map_err(failed)?;
        Ok(URL_SAFE_NO_PAD.encode([nonce.as_slice(), &text].concat()))
    }

    /// The text, if this server's secret sealed it and nobody changed it.
    pub fn open(&self, sealed: &str) -> Option<Vec<u8>> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (nonce, text) = bytes.split_at_checked(NONCE_LEN)?;
        let mut text = text.to_vec();
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        self.cursors.open_in_place(nonce, Aad::empty(), &mut text).ok().map(|text| text.to_vec())
    }

    /// A keyed digest of values that must not be stored as they are, each length-prefixed.
    pub fn digest(&self, parts: &[&[u8]]) -> Vec<u8> {
        keyed(&self.digests, parts)
    }

    /// Signs a text, so that whoever has the public key can tell that this server wrote it.
    pub fn sign(&self, text: &[u8]) -> Result<String> {
        jsonwebtoken::crypto::sign(text, &self.encoding, Algorithm::EdDSA).map_err(|_| Error::internal("cannot sign"))
    }

    /// Whether this server's key signed a text.
    pub fn signed(&self, text: &[u8], signature: &str) -> bool {
        jsonwebtoken::crypto::verify(signature, text, &self.decoding, Algorithm::EdDSA).unwrap_or(false)
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

pub fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).map_err(|_| Error::internal("no random bytes"))?;
    Ok(bytes)
}

pub fn sha256(bytes: &[u8]) -> digest::Digest {
    digest::digest(&digest::SHA256, bytes)
}

fn derive(secret: &[u8], purpose: &[u8]) -> hmac::Tag {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), purpose)
}

fn derived_aead(secret: &[u8]) -> Result<LessSafeKey> {
    let key = UnboundKey::new(&AES_256_GCM, derive(secret, b"cursors").as_ref()).map_err(|_| Error::internal("cannot derive a key"))?;
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
    }
}
