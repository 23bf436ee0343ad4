//! A Kubernetes control plane on 127.0.0.1: starting it, knowing it again, ending exactly what was started.

use std::ffi::OsString;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use crate::api::Api;
use crate::process::{Started, start};
use crate::{component, kubeconfig, pki};

/// How long a start may take on a machine that has more to do.
const PATIENCE: Duration = Duration::from_secs(90);

/// What was asked for.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Wish {
    /// Minor version, such as `1.36`.
    pub version: String,
    /// A dead node is noticed within seconds, and its pods leave 10 s later.
    pub fast_failures: bool,
}

/// Where the programs are that make a plane.
#[derive(Clone, Debug)]
pub struct Programs {
    /// Folder with `etcd`, `kwok` and `plane-<minor>/kube-*`.
    pub bin: PathBuf,
    /// Command (program and first arguments) that does [`crate::serve::run`] when `--kubeconfig`, `--certificate`, `--key` and `--port` follow.
    pub serve: Vec<OsString>,
}

/// Where each server listens on 127.0.0.1.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[allow(missing_docs, reason = "each is named by its server")]
pub struct Ports {
    pub etcd: u16,
    pub etcd_peer: u16,
    pub server: u16,
    pub neighbours: u16,
}

/// A plane that was started, as its state file keeps it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Plane {
    /// What was asked for.
    pub wish: Wish,
    /// Its folder.
    pub folder: PathBuf,
    /// Where it listens.
    pub ports: Ports,
    /// Its programs, in the order of their start.
    pub started: Vec<Started>,
}

impl Plane {
    /// Starts one in a folder, which is emptied first, and waits until pods can be created.
    ///
    /// # Errors
    /// Where a plane runs in the folder already, a program is missing, ends early, or is not ready within 90 s; what was started is ended then.
    pub async fn up(programs: &Programs, folder: &Path, wish: &Wish) -> Result<Self> {
        if let Some(plane) = Self::at(folder)?
            && plane.started.iter().any(Started::is_alive)
        {
            bail!("a plane runs in {} already\nhelp: `cargo xtask testbed down --version {}`", folder.display(), plane.wish.version);
        }
        if folder.exists() {
            fs::remove_dir_all(folder).with_context(|| format!("cannot empty {}", folder.display()))?;
        }
        fs::create_dir_all(folder.join("logs")).with_context(|| format!("cannot create {}", folder.display()))?;
        let [etcd, etcd_peer, server, neighbours] = free_ports()?;
        let ports = Ports { etcd, etcd_peer, server, neighbours };
        let mut plane = Self { wish: wish.clone(), folder: folder.to_owned(), ports, started: Vec::new() };
        match plane.start_all(programs).await {
            Ok(()) => Ok(plane),
            Err(error) => {
                plane.down().context("and what was started before could not be ended")?;
                Err(error)
            }
        }
    }

    /// The plane whose state a folder keeps, running or not.
    pub fn at(folder: &Path) -> Result<Option<Self>> {
        let path = folder.join("state.json");
        match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map(Some).with_context(|| format!("{} is damaged", path.display())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
        }
    }

    /// Ends its programs, the last started first, and nothing else.
    pub fn down(&self) -> Result<()> {
        for it in self.started.iter().rev() {
            it.end(Duration::from_secs(10))?;
        }
        match fs::remove_file(self.folder.join("state.json")) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error).context("cannot remove the plane's state"),
            _ => Ok(()),
        }
    }

    /// The kubeconfig of its administrator, with contexts `viewer` and `stranger` besides.
    pub fn kubeconfig(&self) -> PathBuf {
        self.folder.join("kubeconfig")
    }

    /// A client with all rights.
    pub fn api(&self) -> Result<Api> {
        Api::from_kubeconfig(&self.kubeconfig(), None)
    }

    /// Programs that have ended though nobody ended them.
    pub fn dead(&self) -> Vec<&Started> {
        self.started.iter().filter(|it| !it.is_alive()).collect()
    }

    async fn start_all(&mut self, programs: &Programs) -> Result<()> {
        let folder = self.folder.clone();
        let wish = self.wish.clone();
        let ports = self.ports;
        let of_version = programs.bin.join(format!("plane-{}", wish.version));
        let pki = pki::make(&folder.join("certificates"))?;
        let server = format!("https://127.0.0.1:{}", ports.server);
        kubeconfig::write(&self.kubeconfig(), &server, &pki, &["admin", "viewer", "stranger"])?;
        let of = |user: &str| -> Result<PathBuf> {
            let path = folder.join(format!("{user}.kubeconfig"));
            kubeconfig::write(&path, &server, &pki, &[user])?;
            Ok(path)
        };

        self.start("etcd", component::etcd(&programs.bin.join("etcd"), &folder.join("etcd"), ports))?;
        self.start("kube-apiserver", component::apiserver(&of_version.join("kube-apiserver"), &pki, ports, &wish))?;
        let api = self.api()?;
        self.until("the API server is ready", || is_ready(&api)).await?;

        self.start("kube-controller-manager", component::controllers(&of_version.join("kube-controller-manager"), &pki, &of("controllers")?, &wish))?;
        let settings = folder.join("scheduler.json");
        fs::write(&settings, serde_json::to_vec(&component::scheduler_settings(&of("scheduler")?))?).context("cannot write the scheduler's settings")?;
        self.start("kube-scheduler", component::scheduler(&of_version.join("kube-scheduler"), &settings))?;
        let stages = folder.join("stages.yaml");
        fs::write(&stages, include_str!("stages.yaml")).context("cannot write the stages")?;
        self.start("kwok", component::kubelets(&programs.bin.join("kwok"), &of("kubelets")?, &stages, &wish))?;
        if let Some((program, first)) = programs.serve.split_first() {
            let mut command = Command::new(program);
            command.args(first).arg("--kubeconfig").arg(self.kubeconfig()).arg("--certificate").arg(pki.certificate("neighbours"));
            command.arg("--key").arg(pki.key("neighbours")).arg("--port").arg(ports.neighbours.to_string());
            self.start("neighbours", command)?;
        }
        // Without it a pod is refused; the controllers make it when they have taken up their work.
        let account = "/api/v1/namespaces/default/serviceaccounts/default";
        self.until("the controllers work", || async { api.get(account).await.is_ok() }).await
    }

    fn start(&mut self, name: &str, mut command: Command) -> Result<()> {
        self.started.push(start(name, &mut command, &self.folder.join("logs"))?);
        self.save()
    }

    fn save(&self) -> Result<()> {
        let path = self.folder.join("state.json");
        fs::write(&path, serde_json::to_vec_pretty(self)?).with_context(|| format!("cannot write {}", path.display()))
    }

    async fn until<F: Future<Output = bool>>(&self, what: &str, is_so: impl Fn() -> F) -> Result<()> {
        let end = Instant::now() + PATIENCE;
        while !is_so().await {
            if let Some(it) = self.dead().first() {
                bail!("{} ended; it said:\n{}", it.name, it.last_words());
            }
            if Instant::now() > end {
                bail!("not within {} s: {what}\nhelp: see {}", PATIENCE.as_secs(), self.folder.join("logs").display());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }
}

async fn is_ready(api: &Api) -> bool {
    let answer = api.send(hyper::Method::GET, "/readyz", "", Vec::new()).await;
    answer.is_ok_and(|it| it.0.is_success())
}

/// Ports that nobody listens on. All are held at the same time, so that they differ.
pub fn free_ports<const N: usize>() -> Result<[u16; N]> {
    let mut held = Vec::with_capacity(N);
    let mut ports = [0; N];
    for port in &mut ports {
        let listener = TcpListener::bind("127.0.0.1:0").context("cannot find a free port")?;
        *port = listener.local_addr().context("cannot find a free port")?.port();
        held.push(listener);
    }
    Ok(ports)
}
