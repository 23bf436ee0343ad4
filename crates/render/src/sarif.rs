//! SARIF 2.1.0, with real regions; suppressed findings are there as suppressed results.

use std::collections::BTreeMap;
use std::io::{self, Write};

use seatrial_report::{CheckCard, Confidence, Finding, Location, Report, Role, Severity};
use serde_json::{Value, json};

use crate::Options;

pub fn write(report: &Report, _: &Options, out: &mut dyn Write) -> io::Result<()> {
    let mut rules: BTreeMap<&str, &Finding> = BTreeMap::new();
    for it in &report.findings {
        rules.entry(&it.check).or_insert(it);
    }
    let index: BTreeMap<&str, usize> = rules.keys().enumerate().map(|(at, id)| (*id, at)).collect();
    let notifications: Vec<Value> = report.coverage.unread.iter().map(|it| {
        json!({ "level": "error", "message": { "text": it.reason }, "locations": [{ "physicalLocation": physical(&it.file, it.line.max(1), it.column.max(1), None) }] })
    }).collect();
    let rules = rules.values().map(|it| rule(it, report.cards.iter().find(|card| card.check == it.check))).collect();
    let results = report.findings.iter().map(|it| result(it, index.get(it.check.as_str()).copied().unwrap_or(0))).collect();
    envelope(rules, report.coverage.unread.is_empty(), notifications, results, out)
}

/// The document around rules and results: one run of this program.
pub(crate) fn envelope(rules: Vec<Value>, successful: bool, notifications: Vec<Value>, results: Vec<Value>, out: &mut dyn Write) -> io::Result<()> {
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "seatrial", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
            "columnKind": "unicodeCodePoints",
            "invocations": [{ "executionSuccessful": successful, "toolExecutionNotifications": notifications }],
            "results": results,
        }],
    });
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

fn rule(it: &Finding, card: Option<&CheckCard>) -> Value {
    let title = card.map_or(it.check.as_str(), |it| it.title.as_str());
    let mut help = format!("{}\n\n{}", it.fix.description, card.map_or("", |it| it.verify.as_str())).trim_end().to_owned();
    for source in card.map_or(&[] as &[String], |it| it.sources.as_slice()) {
        help.push_str(&format!("\n{source}"));
    }
    json!({
        "id": it.check,
        "shortDescription": { "text": title },
        "fullDescription": { "text": card.map_or(title, |it| it.why.as_str()) },
        "help": { "text": help },
        "properties": { "tags": [it.row], "precision": precision(it.confidence), "security-severity": score(it.severity) },
    })
}

fn precision(it: Confidence) -> &'static str {
    match it {
        Confidence::High => "very-high",
        Confidence::Medium => "high",
        Confidence::Low => "medium",
    }
}

/// GitHub sorts code scanning alerts by this.
fn score(it: Severity) -> &'static str {
    match it {
        Severity::Error => "9.0",
        Severity::High => "7.5",
        Severity::Medium => "5.0",
        Severity::Low => "2.0",
    }
}

fn level(it: Severity) -> &'static str {
    match it {
        Severity::Error | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "note",
    }
}

fn result(it: &Finding, rule: usize) -> Value {
    let (primary, related): (Vec<&Location>, Vec<&Location>) = it.locations.iter().partition(|it| it.role == Role::Primary);
    let mut value = json!({
        "ruleId": it.check,
        "ruleIndex": rule,
        "level": level(it.severity),
        "message": { "text": format!("{}. {}", it.message, it.fix.description) },
        "locations": primary.iter().map(|place| location(place, it)).collect::<Vec<_>>(),
        "partialFingerprints": { "seatrial/v1": it.fingerprint },
    });
    if !related.is_empty() {
        let related: Vec<Value> = related
            .iter()
            .enumerate()
            .map(|(at, place)| {
                let mut value = location(place, it);
                value["id"] = json!(at + 1);
                value["message"] = json!({ "text": place.note.clone().unwrap_or_default() });
                value
            })
            .collect();
        value["relatedLocations"] = json!(related);
    }
    if let Some(ignored) = &it.ignored {
        let kind = if ignored.source.starts_with("annotation") || ignored.source.contains(':') { "inSource" } else { "external" };
        value["suppressions"] = json!([{ "kind": kind, "justification": format!("{} ({})", ignored.reason, ignored.source) }]);
    }
    value
}

fn location(place: &Location, it: &Finding) -> Value {
    let logical = json!([{ "fullyQualifiedName": it.object.to_string(), "kind": "object" }]);
    if place.line == 0 {
        return json!({ "logicalLocations": logical });
    }
    json!({
        "physicalLocation": physical(&place.file, place.line, place.column, Some((place.end_line, place.end_column))),
        "logicalLocations": logical,
    })
}

fn physical(file: &str, line: u32, column: u32, end: Option<(u32, u32)>) -> Value {
    let mut region = json!({ "startLine": line, "startColumn": column });
    if let Some((line, column)) = end {
        region["endLine"] = json!(line);
        region["endColumn"] = json!(column);
    }
    json!({ "artifactLocation": { "uri": uri(file) }, "region": region })
}

/// A path as a relative URI: blanks and the like escaped.
pub(crate) fn uri(path: &str) -> String {
    let path = path.strip_prefix("./").unwrap_or(path);
    let mut text = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' | b'@' | b'+' => text.push(byte as char),
            _ => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}
