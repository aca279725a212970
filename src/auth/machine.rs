//! A machine that calls: which scopes it holds, which rows it reaches, from where. It never has a role.

use super::Confidentiality;
use crate::db::Id;
use crate::error::{Code, Flaw};
use crate::values::territory::DEPARTMENTS;
use crate::values::{AcademyCode, Day, DepartmentCode, choice, text};
use std::net::IpAddr;
use std::sync::atomic::{AtomicI64, Ordering};

choice! {
    /// What a machine may do.
    pub enum ClientScope as "client_scope" {
        DirectoryRead = "directory.read" ("Lire l'annuaire : établissements, associations", "Read the directory: establishments, associations"),
        CasesRead = "cases.read" ("Lire les dossiers sous pseudonymes, pour une étude", "Read dossiers under pseudonyms, for a study"),
    }
}

impl ClientScope {
    /// Several, as OAuth writes them.
    pub fn joined(scopes: &[Self]) -> String {
        scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" ")
    }

    /// Several as OAuth writes them, each once; none where one is not known.
    pub fn split(text: &str) -> Option<Vec<Self>> {
        let mut scopes = text.split(' ').filter(|word| !word.is_empty()).map(|word| word.parse().ok()).collect::<Option<Vec<Self>>>()?;
        scopes.sort_unstable();
        scopes.dedup();
        Some(scopes)
    }
}

choice! {
    /// How a machine proves who it is.
    pub enum ClientAuthMethod as "client_auth_method" {
        SecretBasic = "client_secret_basic" ("Secret dans l'en-tête Authorization", "Secret in the Authorization header"),
        SecretPost = "client_secret_post" ("Secret dans le corps", "Secret in the body"),
        PrivateKeyJwt = "private_key_jwt" ("Assertion signée par une clé privée", "Assertion signed by a private key"),
    }
}

choice! {
    /// Whose rows a machine reaches.
    pub enum RowScope as "row_scope" {
        National = "national" ("Toutes", "All"),
        Academy = "academy" ("Celles d'une académie", "Those of one academy"),
        Insurer = "insurer" ("Celles d'un assureur", "Those of one insurer"),
    }
}

text! {
    /// The code of an insurer.
    pub struct InsurerCode { min: 2, max: 40, pattern: "^[a-z0-9-]+$", example: "mutuelle-du-centre", parse: parse_insurer }
}

fn parse_insurer(text: String) -> Result<String, Flaw> {
    let known = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if text.bytes().all(known) { Ok(text) } else { Err(Flaw::new(Code::PatternMismatch).with("expected", "a-z 0-9 -")) }
}

text! {
    /// A network of addresses in CIDR notation, IPv4 or IPv6.
    pub struct Network { min: 4, max: 43, pattern: "^[0-9a-f.:]+/[0-9]{1,3}$", example: "192.0.2.0/24", parse: parse_network }
}

/// An address as bits on the left, with how many there are.
fn bits(address: IpAddr) -> (u128, u32) {
    match address {
        IpAddr::V4(address) => (u128::from(u32::from(address)) << 96, 32),
        IpAddr::V6(address) => (u128::from(address), 128),
    }
}

/// The bits by which two addresses of one network agree.
fn mask(prefix: u32) -> u128 {
    u128::MAX.checked_shl(128 - prefix).unwrap_or(0)
}

fn parts(text: &str) -> Option<(IpAddr, u32)> {
    let (address, prefix) = text.split_once('/')?;
    let (address, digits) = (address.parse::<IpAddr>().ok()?, prefix.bytes().all(|byte| byte.is_ascii_digit()));
    let prefix = prefix.parse::<u32>().ok().filter(|prefix| digits && *prefix <= bits(address).1)?;
    Some((address, prefix))
}

/// A network whose address has bits beyond its prefix is a slip: which one was meant cannot be told. One of IPv4 addresses written in
/// IPv6 would never match, for addresses are compared in their shortest form.
fn parse_network(text: String) -> Result<String, Flaw> {
    match parts(&text) {
        Some((address, prefix)) if address.to_canonical() == address && bits(address).0 & !mask(prefix) == 0 => Ok(format!("{address}/{prefix}")),
        _ => Err(Code::NetworkForm.into()),
    }
}

impl Network {
    pub fn contains(&self, address: IpAddr) -> bool {
        // An IPv4 caller of a server that listens on IPv6 has a mapped address.
        let address = address.to_canonical();
        parts(self.as_str()).is_some_and(|(own, prefix)| own.is_ipv4() == address.is_ipv4() && (bits(own).0 ^ bits(address).0) & mask(prefix) == 0)
    }
}

/// Which rows a machine reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    National,
    Academy(AcademyCode),
    Insurer(InsurerCode),
}

impl Reach {
    /// The departments that rows must be of; none where any will do.
    pub fn departments(&self) -> Option<Vec<DepartmentCode>> {
        let Self::Academy(code) = self else { return None };
        let own = DEPARTMENTS.iter().filter(|department| department.academy_code == code.as_str());
        Some(own.filter_map(|department| department.code.parse().ok()).collect())
    }

    pub fn insurer(&self) -> Option<&InsurerCode> {
        if let Self::Insurer(code) = self { Some(code) } else { None }
    }
}

/// A machine as it was when last looked at.
#[derive(Debug)]
pub struct Machine {
    pub id: Id,
    /// Those of its token.
    pub scopes: Vec<ClientScope>,
    pub reach: Reach,
    pub pseudonymised: bool,
    pub max_confidentiality: Confidentiality,
    /// The last day on which it is served.
    pub expires_on: Option<Day>,
    /// The addresses that it calls from; none where any will do.
    pub networks: Vec<Network>,
    /// When its use was last noted, in seconds since 1970.
    pub noted: AtomicI64,
}

/// Seconds between two notes that a machine was at work.
pub const NOTE_SECONDS: i64 = 60;

impl Machine {
    pub fn admits(&self, address: IpAddr) -> bool {
        self.networks.is_empty() || self.networks.iter().any(|network| network.contains(address))
    }

    pub fn has_expired(&self, today: Day) -> bool {
        self.expires_on.is_some_and(|last| last < today)
    }

    /// Whether it is time to note that it is at work; then it is not for a minute.
    pub fn is_to_be_noted(&self, now: i64) -> bool {
        let noted = self.noted.load(Ordering::Relaxed);
        now - noted >= NOTE_SECONDS && self.noted.compare_exchange(noted, now, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_is_written_in_one_way_and_has_no_bits_beyond_its_prefix() {
        for (text, form) in [("192.0.2.0/24", "192.0.2.0/24"), ("2001:DB8:0::/32", "2001:db8::/32"), ("0.0.0.0/0", "0.0.0.0/0"), ("::1/128", "::1/128")] {
            assert_eq!(text.parse::<Network>().unwrap().as_str(), form);
        }
        for text in
            ["192.0.2.1", "192.0.2.1/24", "192.0.2.0/33", "2001:db8::1/64", "::/129", "192.0.2.0/-1", "192.0.2.0/+8", "example.org/8", "::ffff:192.0.2.0/120"]
        {
            assert_eq!(text.parse::<Network>().map_err(|flaw| flaw.code), Err(Code::NetworkForm), "{text}");
        }
    }

    #[test]
    fn a_network_holds_its_addresses_and_no_other_of_either_family() {
        let holds = |network: &str, address: &str| network.parse::<Network>().unwrap().contains(address.parse().unwrap());
        for (network, address) in [
            ("192.0.2.0/24", "192.0.2.255"),
            ("192.0.2.0/24", "::ffff:192.0.2.7"),
            ("10.0.0.1/32", "10.0.0.1"),
            ("2001:db8::/33", "2001:db8:7fff::1"),
            ("0.0.0.0/0", "203.0.113.9"),
            ("::/0", "2001:db8::1"),
        ] {
            assert!(holds(network, address), "{network} {address}");
        }
        for (network, address) in [
            ("192.0.2.0/24", "192.0.3.0"),
            ("10.0.0.1/32", "10.0.0.2"),
            ("2001:db8::/33", "2001:db8:8000::1"),
            ("0.0.0.0/0", "::1"),
            ("::/0", "192.0.2.1"),
            ("::/96", "0.0.0.1"),
        ] {
            assert!(!holds(network, address), "{network} {address}");
        }
    }

    #[test]
    fn an_academy_has_its_departments_and_an_insurer_none_of_its_own() {
        let academy = Reach::Academy("06".parse().unwrap()).departments().unwrap();
        assert_eq!(academy.iter().map(ToString::to_string).collect::<Vec<_>>(), ["03", "15", "43", "63"]);
        assert_eq!((Reach::National.departments(), Reach::Insurer("x-1".parse().unwrap()).departments()), (None, None));
    }

    #[test]
    fn a_use_is_noted_once_a_minute() {
        let machine = Machine {
            id: Id::new(),
            scopes: Vec::new(),
            reach: Reach::National,
            pseudonymised: true,
            max_confidentiality: Confidentiality::Standard,
            expires_on: None,
            networks: Vec::new(),
            noted: AtomicI64::default(),
        };
        assert_eq!([1000, 1001, 1059, 1060, 1061].map(|now| machine.is_to_be_noted(now)), [true, false, false, true, false]);
    }
}
