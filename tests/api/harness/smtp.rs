//! A mail server that takes what it is sent, or refuses to, and tells what it was sent.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// A mail as it came in.
#[derive(Debug, Clone)]
pub struct Received {
    pub from: String,
    pub to: String,
    pub head: String,
    pub text: String,
}

#[derive(Default)]
struct Counter {
    mails: Mutex<Vec<Received>>,
    refuses: AtomicBool,
    refused: AtomicUsize,
}

/// Ends with the test that it is in: nobody calls it any more.
pub struct MailServer {
    pub url: String,
    inside: Arc<Counter>,
}

impl MailServer {
    pub fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let inside = Arc::new(Counter::default());
        let shared = Arc::clone(&inside);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let inside = Arc::clone(&shared);
                std::thread::spawn(move || talk(&stream, &inside));
            }
        });
        Self { url, inside }
    }

    /// Whether it refuses whatever comes from now on.
    pub fn refuse(&self, refuses: bool) {
        self.inside.refuses.store(refuses, Ordering::SeqCst);
    }

    /// How often it refused.
    pub fn refused(&self) -> usize {
        self.inside.refused.load(Ordering::SeqCst)
    }

    /// What came in since this was asked last.
    pub fn mails(&self) -> Vec<Received> {
        std::mem::take(&mut *self.inside.mails.lock().unwrap())
    }
}

impl Received {
    pub fn header(&self, name: &str) -> &str {
        let of = |line: &&str| line.to_lowercase().starts_with(&format!("{}: ", name.to_lowercase()));
        self.head.lines().find(of).map_or("", |line| line[name.len() + 2..].trim())
    }
}

/// Between angle brackets.
fn address(line: &str) -> String {
    line.split('<').nth(1).and_then(|rest| rest.split('>').next()).unwrap_or_default().to_owned()
}

fn talk(stream: &TcpStream, inside: &Counter) -> Option<()> {
    let (mut reader, mut writer) = (BufReader::new(stream.try_clone().ok()?), stream.try_clone().ok()?);
    let mut say = |text: &str| writer.write_all(format!("{text}\r\n").as_bytes()).ok();
    let mut line = || {
        let mut text = String::new();
        reader.read_line(&mut text).ok().filter(|read| *read > 0).map(|_| text.trim_end_matches(['\r', '\n']).to_owned())
    };
    let (mut from, mut to) = (String::new(), String::new());
    say("220 mail.example.org")?;
    loop {
        let order = line()?;
        match order.get(..4).unwrap_or(&order).to_uppercase().as_str() {
            "EHLO" | "HELO" => say("250 mail.example.org")?,
            "MAIL" => {
                from = address(&order);
                say("250 ok")?;
            }
            "RCPT" if inside.refuses.load(Ordering::SeqCst) => {
                inside.refused.fetch_add(1, Ordering::SeqCst);
                say(&format!("451 no room for {order}"))?;
            }
            "RCPT" => {
                to = address(&order);
                say("250 ok")?;
            }
            "DATA" => {
                say("354 go on")?;
                let mut lines = Vec::new();
                loop {
                    match line()? {
                        end if end == "." => break,
                        text => lines.push(text.strip_prefix('.').map_or(text.clone(), str::to_owned)),
                    }
                }
                let split = lines.iter().position(String::is_empty).unwrap_or(lines.len());
                let (head, text) = (lines[..split].join("\n"), lines[split..].join("\n"));
                inside.mails.lock().unwrap().push(Received { from: from.clone(), to: to.clone(), head, text });
                say("250 taken")?;
            }
            "QUIT" => {
                say("221 bye")?;
                return Some(());
            }
            _ => say("250 ok")?,
        }
    }
}
