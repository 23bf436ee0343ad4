//! `cargo xtask testbed`: a real control plane on 127.0.0.1, with nodes and workloads.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result};
use clap::Subcommand;
use seatrial_testbed::plane::{Plane, Programs, Wish};
use seatrial_testbed::{seed, serve};

use crate::{counterparts, target};

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
        /// Pods of an estate of many small teams, besides the workloads that tests know
        #[arg(long, default_value_t = 0)]
        pods: usize,
        /// Notice a dead node within seconds
        #[arg(long)]
        fast_failures: bool,
        /// Nothing in it: no nodes, no definitions, no workloads
        #[arg(long)]
        bare: bool,
    },
    /// End what `up` started, and nothing else
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
    },
}

/// Does it.
pub fn run(what: What) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().context("cannot start the runtime")?;
    match what {
        What::Up { version, nodes, pods, fast_failures, bare } => {
            let content = seed::Content { nodes, pods };
            let plane = runtime.block_on(up(Wish { version, fast_failures }, (!bare).then_some(content)))?;
            println!("export KUBECONFIG={}", plane.kubeconfig().display());
            Ok(())
        }
        What::Down { version } => down(version.as_deref()),
        What::Status => status(),
        What::Serve { kubeconfig, certificate, key, port } => runtime.block_on(serve::run(&serve::Options { kubeconfig, certificate, key, port })),
    }
}

/// Starts a plane and fills it; gives it back when its workloads are as they should be.
pub async fn up(wish: Wish, content: Option<seed::Content>) -> Result<Plane> {
    let bin = counterparts::plane(&wish.version)?;
    let this = std::env::current_exe().context("cannot find this program")?;
    let serve: Vec<OsString> = vec![this.into_os_string(), "testbed".into(), "serve".into()];
    let begin = Instant::now();
    let plane = Plane::up(&Programs { bin, serve }, &folder(&wish.version), &wish).await?;
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

fn down(version: Option<&str>) -> Result<()> {
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
        for it in &plane.started {
            println!("  {:<24} process {:<8} {}", it.name, it.pid, if it.is_alive() { "runs" } else { "has ended" });
        }
    }
    Ok(())
}
