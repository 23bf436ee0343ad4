//! `cargo xtask testbed`: a real control plane on 127.0.0.1, with nodes and workloads.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result};
use clap::Subcommand;
use seatrial_testbed::emulators::{self, Aws};
use seatrial_testbed::nodes::{Machine, machines};
use seatrial_testbed::plane::{Plane, Programs, Wish};
use seatrial_testbed::process::Started;
use seatrial_testbed::seed::Content;
use seatrial_testbed::{front, seed, serve};

use crate::{counterparts, target, top};

#[derive(Subcommand)]
pub enum What {
    /// Build what is missing, start it, fill it, and say how to reach it
    Up {
        /// Kubernetes minor version: 1.36 or 1.34
        #[arg(long, default_value = "1.36")]
        version: String,
        /// Nodes, in three zones
        #[arg(long, default_value_t = 6)]
        nodes: usize,
        /// Pods altogether: an estate of many small teams makes up for what is missing
        #[arg(long, default_value_t = 0)]
        pods: usize,
        /// Notice a dead node within seconds
        #[arg(long)]
        fast_failures: bool,
        /// Start AWS emulators, too, and fill them with the cluster's account
        #[arg(long)]
        aws: bool,
        /// Nothing in it: no nodes, no definitions, no workloads
        #[arg(long)]
        bare: bool,
    },
    /// Start only the AWS emulators, filled with the cluster's account
    Aws,
    /// End what was started, and nothing else
    Down {
        /// Only this minor version
        #[arg(long)]
        version: Option<String>,
    },
    /// Say what runs
    Status,
    /// Be the plane's neighbours: metrics server and EBS driver (started by `up`)
    #[command(hide = true)]
    Serve {
        #[arg(long)]
        kubeconfig: PathBuf,
        #[arg(long)]
        certificate: PathBuf,
        #[arg(long)]
        key: PathBuf,
        #[arg(long)]
        port: u16,
        #[arg(long)]
        aws: Option<String>,
    },
    /// Be the front door of the AWS emulators (started by `up --aws`)
    #[command(hide = true)]
    Front {
        #[arg(long)]
        port: u16,
        #[arg(long)]
        moto: u16,
        #[arg(long)]
        ministack: u16,
    },
}

/// Does it.
pub fn run(what: What) -> Result<()> {
    let runtime = runtime()?;
    match what {
        What::Up { version, nodes, pods, fast_failures, aws, bare } => {
            let folder = folder(&version);
            let account = if aws { Some(account(&aws_folder(), nodes, &version)?) } else { None };
            let machines = account.as_ref().map_or_else(|| machines(nodes), |it| it.1.clone());
            let content = (!bare).then_some(Content { machines, pods });
            let plane = runtime.block_on(up(&folder, Wish { version, fast_failures }, content, account.as_ref().map(|it| &it.0)))?;
            println!("export KUBECONFIG={}", plane.kubeconfig().display());
            if let Some((aws, _)) = account {
                print_environment(&aws);
            }
            Ok(())
        }
        What::Aws => {
            print_environment(&account(&aws_folder(), 6, counterparts::MINORS[0])?.0);
            Ok(())
        }
        What::Front { port, moto, ministack } => runtime.block_on(front::serve(port, front::Emulators { moto, ministack })),
        What::Down { version } => down(version.as_deref()),
        What::Status => status(),
        What::Serve { kubeconfig, certificate, key, port, aws } => runtime.block_on(serve::run(&serve::Options { kubeconfig, certificate, key, port, aws })),
    }
}

/// Starts the AWS emulators and fills them with the cluster's account; gives the machines of its nodes with the ids that they have there.
pub fn account(folder: &Path, nodes: usize, version: &str) -> Result<(Aws, Vec<Machine>)> {
    let begin = Instant::now();
    let this = this_program()?;
    let programs = emulators::Programs {
        python: counterparts::aws()?,
        seed: top().join("testbed/aws/seed.py"),
        front: vec![this.into_os_string(), "testbed".into(), "front".into()],
    };
    let aws = Aws::up(&programs, folder)?;
    let mut machines = machines(nodes);
    match aws.seed(&programs, &machines, version) {
        Ok(ids) => {
            for (machine, id) in machines.iter_mut().zip(ids) {
                machine.instance = id;
            }
        }
        Err(error) => {
            aws.down().context("and the emulators could not be ended")?;
            return Err(error);
        }
    }
    eprintln!("AWS is up and filled after {:.1} s", begin.elapsed().as_secs_f64());
    Ok((aws, machines))
}

/// This program, to be started again. On Linux by its link: tests build it anew while it runs, and then nothing stands at its path.
fn this_program() -> Result<PathBuf> {
    let link = Path::new("/proc/self/exe");
    if link.exists() { Ok(link.to_owned()) } else { std::env::current_exe().context("cannot find this program") }
}

fn print_environment(aws: &Aws) {
    for (name, value) in aws.environment() {
        println!("export {name}={value}");
    }
}

/// Starts a plane and fills it; gives it back when its workloads are as they should be.
pub async fn up(folder: &Path, wish: Wish, content: Option<Content>, aws: Option<&Aws>) -> Result<Plane> {
    let bin = counterparts::plane(&wish.version)?;
    let this = this_program()?;
    let mut serve: Vec<OsString> = vec![this.into_os_string(), "testbed".into(), "serve".into()];
    if let Some(aws) = aws {
        serve.extend(["--aws".into(), aws.endpoint().into()]);
    }
    let begin = Instant::now();
    let plane = Plane::up(&Programs { bin, serve }, folder, &wish).await?;
    eprintln!("Kubernetes {} is up after {:.1} s", wish.version, begin.elapsed().as_secs_f64());
    if let Some(content) = content {
        let filled = seed::fill(&plane, &content).await;
        if let Err(error) = filled {
            plane.down().context("and the plane could not be ended")?;
            return Err(error.context("the testbed could not be filled"));
        }
        eprintln!("and filled after {:.1} s", begin.elapsed().as_secs_f64());
    }
    Ok(plane)
}

/// Where the plane of a minor version keeps its state.
pub fn folder(version: &str) -> PathBuf {
    target().join("testbed").join(version)
}

fn aws_folder() -> PathBuf {
    target().join("testbed/aws")
}

fn down(version: Option<&str>) -> Result<()> {
    if version.is_none()
        && let Some(aws) = Aws::at(&aws_folder())?
    {
        aws.down()?;
        eprintln!("AWS has ended");
    }
    for minor in counterparts::MINORS.into_iter().filter(|it| version.is_none_or(|wanted| wanted == *it)) {
        if let Some(plane) = Plane::at(&folder(minor))? {
            plane.down()?;
            eprintln!("Kubernetes {minor} has ended");
        }
    }
    Ok(())
}

fn status() -> Result<()> {
    for minor in counterparts::MINORS {
        let Some(plane) = Plane::at(&folder(minor))? else {
            println!("{minor}: not started");
            continue;
        };
        println!("{minor}: KUBECONFIG={}", plane.kubeconfig().display());
        print_processes(&plane.started);
    }
    match Aws::at(&aws_folder())? {
        Some(aws) => {
            println!("AWS: AWS_ENDPOINT_URL={}", aws.endpoint());
            print_processes(&aws.started);
        }
        None => println!("AWS: not started"),
    }
    Ok(())
}

fn print_processes(started: &[Started]) {
    for it in started {
        println!("  {:<24} process {:<8} {}", it.name, it.pid, if it.is_alive() { "runs" } else { "has ended" });
    }
}

fn runtime() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().context("cannot start the runtime")
}

/// A testbed for one run of the tests, beside whatever `up` started; it ends when it is dropped.
pub struct ForTests {
    plane: Option<Plane>,
    aws: Option<Aws>,
}

impl ForTests {
    /// Starts and fills it; ends first what an interrupted run has left.
    pub fn start(minor: &str, aws: bool) -> Result<Self> {
        let (of_plane, of_aws) = (target().join("testbed/tests").join(minor), target().join("testbed/tests/aws"));
        let mut it = Self { plane: Plane::at(&of_plane)?, aws: Aws::at(&of_aws)? };
        it.end()?;
        let machines = if aws {
            let (aws, machines) = account(&of_aws, 6, minor)?;
            it.aws = Some(aws);
            machines
        } else {
            machines(6)
        };
        let wish = Wish { version: minor.to_owned(), fast_failures: false };
        it.plane = Some(runtime()?.block_on(up(&of_plane, wish, Some(Content { machines, pods: 0 }), it.aws.as_ref()))?);
        Ok(it)
    }

    /// The administrator's kubeconfig.
    pub fn kubeconfig(&self) -> PathBuf {
        self.plane.as_ref().map(Plane::kubeconfig).unwrap_or_default()
    }

    /// What `AWS_ENDPOINT_URL` must be.
    pub fn endpoint(&self) -> Option<String> {
        self.aws.as_ref().map(Aws::endpoint)
    }

    fn end(&mut self) -> Result<()> {
        if let Some(plane) = self.plane.take() {
            plane.down()?;
        }
        self.aws.take().map_or(Ok(()), |it| it.down())
    }
}

impl Drop for ForTests {
    fn drop(&mut self) {
        if let Err(error) = self.end() {
            eprintln!("{error:#}");
        }
    }
}
