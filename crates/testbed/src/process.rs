//! Programs in the background: started with a log, known by process id and start time, ended by exactly those.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use serde::{Deserialize, Serialize};

/// One program that was started.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Started {
    /// Short name, as in the log's file name.
    pub name: String,
    /// Process id.
    pub pid: i32,
    /// Clock ticks after boot at which it started: a process id alone may have passed to another program.
    pub since: u64,
    /// What it writes.
    pub log: PathBuf,
}

/// Starts a program that outlives this one. Its output goes to `<logs>/<name>.log`.
pub fn start(name: &str, command: &mut Command, logs: &Path) -> Result<Started> {
    use std::os::unix::process::CommandExt as _;
    let log = logs.join(format!("{name}.log"));
    let out = File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
    let err = out.try_clone().with_context(|| format!("cannot write {}", log.display()))?;
    let program = command.get_program().to_string_lossy().into_owned();
    // A group of its own: an interrupt typed at the terminal is for the one who waits, not for the servers.
    let child = command
        .stdin(Stdio::null())
        .stdout(out)
        .stderr(err)
        .process_group(0)
        .spawn()
        .with_context(|| format!("cannot start {program}\nhelp: `cargo xtask testbed up` builds what is missing"))?;
    let pid = i32::try_from(child.id()).context("a process id is too large")?;
    // A program that ends at once is found by `is_alive`, not here.
    let since = stat(pid).map_or(0, |it| it.1);
    Ok(Started { name: name.to_owned(), pid, since, log })
}

impl Started {
    /// Whether this very process still runs.
    pub fn is_alive(&self) -> bool {
        stat(self.pid).is_some_and(|(state, since)| since == self.since && state != 'Z')
    }

    /// Ends it: asks, then insists after the given time.
    pub fn end(&self, patience: Duration) -> Result<()> {
        self.signal(Signal::TERM)?;
        if !self.is_gone_within(patience) {
            self.signal(Signal::KILL)?;
            if !self.is_gone_within(Duration::from_secs(5)) {
                bail!("process {} ({}) does not end", self.pid, self.name);
            }
        }
        Ok(())
    }

    /// The last lines it wrote, for an error's text.
    pub fn last_words(&self) -> String {
        let text = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().rev().filter(|it| !it.trim().is_empty()).take(5).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }

    fn signal(&self, signal: Signal) -> Result<()> {
        if !self.is_alive() {
            return Ok(());
        }
        let Some(pid) = Pid::from_raw(self.pid) else { return Ok(()) };
        match kill_process(pid, signal) {
            Ok(()) | Err(rustix::io::Errno::SRCH) => Ok(()),
            Err(error) => Err(error).with_context(|| format!("cannot signal process {} ({})", self.pid, self.name)),
        }
    }

    fn is_gone_within(&self, patience: Duration) -> bool {
        let until = Instant::now() + patience;
        while self.is_alive() {
            if Instant::now() > until {
                return false;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        true
    }
}

/// State letter and start time of a process. Source: proc(5), `/proc/PID/stat`, fields 3 and 22; the name in field 2 may hold anything.
fn stat(pid: i32) -> Option<(char, u64)> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let rest = text.rsplit_once(") ")?.1;
    let fields: Vec<&str> = rest.split(' ').collect();
    Some((fields.first()?.chars().next()?, fields.get(19)?.parse().ok()?))
}
