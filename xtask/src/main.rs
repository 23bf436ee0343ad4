//! The project's own automation: `cargo xtask --help`.

mod bench;
mod counterparts;
mod docs;
mod drill_docs;
mod kube_facts;
mod oracle;
mod scale;
mod scenarios;
mod schema;
mod schema_builtin;
mod sim_bench;
mod test;
mod testbed;
mod traces;
mod verdicts;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Run every test, with the real counterparts that can be had here
    Test {
        /// Arguments of `cargo test`, to run less: `-p seatrial-testbed`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        chosen: Vec<std::ffi::OsString>,
    },
    /// A real control plane on this machine, with nodes and workloads: start it, end it, look at it
    Testbed {
        #[command(subcommand)]
        what: testbed::What,
    },
    /// Write the generated documentation, or check that it is fresh
    Docs {
        /// Change nothing, fail when something is stale
        #[arg(long)]
        check: bool,
    },
    /// Make the tables of kinds and fields anew from the modules that define them
    Schema,
    /// Compare with what a real API server answered to every object of a folder
    Verdicts {
        /// The folder
        dir: String,
        /// Print totals as JSON
        #[arg(long)]
        json: bool,
    },
    /// Compare with what other tools say of labelled cases
    Oracle {
        /// The folder with `verdicts.jsonl` and the files it names
        dir: PathBuf,
        /// Print totals as JSON
        #[arg(long)]
        json: bool,
    },
    /// Replay what a real scheduler and real controllers did, and print how far the simulation agrees
    Traces {
        /// The folder with the recordings
        dir: String,
        /// Print totals as JSON
        #[arg(long)]
        json: bool,
    },
    /// Run Kubernetes' own table tests on the simulation
    KubeFacts {
        /// The folder with the tables
        dir: String,
        /// Print totals as JSON
        #[arg(long)]
        json: bool,
    },
    /// Measure the simulation on a recording
    SimBench {
        /// The recording
        recording: String,
        /// Print figures as JSON
        #[arg(long)]
        json: bool,
    },
    /// Measure the release binary on fixed inputs
    Bench {
        /// Counted runs of each measurement
        #[arg(long, default_value_t = 7)]
        runs: usize,
        /// Fail when a promise of the README is missed by more than the machine's noise
        #[arg(long)]
        gate: bool,
        /// Measure clusters of up to a million objects instead
        #[arg(long)]
        scale: bool,
    },
}

fn main() -> ExitCode {
    let done = match Cli::parse().task {
        Task::Traces { dir, json } => return traces::run(&with_flag(dir, json)),
        Task::KubeFacts { dir, json } => return kube_facts::run(&with_flag(dir, json)),
        Task::SimBench { recording, json } => return sim_bench::run(&with_flag(recording, json)),
        Task::Test { chosen } => test::run(chosen),
        Task::Testbed { what } => testbed::run(what),
        Task::Docs { check } => docs::run(check),
        Task::Schema => schema::run(&[]).map_err(anyhow::Error::msg),
        Task::Verdicts { dir, json } => verdicts::run(&with_flag(dir, json)).map_err(anyhow::Error::msg),
        Task::Oracle { dir, json } => oracle::run(&dir, json),
        Task::Bench { runs, gate, scale } => bench::run(runs, gate, scale),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The repository's top folder.
fn top() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).parent().map(PathBuf::from).unwrap_or_default()
}

/// Where Cargo builds to.
fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| top().join("target"), PathBuf::from)
}

/// A folder, and `--json` where it was asked for.
fn with_flag(dir: String, json: bool) -> Vec<String> {
    let mut arguments = vec![dir];
    if json {
        arguments.push("--json".to_owned());
    }
    arguments
}
