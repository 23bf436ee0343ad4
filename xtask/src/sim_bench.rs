//! `cargo xtask sim-bench RECORDING`: places all pods of a recording from nothing, loses each zone and takes it back, then loses each of
//! its first nodes as drills do; prints seconds and memory.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use seatrial_drill::{Latencies, Request, World};
use seatrial_model::cluster::{Cluster, Head};
use seatrial_model::{Scope, Snapshot, Version};
use seatrial_sim::{NodeFacts, NodeId, PodFacts, PodId, Scheduler, State};
use serde_json::{Value, json};

/// Entry point.
pub fn run(args: &[String]) -> ExitCode {
    let Some(dir) = args.iter().find(|it| !it.starts_with("--")) else {
        eprintln!("usage: cargo xtask sim-bench RECORDING [--json]");
        return ExitCode::from(2);
    };
    match bench(Path::new(dir)) {
        Ok(figures) if args.iter().any(|it| it == "--json") => println!("{}", serde_json::to_string_pretty(&figures).unwrap_or_default()),
        Ok(figures) => figures.as_object().into_iter().flatten().for_each(|(name, value)| println!("{name}: {value}")),
        Err(why) => {
            eprintln!("error: {why}");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}

/// Reads `all.json`, one object a line, into the state: every pod still to be placed. Only a part of the objects is held at a time.
/// Attachments are left out, since they belong to the recorded places.
pub(crate) fn read(dir: &Path) -> Result<(State, Vec<PodId>), String> {
    let (mut state, mut pods) = (State::new(Version::minor(36)), Vec::new());
    objects(dir, AT_ONCE, |cluster| take(&mut state, &mut pods, cluster))?;
    Ok((state, pods))
}

/// Reads `all.json` and hands its objects on, so many at a time.
fn objects(dir: &Path, at_once: usize, mut take: impl FnMut(Cluster)) -> Result<(), String> {
    let file = std::fs::File::open(dir.join("all.json")).map_err(|it| it.to_string())?;
    let (mut cluster, mut held) = (Cluster::default(), 0);
    for line in BufReader::new(file).lines() {
        let line = line.map_err(|it| it.to_string())?;
        let text = line.trim().trim_end_matches(',');
        // The first line opens the List, the last one closes it; endpoint slices play no part.
        if !text.starts_with("{\"apiVersion\"") || text.contains("\"kind\":\"List\"") || text.contains("\"kind\":\"EndpointSlice\"") {
            continue;
        }
        let head: Head = serde_json::from_str(text).map_err(|it| it.to_string())?;
        let mut body = serde_json::Deserializer::from_str(text);
        cluster.add(head, None, &mut body).map_err(|it| it.to_string())?;
        held += 1;
        if held == at_once {
            take(std::mem::take(&mut cluster));
            held = 0;
        }
    }
    take(cluster);
    Ok(())
}

/// Each of these nodes is lost, one at a time: what a drill takes beside reading and printing, after a first round that nobody measures.
fn drills(dir: &Path) -> Result<Value, String> {
    let mut snapshot = Snapshot::empty(Scope::Cluster, jiff::Timestamp::UNIX_EPOCH);
    objects(dir, usize::MAX, |cluster| snapshot.cluster = cluster)?;
    snapshot.cluster.finish();
    let start = Instant::now();
    let mut world = World::of(&snapshot, None, None, &Latencies::default()).map_err(|it| it.message().to_owned())?;
    let world_seconds = start.elapsed().as_secs_f64();
    // A drill costs what waits and what is below it in priority, and with the cluster both grow.
    let lost = (LOST * TOWN / snapshot.cluster.pods.len().max(TOWN)).max(1);
    let targets: Vec<String> = world.state.node_ids().take(lost).map(|it| world.state.node_name(it).to_string()).collect();
    let request = Request { targets, seeds: 1, ..Request::default() };
    let card = seatrial_drill::find("node").ok_or("no drill on nodes")?;
    let mut seconds = f64::MAX;
    // The first round makes what later ones find.
    for _ in 0..2 {
        let start = Instant::now();
        seatrial_drill::rehearse(&mut world, card, &request).map_err(|it| it.message().to_owned())?;
        seconds = seconds.min(start.elapsed().as_secs_f64());
    }
    let count = request.targets.len();
    Ok(json!({"drills": count, "worldSeconds": world_seconds, "seconds": seconds, "millisecondsEach": 1e3 * seconds / count.max(1) as f64}))
}

/// Nodes that are lost one at a time, out of the first ones, in a town of so many pods.
const LOST: usize = 100;
const TOWN: usize = 2_000;

/// Objects that are held at a time.
const AT_ONCE: usize = 10_000;

fn take(state: &mut State, ids: &mut Vec<PodId>, mut cluster: Cluster) {
    cluster.finish();
    state.load_selectors(&cluster);
    cluster.nodes.iter().for_each(|it| {
        state.add_node(NodeFacts::of(it));
    });
    state.load_volumes(&cluster);
    ids.extend(cluster.pods.iter().filter(|it| !it.is_finished()).map(|it| state.add_pod(&PodFacts::of(it))));
}

fn bench(dir: &Path) -> Result<Value, String> {
    let start = Instant::now();
    let (mut state, pods) = read(dir)?;
    let read_seconds = start.elapsed().as_secs_f64();
    let state_memory = memory("VmRSS");

    let mut scheduler = Scheduler::new(1);
    let (start, cpu) = (Instant::now(), cpu_seconds());
    let placed = pods.iter().filter(|it| scheduler.place(&mut state, **it).is_some()).count();
    let (place_seconds, place_cpu) = (start.elapsed().as_secs_f64(), cpu_seconds() - cpu);

    let losses: BTreeMap<String, Value> = zones(&state).into_iter().map(|(zone, nodes)| (zone, lose(&mut state, &mut scheduler, &nodes))).collect();
    let (placed_memory, peak) = (memory("VmRSS"), memory("VmHWM"));
    let (nodes, count) = (state.node_count(), pods.len());
    drop(state);
    let node_losses = drills(dir)?;
    Ok(json!({
        "nodes": nodes,
        "pods": count,
        "placed": placed,
        "readSeconds": read_seconds,
        "placeSeconds": place_seconds,
        "placeCpuSeconds": place_cpu,
        "podsPerSecond": (placed as f64 / place_seconds).round(),
        "zoneLoss": losses,
        "nodeLoss": node_losses,
        "memoryBeforePlacingMiB": state_memory,
        "memoryMiB": placed_memory,
        "peakMemoryMiB": peak,
    }))
}

fn zones(state: &State) -> BTreeMap<String, Vec<NodeId>> {
    let mut zones: BTreeMap<String, Vec<NodeId>> = BTreeMap::new();
    for node in state.node_ids() {
        let zone = state.node_labels(node).get("topology.kubernetes.io/zone").map_or("none", |it| it.as_str());
        zones.entry(zone.to_owned()).or_default().push(node);
    }
    zones
}

fn lose(state: &mut State, scheduler: &mut Scheduler, nodes: &[NodeId]) -> Value {
    let mark = state.mark();
    let (start, cpu) = (Instant::now(), cpu_seconds());
    let homeless: Vec<PodId> = nodes.iter().flat_map(|it| state.remove_node(*it)).collect();
    let replaced = homeless.iter().filter(|it| scheduler.place(state, **it).is_some()).count();
    let (seconds, cpu) = (start.elapsed().as_secs_f64(), cpu_seconds() - cpu);
    let start = Instant::now();
    state.rollback(mark);
    json!({"pods": homeless.len(), "replaced": replaced, "seconds": seconds, "cpuSeconds": cpu, "rollbackSeconds": start.elapsed().as_secs_f64()})
}

/// Processor time of this process, which other work on the machine does not add to.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let rest = stat.rsplit(')').next().unwrap_or("");
    let ticks = rest.split_whitespace().skip(11).take(2).filter_map(|it| it.parse::<f64>().ok()).sum::<f64>();
    ticks / 100.0
}

/// A line of this process's status, in MiB.
fn memory(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|it| it.starts_with(name)).unwrap_or("");
    line.split_whitespace().nth(1).and_then(|it| it.parse::<u64>().ok()).unwrap_or(0) / 1024
}
