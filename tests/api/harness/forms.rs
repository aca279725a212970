//! Forms with a file, as browsers and generated clients send them.

use super::{Client, Reply, World};
use entraide::db::Id;
use serde_json::Value;
use std::collections::BTreeSet;
use std::time::SystemTime;

/// A file as one form sends it.
#[derive(Clone, Copy)]
pub struct FileSent<'a> {
    /// The type that its part declares.
    pub declared: Option<&'a str>,
    pub bytes: &'a [u8],
}

/// The smallest file that is a PDF to the server.
pub const PDF: FileSent<'static> = FileSent { declared: Some("application/pdf"), bytes: b"%PDF-1.7\n1 0 obj\n%%EOF\n" };

pub fn boundary() -> String {
    format!("zqx{}", Id::new())
}

/// The media type and the bytes of a form.
pub fn form(fields: &Value, file: Option<FileSent<'_>>) -> (String, Vec<u8>) {
    let (boundary, mut body) = (boundary(), Vec::new());
    for (name, value) in fields.as_object().unwrap() {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        body.extend_from_slice(format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n").as_bytes());
    }
    if let Some(FileSent { declared, bytes }) = file {
        let declared = declared.map(|declared| format!("Content-Type: {declared}\r\n")).unwrap_or_default();
        let head = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"../../etc/passwd\"\r\n{declared}\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    (format!("multipart/form-data; boundary={boundary}"), body)
}

impl Client {
    /// Sends a form with a key of its own.
    pub fn send_form(&self, path: &str, fields: &Value, file: Option<FileSent<'_>>) -> Reply {
        self.send_form_as(path, &Id::new().to_string(), fields, file)
    }

    pub fn send_form_as(&self, path: &str, key: &str, fields: &Value, file: Option<FileSent<'_>>) -> Reply {
        let (media, body) = form(fields, file);
        self.request("POST", path).key(key).body(&media, body).send()
    }
}

/// What is in the storage of a world: the ids of its files, and how many files are being written.
pub fn stored(world: &World) -> (BTreeSet<String>, usize) {
    let mut files = BTreeSet::new();
    let see = &mut |found: Vec<(Id, SystemTime)>| -> entraide::error::Result<()> {
        files.extend(found.into_iter().map(|(id, _)| id.to_string()));
        Ok(())
    };
    world.server.storage.each(see).unwrap();
    (files, std::fs::read_dir(world.server.config.documents.join("drafts")).unwrap().count())
}
