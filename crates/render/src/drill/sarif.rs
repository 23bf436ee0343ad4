//! SARIF 2.1.0: a rule a kind of drill, a result a workload or a blocker that stands against surviving.

use std::collections::BTreeMap;
use std::io::{self, Write};

use seatrial_report::drill::{Answer, Drill, Verdict};
use serde_json::{Value, json};

use super::Options;
use crate::sarif::{envelope, uri};

pub fn write(answer: &Answer, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let mut rules: BTreeMap<String, &Drill> = BTreeMap::new();
    for it in &answer.drills {
        rules.entry(rule_id(it)).or_insert(it);
    }
    let results: Vec<Value> = answer.drills.iter().flat_map(|it| results(it, options)).collect();
    let rule =
        |(id, it): (&String, &&Drill)| json!({ "id": id, "shortDescription": { "text": format!("drill: {}", it.drill) }, "properties": { "tags": [it.row] } });
    let open = |it: &Drill| json!({ "level": "warning", "message": { "text": format!("{} could not be answered: {}", it.name(), it.summary) } });
    let notifications = answer.drills.iter().filter(|it| it.verdict == Verdict::Unknown).map(open).collect();
    envelope(rules.iter().map(rule).collect(), true, notifications, results, out)
}

fn rule_id(it: &Drill) -> String {
    format!("drill/{}", it.drill)
}

/// One result a workload that does not survive; for operations that hang, one for what blocks them.
fn results(it: &Drill, options: &Options) -> Vec<Value> {
    if it.verdict >= Verdict::Unknown {
        return Vec::new();
    }
    let level = |verdict: Verdict| if verdict == Verdict::Degraded { "warning" } else { "error" };
    let mut all: Vec<Value> = Vec::new();
    for workload in it.workloads.iter().filter(|it| it.verdict < Verdict::Unknown) {
        let text = format!("{}: {} ({})", workload.object, workload.reason, it.title);
        all.push(result(it, level(workload.verdict), &text, &workload.object, options));
    }
    for row in &it.blocked {
        let text = format!("{}: {} {} = {} blocks {}; {}", it.name(), row.object, row.field, row.value, row.pod, row.fix);
        all.push(result(it, level(it.verdict), &text, &row.object, options));
    }
    if all.is_empty() {
        all.push(result(it, level(it.verdict), &it.summary, &it.target, options));
    }
    all
}

fn result(it: &Drill, level: &str, text: &str, object: &str, options: &Options) -> Value {
    let logical = json!([{ "fullyQualifiedName": object, "kind": "object" }]);
    let place = options.places.iter().find(|place| place.0 == object);
    let location = match place {
        Some((_, file, line)) => json!({
            "physicalLocation": { "artifactLocation": { "uri": uri(file) }, "region": { "startLine": line.max(&1) } },
            "logicalLocations": logical,
        }),
        None => json!({ "logicalLocations": logical }),
    };
    json!({
        "ruleId": rule_id(it),
        "level": level,
        "message": { "text": text },
        "locations": [location],
        "partialFingerprints": { "seatrialDrill/1": format!("{}|{}|{object}", it.drill, it.target) },
    })
}
