//! Running a renderer: bounded in time and output, without input, its complaints kept.

use std::io::{self, Read};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

/// A renderer that takes longer hangs.
pub const TIME_LIMIT: Duration = Duration::from_secs(60);
/// More output than this is not read.
const MOST_OUTPUT: u64 = 256 << 20;
/// How often a running program is looked at.
const PAUSE: Duration = Duration::from_millis(5);

/// A program on the PATH, and how long it may take.
#[derive(Clone, Debug)]
pub struct Program {
    /// Its name or path.
    pub path: PathBuf,
    /// Its time limit.
    pub limit: Duration,
}

/// Why there is no output.
#[derive(Debug)]
pub enum Failure {
    /// The program is not there.
    NotFound,
    /// It failed: what it wrote to standard error.
    Said(String),
    /// It was ended, or its output is of no use: why.
    Ended(String),
}

impl Program {
    /// A program on the PATH.
    pub fn named(name: &str) -> Self {
        Self { path: name.into(), limit: TIME_LIMIT }
    }

    /// Runs it to its end; what it wrote to standard output.
    pub fn run(&self, arguments: &[String]) -> Result<String, Failure> {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut command = Command::new(&self.path);
        let child = command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = child.map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => Failure::NotFound,
            _ => Failure::Ended(format!("{name} cannot be started: {error}")),
        })?;
        let out = child.stdout.take().map(collect);
        let said = child.stderr.take().map(collect);
        let deadline = Instant::now() + self.limit;
        let status = loop {
            match child.try_wait() {
                Ok(Some(status)) => break status,
                Ok(None) if Instant::now() < deadline => thread::sleep(PAUSE),
                Ok(None) => {
                    // What it started may live on and hold the pipes: nothing waits for them.
                    let _ = child.kill();
                    let _ = child.wait();
                    return Err(Failure::Ended(format!("{name} was ended after {} s without a result", self.limit.as_secs())));
                }
                Err(error) => return Err(Failure::Ended(format!("{name} was lost: {error}"))),
            }
        };
        let finish = |it: Option<Receiver<Vec<u8>>>| it.and_then(|it| it.recv_timeout(Duration::from_secs(5)).ok()).unwrap_or_default();
        let (out, said) = (finish(out), finish(said));
        if !status.success() {
            return Err(Failure::Said(String::from_utf8_lossy(&said).into_owned()));
        }
        if out.len() as u64 >= MOST_OUTPUT {
            return Err(Failure::Ended(format!("{name} wrote more than {} MiB", MOST_OUTPUT >> 20)));
        }
        String::from_utf8(out).map_err(|_| Failure::Ended(format!("{name} wrote something that is not UTF-8")))
    }
}

/// Reads a pipe on a thread of its own: a full pipe would stop the program.
fn collect(pipe: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // What was read before an error is kept; the exit status tells the rest.
        let _ = pipe.take(MOST_OUTPUT).read_to_end(&mut bytes);
        let _ = sender.send(bytes);
    });
    receiver
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, limit: Duration) -> Result<String, Failure> {
        Program { path: "sh".into(), limit }.run(&["-c".to_owned(), script.to_owned()])
    }

    #[test]
    fn a_program_that_hangs_is_ended() {
        let result = shell("sleep 30", Duration::from_millis(100));
        assert!(matches!(result, Err(Failure::Ended(why)) if why.contains("ended after")));
    }

    #[test]
    fn large_output_does_not_block_it() {
        let result = shell("head -c 3000000 /dev/zero | tr '\\0' a; head -c 300000 /dev/zero >&2", TIME_LIMIT);
        assert_eq!(result.map(|it| it.len()).ok(), Some(3_000_000));
    }

    #[test]
    fn a_missing_program_is_told_apart_from_one_that_fails() {
        assert!(matches!(Program::named("no-such-renderer").run(&[]), Err(Failure::NotFound)));
        assert!(matches!(shell("echo broken >&2; exit 1", TIME_LIMIT), Err(Failure::Said(said)) if said.trim() == "broken"));
    }
}
