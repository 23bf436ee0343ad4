//! `cargo xtask bench`: the release binary on fixed inputs, as a whole process.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::{scale, target, top};

/// What promises are made for.
const CORES: f64 = 2.0;

/// A measurement and its promise.
struct Case {
    name: &'static str,
    arguments: Vec<String>,
    /// Seconds that the README promises, on two cores.
    promised: f64,
    /// Peak memory that the README promises, in MiB.
    memory: Option<u64>,
}

/// Runs every case and prints a table.
pub fn run(runs: usize, gate: bool, scale: bool) -> Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo).current_dir(top()).args(["build", "--release", "--locked", "-p", "seatrial-cli"]).status()?;
    if !built.success() {
        bail!("the release build failed");
    }
    let binary = target().join("release/seatrial");
    let folder = target().join("bench");
    if scale {
        return scale::run(&binary, &folder, gate);
    }
    let mut missed = Vec::new();
    println!("{:44} {:>9} {:>9} {:>9} {:>9}", "whole process, 2 cores", "min s", "median s", "promise s", "peak MiB");
    for case in cases(&folder)? {
        let mut times = Vec::new();
        let mut peak = 0;
        let mut least = f64::MAX;
        for _ in 0..=runs {
            let it = once(&binary, &case.arguments)?;
            times.push(it.seconds);
            peak = peak.max(it.memory.unwrap_or(0));
            least = least.min(it.cpu.unwrap_or(it.seconds * CORES));
        }
        // The first run warms the page cache.
        times.remove(0);
        times.sort_by(f64::total_cmp);
        let median = times[times.len() / 2];
        println!(
            "{:44} {:9.4} {:9.4} {:9.3} {:9}",
            case.name,
            times[0],
            median,
            case.promised,
            if peak > 0 { (peak / 1024).to_string() } else { "-".to_owned() }
        );
        // Twice the promise, in CPU seconds; who waits has that long by the clock. The machine is shared, and a gate that cries wolf is switched off.
        if least.max(times[0]) > 2.0 * CORES * case.promised || case.memory.is_some_and(|it| peak / 1024 > it) {
            missed.push(case.name);
        }
    }
    if gate && !missed.is_empty() {
        bail!("missed: {}", missed.join(", "));
    }
    Ok(())
}

fn cases(folder: &Path) -> Result<Vec<Case>> {
    let files = thousand_files(&folder.join("files"))?;
    let text = |it: &Path| it.display().to_string();
    let mut cases = vec![
        Case { name: "--help", arguments: vec!["--help".to_owned()], promised: 0.015, memory: None },
        Case { name: "check --demo", arguments: ["check", "--demo"].map(str::to_owned).to_vec(), promised: 0.1, memory: None },
        Case { name: "check, 1,000 files (Deployment + Service)", arguments: vec!["check".to_owned(), text(&files)], promised: 0.08, memory: Some(60) },
    ];
    if let Some(it) = recording(&folder.join("recording"), ["1000", "20000"])? {
        cases.push(Case { name: "check, recording of 1,000 nodes, 20,000 pods", arguments: vec!["check".to_owned(), text(&it)], promised: 1.0, memory: None });
    }
    if let Some(it) = recording(&folder.join("town"), ["100", "2000"])? {
        let arguments = ["drill", "node", "--each", "--seeds", "1", "--from", &text(&it)].map(str::to_owned).to_vec();
        cases.push(Case { name: "drill, each of 100 nodes lost, 2,000 pods", arguments, promised: 1.0, memory: None });
    }
    Ok(cases)
}

/// A thousand files with a Deployment and a Service each, 1.2 MB.
fn thousand_files(folder: &Path) -> Result<PathBuf> {
    std::fs::create_dir_all(folder)?;
    for n in 0..1000 {
        let path = folder.join(format!("app-{n:04}.yaml"));
        let mut text = String::new();
        let _ = write!(
            text,
            "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: app-{n}\n  namespace: team-{0}\n  labels: {{app.kubernetes.io/name: app-{n}}}\nspec:\n  replicas: 3\n  selector:\n    matchLabels:\n      app: app-{n}\n  template:\n    metadata:\n      labels:\n        app: app-{n}\n    spec:\n      serviceAccountName: app-{n}\n      containers:\n      - name: app\n        image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/app-{n}:1.{n}.0\n        ports:\n        - name: http\n          containerPort: 8080\n        resources:\n          requests: {{cpu: 100m, memory: 128Mi}}\n          limits: {{cpu: 500m, memory: 256Mi}}\n        readinessProbe:\n          httpGet: {{path: /ready, port: http}}\n          periodSeconds: 10\n        env:\n        - name: LOG_LEVEL\n          value: info\n        - name: REGION\n          value: us-east-1\n---\napiVersion: v1\nkind: Service\nmetadata:\n  name: app-{n}\n  namespace: team-{0}\nspec:\n  selector:\n    app: app-{n}\n  ports:\n  - name: http\n    port: 80\n    targetPort: http\n",
            n % 50
        );
        if std::fs::read_to_string(&path).is_ok_and(|it| it == text) {
            continue;
        }
        std::fs::write(&path, text)?;
    }
    Ok(folder.to_owned())
}

/// A synthetic recording of so many nodes and pods, where the generator of the shared corpus is at hand.
fn recording(out: &Path, [nodes, pods]: [&str; 2]) -> Result<Option<PathBuf>> {
    let Some(corpus) = std::env::var_os("SEATRIAL_CORPUS") else {
        eprintln!("skipped the recording: SEATRIAL_CORPUS is not set");
        return Ok(None);
    };
    let file = out.join("all.json");
    if !file.is_file() {
        let script = PathBuf::from(corpus).join("corpus/generate_recording.py");
        let made = Command::new("python3").arg(script).args(["--nodes", nodes, "--pods", pods, "--out"]).arg(out).status().context("cannot start python3")?;
        if !made.success() {
            bail!("the generator of recordings failed");
        }
    }
    Ok(Some(file))
}

/// One run, measured from outside.
#[derive(Debug)]
pub struct Run {
    /// Wall seconds.
    pub seconds: f64,
    /// CPU seconds of another run like it, where `/usr/bin/time` is at hand.
    pub cpu: Option<f64>,
    /// Its peak memory in KiB.
    pub memory: Option<u64>,
}

/// Runs it twice: for the wall clock, and for what the operating system accounts.
pub fn once(binary: &Path, arguments: &[String]) -> Result<Run> {
    let time = Path::new("/usr/bin/time");
    let (mut memory, mut cpu) = (None, None);
    if time.is_file() {
        let output = Command::new(time).args(["-f", "%M %U %S"]).arg(binary).args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).output()?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let fields: Vec<f64> = said.lines().last().unwrap_or_default().split_whitespace().filter_map(|it| it.parse().ok()).collect();
        if let [kib, user, system] = fields[..] {
            (memory, cpu) = (Some(kib as u64), Some(user + system));
        }
    }
    let start = Instant::now();
    let status = Command::new(binary).args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
    if !matches!(status.code(), Some(0 | 1 | 3)) {
        bail!("{} {} ended with {status}", binary.display(), arguments.join(" "));
    }
    Ok(Run { seconds: start.elapsed().as_secs_f64(), cpu, memory })
}
