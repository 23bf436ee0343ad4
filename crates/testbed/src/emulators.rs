//! AWS on 127.0.0.1: two emulators that others wrote behind one front door, filled with the account of the testbed's cluster.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io::Write as _;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::nodes::Machine;
use crate::plane::free_ports;
use crate::process::{Started, start};
use crate::yaml;

/// How long the emulators may take to listen: they load everything first.
const PATIENCE: Duration = Duration::from_secs(90);

/// What is needed to start them.
#[derive(Clone, Debug)]
pub struct Programs {
    /// The Python environment with `moto_server`, `ministack` and boto3.
    pub python: PathBuf,
    /// `testbed/aws/seed.py`.
    pub seed: PathBuf,
    /// Command (program and first arguments) that does [`crate::front::serve`] when `--port`, `--moto` and `--ministack` follow.
    pub front: Vec<OsString>,
}

/// Emulators that were started, as their state file keeps them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Aws {
    folder: PathBuf,
    /// The front door's port: what `AWS_ENDPOINT_URL` leads to.
    pub port: u16,
    /// Programs, in the order of their start.
    pub started: Vec<Started>,
}

impl Aws {
    /// Starts them in a folder, which is emptied first, and waits until they listen.
    ///
    /// # Errors
    /// Where some run there already, one ends early or does not listen within 90 s; what was started is ended then.
    pub fn up(programs: &Programs, folder: &Path) -> Result<Self> {
        if let Some(aws) = Self::at(folder)?
            && aws.started.iter().any(Started::is_alive)
        {
            bail!("AWS emulators run in {} already\nhelp: `cargo xtask testbed down`", folder.display());
        }
        if folder.exists() {
            fs::remove_dir_all(folder).with_context(|| format!("cannot empty {}", folder.display()))?;
        }
        fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
        let [port, moto, ministack] = free_ports()?;
        let mut aws = Self { folder: folder.to_owned(), port, started: Vec::new() };
        match aws.start_all(programs, moto, ministack) {
            Ok(()) => Ok(aws),
            Err(error) => {
                aws.down().context("and what was started before could not be ended")?;
                Err(error)
            }
        }
    }

    /// The emulators whose state a folder keeps, running or not.
    pub fn at(folder: &Path) -> Result<Option<Self>> {
        let path = folder.join("state.json");
        match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map(Some).with_context(|| format!("{} is damaged", path.display())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
        }
    }

    /// Ends them and nothing else.
    pub fn down(&self) -> Result<()> {
        for it in self.started.iter().rev() {
            it.end(Duration::from_secs(10))?;
        }
        match fs::remove_file(self.folder.join("state.json")) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error).context("cannot remove the emulators' state"),
            _ => Ok(()),
        }
    }

    /// What `AWS_ENDPOINT_URL` must be.
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The environment by which AWS's own clients find them.
    pub fn environment(&self) -> [(&'static str, String); 5] {
        [
            ("AWS_ENDPOINT_URL", self.endpoint()),
            ("AWS_ACCESS_KEY_ID", "AKIATESTBED000000000".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "testbed".to_owned()),
            ("AWS_REGION", crate::REGION.to_owned()),
            ("AWS_DEFAULT_REGION", crate::REGION.to_owned()),
        ]
    }

    /// Makes the golden applications' account for these machines, and gives the instance id of each in the order of the machines.
    pub fn seed(&self, programs: &Programs, machines: &[Machine], minor: &str) -> Result<Vec<String>> {
        let mut account = account()?;
        account["eksCluster"]["version"] = json!(minor);
        for it in account["nodeGroups"].as_array_mut().into_iter().flatten() {
            it["version"] = json!(minor);
        }
        let wished: Vec<Value> = machines
            .iter()
            .map(|it| json!({"instance": it.instance, "zone": it.zone.to_string(), "address": it.address, "group": it.group(), "name": it.name()}))
            .collect();
        let answer = self.python(programs, &json!({"account": account, "machines": wished}))?;
        let made: BTreeMap<String, String> =
            serde_json::from_value(answer["instances"].clone()).context("the account was made, but its instances are not told")?;
        machines.iter().map(|it| made.get(&it.instance).cloned().with_context(|| format!("no instance was made for {}", it.name()))).collect()
    }

    fn python(&self, programs: &Programs, given: &Value) -> Result<Value> {
        let mut child = Command::new(programs.python.join("bin/python"))
            .arg(&programs.seed)
            .envs(self.environment())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .context("cannot start Python")?;
        child.stdin.take().context("Python does not listen")?.write_all(given.to_string().as_bytes()).context("Python does not listen")?;
        let output = child.wait_with_output().context("Python does not answer")?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            bail!("the account could not be made: {}", said.lines().rev().take(3).collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>().join("\n"));
        }
        serde_json::from_slice(&output.stdout).context("the account was made, but not told of")
    }

    fn start_all(&mut self, programs: &Programs, moto: u16, ministack: u16) -> Result<()> {
        let mut command = Command::new(programs.python.join("bin/moto_server"));
        command.args(["-H", "127.0.0.1", "-p", &moto.to_string()]).env("MOTO_ACCOUNT_ID", crate::ACCOUNT);
        self.start("moto", &mut command)?;
        let mut command = Command::new(programs.python.join("bin/ministack"));
        // It would listen on every address otherwise.
        command.env("BIND_HOST", "127.0.0.1").env("GATEWAY_PORT", ministack.to_string()).env("MINISTACK_ACCOUNT_ID", crate::ACCOUNT);
        self.start("ministack", &mut command)?;
        let (program, first) = programs.front.split_first().context("no front door")?;
        let mut command = Command::new(program);
        command.args(first).args(["--port", &self.port.to_string(), "--moto", &moto.to_string(), "--ministack", &ministack.to_string()]);
        self.start("front", &mut command)?;
        for port in [moto, ministack, self.port] {
            self.listens(port)?;
        }
        Ok(())
    }

    fn start(&mut self, name: &str, command: &mut Command) -> Result<()> {
        self.started.push(start(name, command, &self.folder)?);
        let path = self.folder.join("state.json");
        fs::write(&path, serde_json::to_vec_pretty(self)?).with_context(|| format!("cannot write {}", path.display()))
    }

    fn listens(&self, port: u16) -> Result<()> {
        let end = Instant::now() + PATIENCE;
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if let Some(it) = self.started.iter().find(|it| !it.is_alive()) {
                bail!("{} ended; it said:\n{}", it.name, it.last_words());
            }
            if Instant::now() > end {
                bail!("nothing listens on port {port} after {} s\nhelp: see {}", PATIENCE.as_secs(), self.folder.display());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }
}

/// The golden applications' account, as their file has it.
pub fn account() -> Result<Value> {
    let documents = yaml::values(include_str!("../../check/tests/golden/account.yaml"))?;
    documents.into_iter().find(|it| it["kind"] == "Account").context("the golden account is not there")
}
