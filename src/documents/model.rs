//! What a document is, of which formats its files may be, and how these are told from their bytes.

use crate::error::{Code, Flaw};
use crate::storage::{Measured, is_in_form};
use crate::values::{Choice, choice, query, text};

choice! {
    /// What a document is: in a case, or to a request for aid.
    pub enum DocumentType as "document_type" {
        Letter = "letter" ("Courrier", "Letter"),
        Complaint = "complaint" ("Plainte", "Complaint"),
        Certificate = "certificate" ("Certificat", "Certificate"),
        Photograph = "photograph" ("Photographie", "Photograph"),
        CourtDecision = "court_decision" ("Décision de justice", "Court decision"),
        Contract = "contract" ("Contrat", "Contract"),
        Statement = "statement" ("Témoignage", "Statement"),
        Identity = "identity" ("Pièce d'identité", "Proof of identity"),
        Payslip = "payslip" ("Bulletin de paie", "Payslip"),
        TaxNotice = "tax_notice" ("Avis d'imposition", "Tax notice"),
        Bill = "bill" ("Facture ou devis", "Bill or quote"),
        BankLetter = "bank_letter" ("Relevé ou courrier de la banque", "Bank statement or letter"),
        Other = "other" ("Autre document", "Other document"),
    }
}

choice! {
    /// Of which format a file is, told from its bytes.
    pub enum DocumentFormat as "document_format" {
        Pdf = "pdf" ("PDF", "PDF"),
        Jpeg = "jpeg" ("Image JPEG", "JPEG image"),
        Png = "png" ("Image PNG", "PNG image"),
        Heic = "heic" ("Image HEIC", "HEIC image"),
        Docx = "docx" ("Document Word", "Word document"),
        Odt = "odt" ("Document OpenDocument", "OpenDocument text"),
        Text = "text" ("Texte", "Plain text"),
        Email = "email" ("Courriel", "Email"),
    }
}

text! {
    /// What a file is called: a label, of which no path is made.
    pub struct FileName {
        max: 200,
        pattern: r"^[^\x00-\x1F\x7F-\x9F/\\]*$",
        example: "certificat-medical.pdf",
        parse: label,
    }
}

text! {
    /// The SHA-256 digest of the bytes, in lower hexadecimal.
    pub struct Sha256 {
        min: 64, max: 64, pattern: "^[0-9a-f]{64}$", example: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", parse: digest
    }
}

query! {
    /// Filters of documents.
    pub struct DocumentFilters {
        /// What they are.
        kind: Option<Vec<DocumentType>>,
    }
}

/// Signs that are not seen and make a name look like another one: without width, or turning the direction of what follows.
fn is_hidden(sign: char) -> bool {
    matches!(sign, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

fn label(name: String) -> Result<String, Flaw> {
    let of_a_path = name.contains(['/', '\\']) || name.contains("..") || name == ".";
    if of_a_path || name.chars().any(is_hidden) { Err(Code::FileNameIsPath.into()) } else { Ok(name) }
}

fn digest(text: String) -> Result<String, Flaw> {
    if is_in_form(&text) { Ok(text) } else { Err(Flaw::new(Code::PatternMismatch).with("expected", "^[0-9a-f]{64}$")) }
}

impl DocumentFormat {
    /// Media types by which a sender declares a file of this format; the first is its own.
    fn declared(self) -> &'static [&'static str] {
        match self {
            Self::Pdf => &["application/pdf"],
            Self::Jpeg => &["image/jpeg", "image/jpg"],
            Self::Png => &["image/png"],
            Self::Heic => &["image/heic", "image/heif"],
            Self::Docx => &["application/vnd.openxmlformats-officedocument.wordprocessingml.document"],
            Self::Odt => &["application/vnd.oasis.opendocument.text"],
            Self::Text => &["text/plain"],
            Self::Email => &["message/rfc822", "text/plain"],
        }
    }

    /// The format of bytes that have passed, if it is one that is taken.
    pub fn of(measured: &Measured) -> Option<Self> {
        let Measured { head, is_text, .. } = measured;
        let image = |brands: &[&[u8]]| head.get(4..8) == Some(b"ftyp") && head.get(8..12).is_some_and(|brand| brands.contains(&brand));
        match head.as_slice() {
            [b'%', b'P', b'D', b'F', b'-', ..] => Some(Self::Pdf),
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Some(Self::Png),
            [b'P', b'K', 3, 4, ..] => of_archive(head),
            _ if image(&[b"heic", b"heix", b"heim", b"heis", b"mif1"]) => Some(Self::Heic),
            _ if is_email(head) => Some(Self::Email),
            _ => is_text.then_some(Self::Text),
        }
    }

    /// The same, unless the sender declared another.
    pub fn declared_as(measured: &Measured, declared: Option<&str>) -> Result<Self, Flaw> {
        let refused =
            || Flaw::new(Code::DocumentFormatRefused).with("known", Self::ENUMERATION.values.iter().map(|value| value.code).collect::<Vec<_>>().join(", "));
        let found = Self::of(measured).ok_or_else(refused)?;
        let is_said = declared.is_none_or(|declared| found.declared().iter().any(|name| name.eq_ignore_ascii_case(declared)));
        if is_said { Ok(found) } else { Err(Flaw::new(Code::DocumentTypeLies).with("found", found.as_str())) }
    }
}

/// What a ZIP archive holds: OpenDocument says it in its first entry, uncompressed, and Word by the folder of its parts.
fn of_archive(head: &[u8]) -> Option<DocumentFormat> {
    const NAME: usize = 30;
    if head.get(NAME..).is_some_and(|entry| entry.starts_with(b"mimetypeapplication/vnd.oasis.opendocument.textPK")) {
        return Some(DocumentFormat::Odt);
    }
    let names = head.windows(4).enumerate().filter(|(_, sign)| sign == b"PK\x03\x04").filter_map(|(at, _)| head.get(at + NAME..));
    let (mut typed, mut of_word) = (false, false);
    for name in names {
        typed |= name.starts_with(b"[Content_Types].xml") || name.starts_with(b"_rels/.rels");
        of_word |= name.starts_with(b"word/");
    }
    (typed && of_word).then_some(DocumentFormat::Docx)
}

/// Whether bytes begin with the header of a message (RFC 5322): fields alone up to the first empty line, and who wrote it among them.
fn is_email(head: &[u8]) -> bool {
    let mut from = false;
    for (at, line) in head.split(|byte| *byte == b'\n').enumerate() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            return from && at > 0;
        }
        if at > 0 && matches!(line.first(), Some(b' ' | b'\t')) {
            continue;
        }
        let Some(colon) = line.iter().position(|byte| *byte == b':').filter(|colon| *colon > 0) else { return false };
        let Some(name) = line.get(..colon).filter(|name| name.iter().all(|byte| byte.is_ascii_graphic())) else { return false };
        from |= name.eq_ignore_ascii_case(b"from");
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::Measure;

    fn measured(bytes: &[u8]) -> Measured {
        let mut measure = Measure::default();
        measure.pass(bytes);
        measure.finish()
    }

    fn entry(name: &str, content: &str) -> Vec<u8> {
        let length = |text: &str| u8::try_from(text.len()).unwrap();
        let mut bytes = b"PK\x03\x04".to_vec();
        bytes.extend([0; 14]);
        bytes.extend([length(content), 0, 0, 0, length(content), 0, 0, 0, length(name), 0, 0, 0]);
        [bytes, name.into(), content.into()].concat()
    }

    #[test]
    fn a_format_is_told_from_the_bytes() {
        let docx = [entry("[Content_Types].xml", "<Types/>"), entry("_rels/.rels", "<R/>"), entry("word/document.xml", "<w/>")].concat();
        let odt = [entry("mimetype", "application/vnd.oasis.opendocument.text"), entry("content.xml", "<o/>")].concat();
        let spreadsheet = [entry("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), entry("content.xml", "<o/>")].concat();
        let cases: [(&[u8], Option<DocumentFormat>); 17] = [
            (b"%PDF-1.7\n", Some(DocumentFormat::Pdf)),
            (b"\xff\xd8\xff\xe0JFIF", Some(DocumentFormat::Jpeg)),
            (b"\x89PNG\r\n\x1a\n\0", Some(DocumentFormat::Png)),
            (b"\0\0\0\x18ftypheic\0\0\0\0", Some(DocumentFormat::Heic)),
            (&docx, Some(DocumentFormat::Docx)),
            (&odt, Some(DocumentFormat::Odt)),
            ("Élève inquiète.\r\n".as_bytes(), Some(DocumentFormat::Text)),
            (b"Received: by x\r\n\tfor y\r\nFrom: Anne <anne@example.org>\r\nSubject: A\r\n\r\nBonjour \xe9", Some(DocumentFormat::Email)),
            (b"From here: on\nit is prose.\n\nReally.", Some(DocumentFormat::Text)),
            (b"Subject: without an author\n\nBonjour", Some(DocumentFormat::Text)),
            (&spreadsheet, None),
            (&entry("word/document.xml", "<w/>"), None),
            (&entry("evil.exe", "MZ"), None),
            (b"MZ\x90\0", None),
            (b"\x7fELF", None),
            (b"GIF89a\0", None),
            (b"\0\0\0\x18ftypmp42\0\0\0\0", None),
        ];
        for (bytes, format) in cases {
            assert_eq!(DocumentFormat::of(&measured(bytes)), format, "{:?}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn a_declared_type_is_that_of_the_bytes() {
        let pdf = measured(b"%PDF-1.7\n");
        let told = |declared| DocumentFormat::declared_as(&pdf, declared).map_err(|flaw| flaw.code);
        assert_eq!((told(None), told(Some("Application/PDF"))), (Ok(DocumentFormat::Pdf), Ok(DocumentFormat::Pdf)));
        assert_eq!(told(Some("image/png")), Err(Code::DocumentTypeLies));
        assert_eq!(DocumentFormat::declared_as(&measured(b"MZ\0"), Some("application/pdf")).map_err(|flaw| flaw.code), Err(Code::DocumentFormatRefused));
    }

    #[test]
    fn a_name_is_a_label_and_no_path() {
        for name in ["lettre.pdf", "Dépôt de plainte (2).docx", "v1.2 final.txt", "…", ".cache"] {
            assert_eq!(name.parse::<FileName>().map(|name| name.to_string()).as_deref(), Ok(name));
        }
        for name in ["../secret", "a/b", "a\\b", "..", ".", "a..pdf", "evil\u{202e}fdp.exe", "a\u{200b}b"] {
            assert_eq!(name.parse::<FileName>().map_err(|flaw| flaw.code), Err(Code::FileNameIsPath), "{name:?}");
        }
        assert_eq!("a\0b".parse::<FileName>().map_err(|flaw| flaw.code), Err(Code::TextControl));
    }
}
