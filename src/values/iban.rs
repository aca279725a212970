//! International bank account numbers (ISO 13616): form, length in the country, check digits.

use super::text;
use crate::error::{Code, Flaw};

text! {
    /// A bank account by its IBAN, without blanks.
    pub struct Iban { min: 15, max: 34, input: 50, pattern: "^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$", example: "FR7630006000011234567890189", parse: parse_iban }
}

text! {
    /// An IBAN of which only the country, the check digits and the last four characters are told.
    pub struct MaskedIban { min: 15, max: 34, pattern: r"^[A-Z]{2}[0-9]{2}\*{7,26}[A-Z0-9]{4}$", example: "FR76*******************0189" }
}

/// How many characters an IBAN has in each country (SWIFT's registry, release 99).
#[rustfmt::skip]
const LENGTHS: &[(usize, &str)] = &[
    (15, "NO"), (16, "BE"), (18, "DK FI FK FO GL NL SD"), (19, "MK SI"), (20, "AT BA EE KZ LT LU XK MN"), (21, "CH CR HR LI LV"),
    (22, "BG BH DE GB GE IE ME RS VA"), (23, "AE GI IL IQ OM SO TL"), (24, "AD CZ ES MD PK RO SA SE SK TN VG"), (25, "LY PT ST"),
    (26, "IS TR"), (27, "BI DJ FR GR IT MC MR SM"), (28, "AL AZ BY CY DO GT HN HU LB NI PL SV"), (29, "BR EG PS QA UA"), (30, "JO KW MU YE"),
    (31, "MT SC"), (32, "LC"), (33, "RU"),
];

fn parse_iban(text: String) -> Result<String, Flaw> {
    let iban: String = text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
    let (country, rest) = iban.split_at_checked(2).ok_or(Code::IbanForm)?;
    let digits = rest.as_bytes().get(..2).is_some_and(|key| key.iter().all(u8::is_ascii_digit));
    if !country.bytes().all(|b| b.is_ascii_uppercase()) || !digits || !rest.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Err(Code::IbanForm.into());
    }
    let known = LENGTHS.iter().find(|(_, countries)| countries.split(' ').any(|known| known == country));
    let (length, _) = known.ok_or(Code::IbanCountry)?;
    if iban.len() != *length {
        return Err(Flaw::new(Code::IbanLength).with("expected", length));
    }
    if remainder(&iban) == 1 { Ok(iban) } else { Err(Code::IbanKey.into()) }
}

/// The remainder by 97 of the number that an IBAN is, its first four characters last and letters as 10 to 35 (ISO 7064).
fn remainder(iban: &str) -> u32 {
    let (head, tail) = iban.split_at_checked(4).unwrap_or((iban, ""));
    tail.chars().chain(head.chars()).filter_map(|sign| sign.to_digit(36)).fold(0, |sum, value| (sum * if value < 10 { 10 } else { 100 } + value) % 97)
}

impl Iban {
    /// What is shown to those who need not know it.
    pub fn masked(&self) -> Option<MaskedIban> {
        let text = self.as_str();
        let hidden = text.len().checked_sub(8)?;
        format!("{}{}{}", text.get(..4)?, "*".repeat(hidden), text.get(text.len() - 4..)?).parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_of_many_countries_are_read_with_blanks_or_without() {
        for text in [
            "FR76 3000 6000 0112 3456 7890 189",
            "fr7630006000011234567890189",
            "DE89370400440532013000",
            "BE68539007547034",
            "NO9386011117947",
            "MT84MALT011000012345MTLCAST001S",
            "MC5811222000010123456789030",
            "GB29NWBK60161331926819",
            "CH9300762011623852957",
        ] {
            assert!(text.parse::<Iban>().is_ok(), "{text}");
        }
        assert_eq!("fr76 3000 6000 0112 3456 7890 189".parse::<Iban>().unwrap().as_str(), "FR7630006000011234567890189");
    }

    #[test]
    fn each_way_of_being_wrong_is_told() {
        for (text, code) in [
            ("FR7730006000011234567890189", Code::IbanKey),
            ("FR7630006000011234567890198", Code::IbanKey),
            ("FR763000600001123456789018", Code::IbanLength),
            ("DE8937040044053201300", Code::IbanLength),
            ("ZZ7630006000011234567890189", Code::IbanCountry),
            ("7630006000011234567890189", Code::IbanForm),
            ("FR7A30006000011234567890189", Code::IbanForm),
            ("FR76-30006000011234567890189", Code::IbanForm),
        ] {
            assert_eq!(text.parse::<Iban>().map_err(|flaw| flaw.code), Err(code), "{text}");
        }
    }

    #[test]
    fn any_two_neighbours_that_change_places_are_found_out() {
        let iban = "FR7630006000011234567890189";
        for at in 4..iban.len() - 1 {
            let mut signs: Vec<char> = iban.chars().collect();
            signs.swap(at, at + 1);
            let swapped: String = signs.into_iter().collect();
            assert_eq!(swapped == iban, swapped.parse::<Iban>().is_ok(), "{swapped}");
        }
    }

    #[test]
    fn a_masked_account_tells_its_end_alone() {
        let masked = "FR7630006000011234567890189".parse::<Iban>().unwrap().masked().unwrap();
        assert_eq!(masked.as_str(), "FR76*******************0189");
    }
}
