//! HTTP on a bare connection, for what a well-behaved client cannot do: stall, vanish, or see how a body ends.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

pub struct Wire(BufReader<TcpStream>);

/// What came back; `whole` tells whether the body ended as its framing says.
#[derive(Debug)]
pub struct Received {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
    pub whole: bool,
}

impl Received {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let of = |line: &str| line.split_once(':').is_some_and(|(found, _)| found.eq_ignore_ascii_case(name));
        self.head.lines().find(|line| of(line)).and_then(|line| line.split_once(':')).map(|(_, value)| value.trim())
    }
}

impl Wire {
    /// To the server at `http://host:port`.
    pub fn open(url: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(url.trim_start_matches("http://"))?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        stream.set_nodelay(true)?;
        Ok(Self(BufReader::with_capacity(1024, stream)))
    }

    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.get_mut().write_all(bytes)
    }

    /// Sends a request without waiting for its answer.
    pub fn send(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> io::Result<()> {
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\n");
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if !body.is_empty() {
            head.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        self.write(&[head.as_bytes(), b"\r\n", body].concat())
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        match self.0.read_line(&mut line)? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(line.trim_end().to_owned()),
        }
    }

    /// Status and headers.
    pub fn head(&mut self) -> io::Result<(u16, String)> {
        let mut head = self.line()?;
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or(io::ErrorKind::InvalidData)?;
        loop {
            match self.line()? {
                line if line.is_empty() => return Ok((status, head)),
                line => head.extend(["\n", &line]),
            }
        }
    }

    pub fn receive(&mut self) -> io::Result<Received> {
        let (status, head) = self.head()?;
        let mut received = Received { status, head, body: Vec::new(), whole: false };
        if received.header("transfer-encoding").is_some() {
            received.whole = self.chunks(&mut received.body).is_ok();
        } else {
            let length: usize = received.header("content-length").map_or(0, |length| length.parse().unwrap());
            received.body.resize(length, 0);
            self.0.read_exact(&mut received.body)?;
            received.whole = true;
        }
        Ok(received)
    }

    /// The chunks of a body to their end.
    pub fn chunks(&mut self, body: &mut Vec<u8>) -> io::Result<()> {
        loop {
            let size = usize::from_str_radix(&self.line()?, 16).map_err(|_| io::ErrorKind::InvalidData)?;
            let start = body.len();
            body.resize(start + size, 0);
            let read = self.0.read_exact(&mut body[start..]);
            self.line()?;
            read?;
            if size == 0 {
                return Ok(());
            }
        }
    }
}
