//! A small HTTP server on 127.0.0.1 that answers as it is told, and remembers what it was asked.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// A request, as far as tests look at it.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: String,
    /// Without the query.
    pub path: String,
    pub query: String,
    pub authorization: String,
    pub impersonated: Vec<String>,
}

impl Asked {
    /// A parameter of the query, decoded.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let value = self.query.split('&').find_map(|it| it.strip_prefix(name)?.strip_prefix('='))?;
        let mut bytes = Vec::new();
        let mut rest = value.bytes();
        while let Some(it) = rest.next() {
            if it == b'%' {
                let hex: String = rest.by_ref().take(2).map(char::from).collect();
                bytes.push(u8::from_str_radix(&hex, 16).expect("two digits"));
            } else {
                bytes.push(it);
            }
        }
        Some(String::from_utf8(bytes).expect("UTF-8"))
    }
}

/// What the server does with a request.
pub enum Reply {
    /// An answer.
    Text(u16, Vec<(&'static str, String)>, String),
    /// The head and this much of the body, then the connection is gone.
    Cut(String, usize),
    /// An answer whose text just ends early, with a length that fits.
    Short(String, usize),
    /// Nothing, until the test is over.
    Hang,
}

impl Reply {
    /// HTTP 200.
    pub fn ok(text: impl Into<String>) -> Self {
        Self::Text(200, Vec::new(), text.into())
    }

    /// A Kubernetes `Status`.
    pub fn status(code: u16, message: &str) -> Self {
        Self::Text(code, Vec::new(), format!(r#"{{"kind":"Status","apiVersion":"v1","status":"Failure","code":{code},"message":"{message}"}}"#))
    }
}

type Answer = dyn Fn(&Asked) -> Reply + Send + Sync;

/// Serves until the test process ends.
pub struct Server {
    pub address: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    pub fn start(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = format!("http://{}", listener.local_addr().expect("bound"));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (answer, seen): (Arc<Answer>, _) = (Arc::new(answer), Arc::clone(&asked));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (answer, seen) = (Arc::clone(&answer), Arc::clone(&seen));
                thread::spawn(move || while serve(&stream, &*answer, &seen) {});
            }
        });
        Self { address, asked }
    }

    /// Everything that was asked so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("not poisoned").clone()
    }
}

/// One request of a connection; whether it may have more.
fn serve(stream: &TcpStream, answer: &Answer, seen: &Mutex<Vec<Asked>>) -> bool {
    let Some(asked) = read(stream) else { return false };
    seen.lock().expect("not poisoned").push(asked.clone());
    let mut out = stream;
    let head = |status: u16, len: usize, more: &str| format!("HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {len}\r\n{more}\r\n");
    let sent = match answer(&asked) {
        Reply::Text(status, headers, text) => {
            let more: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
            out.write_all(head(status, text.len(), &more).as_bytes()).and_then(|()| out.write_all(text.as_bytes())).is_ok()
        }
        Reply::Short(text, len) => out.write_all(head(200, len, "").as_bytes()).and_then(|()| out.write_all(&text.as_bytes()[..len])).is_ok(),
        Reply::Cut(text, len) => {
            let _ = out.write_all(head(200, text.len(), "").as_bytes()).and_then(|()| out.write_all(&text.as_bytes()[..len]));
            let _ = stream.shutdown(Shutdown::Both);
            false
        }
        Reply::Hang => {
            let _ = BufReader::new(stream).read_to_end(&mut Vec::new());
            false
        }
    };
    sent && out.flush().is_ok()
}

fn read(stream: &TcpStream) -> Option<Asked> {
    let mut lines = BufReader::new(stream).lines();
    let first = lines.next()?.ok()?;
    let mut words = first.split(' ');
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let mut asked = Asked { method, path: path.to_owned(), query: query.to_owned(), authorization: String::new(), impersonated: Vec::new() };
    for line in lines {
        let line = line.ok()?;
        let Some((name, value)) = line.split_once(": ") else { break };
        match name.to_ascii_lowercase().as_str() {
            "authorization" => value.clone_into(&mut asked.authorization),
            "impersonate-user" | "impersonate-group" => asked.impersonated.push(value.to_owned()),
            _ => {}
        }
    }
    Some(asked)
}
