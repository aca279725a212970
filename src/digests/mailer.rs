//! The way out for mails: one SMTP server, over TLS where its address says so.

use super::letter::Letter;
use crate::config::Mail;
use crate::db::Instant;
use crate::error::{Error, Result};
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::{SmtpTransport, Transport};
use std::time::{Duration, SystemTime};

/// How long the server is waited for at each of its answers: less than a mail is in one server's hand.
const PATIENCE: Duration = Duration::from_secs(20);

pub struct Mailer {
    transport: SmtpTransport,
    from: Mailbox,
    pub link: String,
    pub hour: u32,
}

impl Mailer {
    pub fn open(mail: &Mail) -> Result<Self> {
        let Mail { smtp_url, from, link, hour } = mail;
        let transport = SmtpTransport::from_url(smtp_url).map_err(Error::internal)?.timeout(Some(PATIENCE)).build();
        let from = from.as_str().parse().map_err(Error::internal)?;
        Ok(Self { transport, from, link: link.clone(), hour: *hour })
    }

    /// Hands a letter over; the error tells no address, for what servers answer often does.
    pub fn send(&self, letter: &Letter, now: Instant) -> Result<(), String> {
        let message = self.message(letter, now).map_err(|_| "the mail cannot be written".to_owned())?;
        self.transport.send(&message).map(drop).map_err(|error| match error.status() {
            Some(code) => format!("the mail server refuses with {code}"),
            None if error.is_timeout() => "the mail server does not answer in time".to_owned(),
            None => "the mail server is not reached".to_owned(),
        })
    }

    fn message(&self, letter: &Letter, now: Instant) -> Result<Message> {
        let Letter { id, to, subject, text } = letter;
        let to: Mailbox = to.as_str().parse().map_err(Error::internal)?;
        let message = Message::builder().from(self.from.clone()).to(to).subject(subject).date(SystemTime::from(now.0));
        // RFC 3834: nobody's holiday notice answers it.
        let automatic = HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned());
        let message = message.message_id(Some(format!("<{id}@{}>", self.from.email.domain()))).raw_header(automatic);
        message.header(ContentType::TEXT_PLAIN).body(text.clone()).map_err(Error::internal)
    }
}
