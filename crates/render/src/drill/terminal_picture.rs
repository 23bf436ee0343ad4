//! The cluster by zones for a terminal: zones as columns, nodes with fill bars, a sign for each pod.

use anstyle::{AnsiColor, Style};
use seatrial_report::drill::{Drill, Fate, Node};

use crate::paint::Paint;

/// Nodes of a zone beyond this are counted, not drawn.
const MOST_NODES: usize = 6;
/// Pods of a node beyond this are counted, not drawn.
const MOST_PODS: usize = 24;
const BAR: usize = 8;

/// A piece of text, and how it is painted.
type Piece = (String, Style);

/// The lines of the picture.
pub fn lines(drill: &Drill, width: usize, paint: &Paint) -> Vec<String> {
    if drill.zones.is_empty() {
        return Vec::new();
    }
    let across = drill.zones.len().clamp(1, (width / 26).max(1));
    let column = (width / across).saturating_sub(1).clamp(22, 40);
    let mut out = Vec::new();
    for zones in drill.zones.chunks(across) {
        let columns: Vec<Vec<Vec<Piece>>> = zones.iter().map(|zone| zone_lines(&zone.name, &zone.nodes, column)).collect();
        let height = columns.iter().map(Vec::len).max().unwrap_or(0);
        for row in 0..height {
            let mut line = String::from("  ");
            for (at, lines) in columns.iter().enumerate() {
                let pieces = lines.get(row).cloned().unwrap_or_default();
                let used: usize = pieces.iter().map(|it| it.0.chars().count()).sum();
                pieces.iter().for_each(|it| line.push_str(&paint.with(it.1, &it.0)));
                if at + 1 < columns.len() {
                    line.push_str(&" ".repeat((column + 1).saturating_sub(used)));
                }
            }
            out.push(line.trim_end().to_owned());
        }
    }
    out.push(String::new());
    out.push(format!("  {}", legend(drill, paint)));
    out
}

fn zone_lines(name: &str, nodes: &[Node], width: usize) -> Vec<Vec<Piece>> {
    let plain = Style::new();
    let lost = nodes.iter().all(|it| it.lost) && !nodes.is_empty();
    let title = if name.is_empty() { "no zone" } else { name };
    let mut lines = vec![vec![(cut(&format!("{title}{}", if lost { " - LOST" } else { "" }), width), if lost { red().bold() } else { plain.bold() })]];
    for node in nodes.iter().take(MOST_NODES) {
        let short = node.name.split('.').next().unwrap_or(&node.name);
        let state = match (node.lost, node.cordoned) {
            (true, _) => " LOST",
            (_, true) => " cordoned",
            _ => "",
        };
        lines.push(vec![
            (cut(short, width.saturating_sub(state.len())), if node.lost { red() } else { plain }),
            (state.to_owned(), if node.lost { red().bold() } else { AnsiColor::Yellow.on_default() }),
        ]);
        if !node.lost {
            lines.push(vec![
                (format!("{} cpu {:>3.0}%", bar(node.cpu), node.cpu * 100.0), plain.dimmed()),
                (format!("  mem {:>3.0}%", node.memory * 100.0), plain.dimmed()),
            ]);
        }
        lines.push(pods(node, width));
    }
    if nodes.len() > MOST_NODES {
        let rest = &nodes[MOST_NODES..];
        lines.push(vec![(and_more(rest.len(), rest.iter().map(|it| it.pods.len()).sum()), plain.dimmed())]);
    }
    lines.push(Vec::new());
    lines
}

fn pods(node: &Node, width: usize) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let most = MOST_PODS.min(width.saturating_sub(8));
    for it in node.pods.iter().take(most) {
        pieces.push((sign(it.fate).to_owned(), colour(it.fate)));
    }
    if node.pods.len() > most {
        pieces.push((format!(" +{}", node.pods.len() - most), Style::new().dimmed()));
    }
    if node.left > 0 {
        let blank = if pieces.is_empty() { "" } else { " " };
        pieces.push((format!("{blank}({} left)", node.left), Style::new().dimmed()));
    } else if pieces.is_empty() {
        pieces.push(("no pods".to_owned(), Style::new().dimmed()));
    }
    pieces
}

fn bar(share: f64) -> String {
    let full = (share * BAR as f64).round() as usize;
    "█".repeat(full.min(BAR)) + &"░".repeat(BAR - full.min(BAR))
}

fn sign(it: Fate) -> &'static str {
    match it {
        Fate::Kept => "■",
        Fate::Moved => "▲",
        Fate::Pending => "?",
        Fate::Lost => "x",
    }
}

fn red() -> Style {
    AnsiColor::Red.on_default()
}

fn colour(it: Fate) -> Style {
    match it {
        Fate::Kept => Style::new(),
        Fate::Moved => AnsiColor::Green.on_default(),
        Fate::Pending => AnsiColor::Yellow.on_default(),
        Fate::Lost => red(),
    }
}

fn legend(drill: &Drill, paint: &Paint) -> String {
    let parts: Vec<String> = [Fate::Kept, Fate::Moved, Fate::Pending, Fate::Lost]
        .into_iter()
        .map(|it| format!("{} {} {}", paint.with(colour(it), sign(it)), drill.pods.count(it), it.word()))
        .collect();
    let daemons = "DaemonSet pods are not drawn";
    format!("Pods: {}   {}", parts.join("   "), paint.with(Style::new().dimmed(), daemons))
}

fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width { text.to_owned() } else { text.chars().take(width.saturating_sub(1)).chain(std::iter::once('…')).collect() }
}

fn and_more(nodes: usize, pods: usize) -> String {
    let plural = |n: usize| if n == 1 { "" } else { "s" };
    format!("and {nodes} more node{}, {pods} pod{}", plural(nodes), plural(pods))
}
