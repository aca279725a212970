//! One request over a connection of its own.

use crate::Outcome;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

/// The body of a 200, as it comes; chunked bodies keep their few framing bytes.
pub fn get(url: &str, headers: &[(&str, &str)]) -> Outcome<impl Read> {
    send("GET", url, headers, "", "200")
}

/// The body of a 201.
pub fn post(url: &str, headers: &[(&str, &str)], body: &str) -> Outcome<impl Read> {
    send("POST", url, headers, body, "201")
}

fn send(method: &str, url: &str, headers: &[(&str, &str)], body: &str, wanted: &str) -> Outcome<impl Read + use<>> {
    let (host, path) = url.strip_prefix("http://").and_then(|rest| rest.split_once('/')).ok_or("an address starts with http:// and has a path")?;
    let mut stream = TcpStream::connect(host)?;
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let length = body.len();
    stream
        .write_all(format!("{method} /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}").as_bytes())?;
    let mut reader = BufReader::with_capacity(256 * 1024, stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    if line.split(' ').nth(1) != Some(wanted) {
        let mut told = String::new();
        reader.read_to_string(&mut told)?;
        return Err(format!("{url} answered {line}{told}").into());
    }
    while line != "\r\n" {
        line.clear();
        reader.read_line(&mut line)?;
    }
    Ok(reader)
}
