//! The pictures of the HTML page: the cluster by zones, and serving pods over time.

use maud::{Markup, html};
use seatrial_report::drill::{Drill, Fate, Node, Workload};

use super::{chart, clock};

const COLUMN: usize = 230;
const GAP: usize = 14;
const POD: usize = 13;
const POD_ROW: usize = 14;
const NODE_HEAD: usize = 50;
/// Nodes of a zone beyond this are counted, not drawn.
const MOST_NODES: usize = 24;

/// Zones as columns, nodes with fill bars, a sign for each pod.
pub fn zones(drill: &Drill) -> Markup {
    let columns = drill.zones.len().max(1);
    let heights: Vec<usize> = drill.zones.iter().map(|it| 30 + it.nodes.iter().take(MOST_NODES).map(|it| node_height(it) + GAP).sum::<usize>() + 20).collect();
    let (width, height) = (columns * (COLUMN + GAP), heights.iter().copied().max().unwrap_or(60));
    let text: Vec<String> =
        [Fate::Kept, Fate::Moved, Fate::Pending, Fate::Lost].into_iter().map(|it| format!("{} pods {}", drill.pods.count(it), it.word())).collect();
    html! {
        svg.zones viewBox=(format!("0 0 {width} {height}")) style=(format!("max-width:{width}px")) role="img" aria-label=(format!("The cluster by zones: {}", text.join(", "))) {
            @for (at, zone) in drill.zones.iter().enumerate() {
                @let x = at * (COLUMN + GAP);
                @let lost = !zone.nodes.is_empty() && zone.nodes.iter().all(|it| it.lost);
                text.zone x=(x) y="16" { (if zone.name.is_empty() { "no zone" } else { &zone.name }) @if lost { " - lost" } }
                @for (y, it) in places(&zone.nodes) { (node(it, x, y)) }
                @if zone.nodes.len() > MOST_NODES {
                    @let y = places(&zone.nodes).last().map_or(30, |it| it.0 + node_height(it.1) + GAP);
                    text.small x=(x) y=(y + 10) { "and " (zone.nodes.len() - MOST_NODES) " more nodes" }
                }
            }
        }
    }
}

fn places(nodes: &[Node]) -> Vec<(usize, &Node)> {
    let mut y = 28;
    let mut all = Vec::new();
    for it in nodes.iter().take(MOST_NODES) {
        all.push((y, it));
        y += node_height(it) + GAP;
    }
    all
}

fn per_row() -> usize {
    (COLUMN - 16) / POD
}

fn node_height(it: &Node) -> usize {
    NODE_HEAD + it.pods.len().div_ceil(per_row()).max(1) * POD_ROW + 6
}

fn node(it: &Node, x: usize, y: usize) -> Markup {
    let short: String = it.name.split('.').next().unwrap_or(&it.name).chars().take(26).collect();
    let state = match (it.lost, it.cordoned) {
        (true, _) => "lost",
        (_, true) => "cordoned",
        _ => "",
    };
    let bar = |share: f64| (share * (COLUMN as f64 - 100.0)) as usize;
    html! {
        g {
            title { (it.name) " " (it.group) " " (state) ": " (it.pods.len()) " pods" @if it.left > 0 { ", " (it.left) " left" } }
            rect class={ "node " (state) } x=(x + 1) y=(y) width=(COLUMN - 2) height=(node_height(it)) rx="4" {}
            text.name x=(x + 8) y=(y + 15) { (short) @if !state.is_empty() { " (" (state) ")" } }
            @if !it.lost {
                text.small x=(x + 8) y=(y + 29) { "cpu" }
                rect.empty x=(x + 38) y=(y + 22) width=(COLUMN - 100) height="7" {}
                rect.full x=(x + 38) y=(y + 22) width=(bar(it.cpu)) height="7" {}
                text.small x=(x + COLUMN - 54) y=(y + 29) { (format!("{:.0} %", it.cpu * 100.0)) }
                text.small x=(x + 8) y=(y + 41) { "mem" }
                rect.empty x=(x + 38) y=(y + 34) width=(COLUMN - 100) height="7" {}
                rect.full x=(x + 38) y=(y + 34) width=(bar(it.memory)) height="7" {}
                text.small x=(x + COLUMN - 54) y=(y + 41) { (format!("{:.0} %", it.memory * 100.0)) }
            }
            @for (at, pod) in it.pods.iter().enumerate() {
                (sign(pod.fate, x + 8 + (at % per_row()) * POD, y + NODE_HEAD + (at / per_row()) * POD_ROW, &pod.name))
            }
            @if it.left > 0 && it.pods.is_empty() { text.small x=(x + 8) y=(y + NODE_HEAD + 10) { (it.left) @if it.left == 1 { " pod was here" } @else { " pods were here" } } }
            @else if it.pods.is_empty() { text.small x=(x + 8) y=(y + NODE_HEAD + 10) { "no pods but DaemonSets'" } }
        }
    }
}

/// A shape for each fate, so that colour is not the only difference.
pub fn sign(fate: Fate, x: usize, y: usize, name: &str) -> Markup {
    html! {
        g class={ "pod " (fate.word()) } {
            title { (name) ": " (fate.word()) }
            @match fate {
                Fate::Kept => { rect x=(x) y=(y) width="10" height="10" rx="1" {} }
                Fate::Moved => { path d=(format!("M{} {y} l5.5 10 h-11 z", x + 5)) {} }
                Fate::Pending => { circle cx=(x + 5) cy=(y + 5) r="4.2" {} }
                Fate::Lost => { path d=(format!("M{x} {y} l10 10 M{} {y} l-10 10", x + 10)) {} }
            }
        }
    }
}

/// Steps of serving pods, the budget's floor dashed, one panel a workload; the axis gives each change the same room.
pub fn steps(drill: &Drill, it: &Workload) -> Markup {
    const WIDTH: f64 = 640.0;
    const HEIGHT: f64 = 96.0;
    let all = chart::moments(drill, &[it]);
    let moments: Vec<f64> = if all.len() > 14 { all[..13].iter().chain(all.last()).copied().collect() } else { all };
    let most = it.before.max(it.ready.iter().map(|it| it.1).max().unwrap_or(0)).max(1) as f64;
    // The first slot is the time before.
    let slot = (WIDTH - 40.0) / (moments.len() + 1) as f64;
    let x = |at: usize| 30.0 + (at + 1) as f64 * slot;
    let y = |pods: f64| 12.0 + (HEIGHT - 34.0) * (1.0 - pods / most);
    let mut path = format!("M30 {:.1} H{:.1} ", y(it.before as f64), x(0));
    for (at, moment) in moments.iter().enumerate() {
        let level = y(chart::serving(it, *moment) as f64);
        path.push_str(&format!("L{:.1} {level:.1} H{:.1} ", x(at), x(at + 1)));
    }
    html! {
        figure {
            figcaption { strong { (it.object) } " - " (it.reason) }
            svg.steps viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) role="img" aria-label=(format!("{}: serving pods over time, {} before, {} at the worst, {} at the end", it.object, it.before, it.min_ready, it.after)) {
                text.small x="4" y=(y(most) + 4.0) { (most as u64) }
                text.small x="4" y=(y(0.0) + 4.0) { "0" }
                line.axis x1="30" x2=(WIDTH - 10.0) y1=(y(0.0)) y2=(y(0.0)) {}
                @if let Some(floor) = it.floor {
                    line.floor x1="30" x2=(WIDTH - 10.0) y1=(y(floor.min(most as u64) as f64)) y2=(y(floor.min(most as u64) as f64)) {}
                    text.small x=(WIDTH - 92.0) y=(y(floor.min(most as u64) as f64) - 3.0) { "budget: " (floor) }
                }
                path.serving d=(path) {}
                text.small x="30" y=(HEIGHT - 6.0) { "before" }
                @for (at, moment) in moments.iter().enumerate() { text.small x=(x(at)) y=(HEIGHT - 6.0) { (clock(*moment)) } }
            }
        }
    }
}
