//! How to reach somebody: names, phones, electronic and web addresses.

use super::text;
use crate::error::{Code, Flaw};
use validator::{ValidateEmail, ValidateUrl};

text! {
    /// A person's name as it is to be shown.
    pub struct DisplayName { max: 120, example: "Claire Dubœuf" }
}

text! {
    /// An electronic mail address.
    pub struct Email { min: 6, max: 254, format: "email", example: "contact@example.org", parse: parse_email }
}

text! {
    /// A phone number in E.164 form. French national forms are accepted and normalised.
    pub struct Phone { min: 8, max: 16, input: 40, pattern: r"^\+[1-9][0-9]{6,14}$", example: "+33473000000", parse: parse_phone }
}

text! {
    /// A web address, http or https.
    pub struct WebAddress { min: 11, max: 300, format: "uri", example: "https://www.example.org", parse: parse_web_address }
}

fn parse_email(text: String) -> Result<String, Flaw> {
    // A local part of one sign at a top-level domain is valid and never right.
    if text.validate_email() && text.rsplit_once('@').is_some_and(|(_, host)| host.contains('.')) { Ok(text) } else { Err(Code::EmailInvalid.into()) }
}

fn parse_web_address(text: String) -> Result<String, Flaw> {
    let known_scheme = text.starts_with("https://") || text.starts_with("http://");
    if known_scheme && text.validate_url() && !text.contains(' ') { Ok(text) } else { Err(Code::UrlInvalid.into()) }
}

/// National prefixes of the overseas departments, each with its country code.
const OVERSEAS: [(&str, &[&str]); 5] = [
    ("590", &["0590", "0690", "0691"]),
    ("594", &["0594", "0694"]),
    ("596", &["0596", "0696", "0697"]),
    ("262", &["0262", "0263", "0269", "0639", "0692", "0693"]),
    ("508", &["0508"]),
];

fn parse_phone(text: String) -> Result<String, Flaw> {
    let invalid = || Flaw::new(Code::PhoneInvalid);
    let bare: String = text.replace("(0)", "").chars().filter(|c| !matches!(c, ' ' | '.' | '-' | '/' | '(' | ')' | '\u{a0}' | '\u{202f}')).collect();
    let (international, digits) = match (bare.strip_prefix('+'), bare.strip_prefix("00")) {
        (Some(digits), _) | (None, Some(digits)) => (true, digits),
        (None, None) => (false, bare.as_str()),
    };
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(invalid());
    }
    if international {
        // Ten digits that begin with 00 are a national number with a zero too many, not a call to another continent.
        let zero_too_many = bare.starts_with("00") && bare.len() == 10;
        let plausible = (7..=15).contains(&digits.len()) && !digits.starts_with('0') && !zero_too_many && (!digits.starts_with("33") || digits.len() == 11);
        return if plausible { Ok(format!("+{digits}")) } else { Err(invalid()) };
    }
    let national = digits.strip_prefix('0').filter(|rest| rest.len() == 9 && !rest.starts_with('0')).ok_or_else(invalid)?;
    let country = OVERSEAS.iter().find(|(_, prefixes)| prefixes.iter().any(|prefix| digits.starts_with(prefix))).map_or("33", |(country, _)| country);
    Ok(format!("+{country}{national}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_in_any_usual_form_becomes_e164() {
        for text in ["05 62 00 95 10", "05.62.00.95.10", "0562009510", "+33 5 62 00 95 10", "0033562009510", "+33 (0)5 62 00 95 10", "05-62-00-95-10"] {
            assert_eq!(text.parse::<Phone>().unwrap().as_str(), "+33562009510", "{text}");
        }
        assert_eq!("0262 41 00 00".parse::<Phone>().unwrap().as_str(), "+262262410000");
        assert_eq!("+687 25 00 00".parse::<Phone>().unwrap().as_str(), "+687250000");
    }

    #[test]
    fn what_is_not_a_phone_is_refused() {
        for text in ["3631", "056200951", "05620095100", "+33562", "00 00 00 00 00", "05 62 00 95 1O", "+", "demander la loge", "0056109125"] {
            assert!(text.parse::<Phone>().is_err(), "{text}");
        }
    }

    #[test]
    fn addresses_are_checked() {
        assert!("0311131l@ac-toulouse.fr".parse::<Email>().is_ok());
        for text in ["a@b", "nobody", "a b@example.org", "@example.org"] {
            assert!(text.parse::<Email>().is_err(), "{text}");
        }
        assert!("http://www.stsg.fr".parse::<WebAddress>().is_ok());
        for text in ["www.stsg.fr/long", "javascript:alert(1)", "ftp://example.org/", "http://a b.example/"] {
            assert!(text.parse::<WebAddress>().is_err(), "{text}");
        }
    }
}
