//! Facts of the AWS account, list by list.

use seatrial_model::Account;
use seatrial_report::diff::{Change, FactChange, FieldChange};
use serde_json::{Map, Value};

use crate::fields;
use crate::noise::Folded;

/// Fields that move by themselves, by fact.
const MOVING: [(&str, &[&str]); 9] = [
    ("node_groups", &["desiredSize"]),
    ("subnets", &["freeIps"]),
    ("auto_scaling_groups", &["desiredCapacity"]),
    ("load_balancers", &["healthyTargets", "unhealthyTargets"]),
    ("repositories", &["images"]),
    ("log_groups", &["storedBytes", "lastEvent"]),
    ("secrets", &["lastRotated", "lastChanged"]),
    ("volume_usage", &["usedBytes"]),
    ("deprecated_calls", &["userAgent"]),
];

/// Facts whose elements come and go by themselves.
const COMING: [(&str, &str); 2] = [("instances", "EC2 instances that came or went"), ("snapshots", "EBS snapshots that came or went")];

/// Every fact that is known on both sides and differs.
pub fn changes(before: &Account, after: &Account, folded: &mut Folded) -> Vec<FactChange> {
    let (before, after) = (facts(before), facts(after));
    let mut all = Vec::new();
    for (field, need) in Account::FACTS {
        let key = camel(field);
        let (Some(a), Some(b)) = (known(before.get(&key)), known(after.get(&key))) else { continue };
        let mut fact = Fact { field, name: need.name(), folded, found: &mut all };
        match (a, b) {
            (Value::Array(a), Value::Array(b)) => fact.lists(a, b),
            (a, b) => fact.both("", a, b),
        }
    }
    all
}

fn facts(account: &Account) -> Map<String, Value> {
    match serde_json::to_value(account) {
        Ok(Value::Object(it)) => it,
        _ => Map::new(),
    }
}

/// A fact that was read; a gap is told with the evidence.
fn known(fact: Option<&Value>) -> Option<&Value> {
    fact.filter(|it| it.get("gap").is_none())
}

/// `node_groups` -> `nodeGroups`, as the account writes it.
fn camel(field: &str) -> String {
    let mut parts = field.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |all, part| {
        let (head, tail) = part.split_at(part.len().min(1));
        all + &head.to_uppercase() + tail
    })
}

struct Fact<'a> {
    field: &'a str,
    name: &'static str,
    folded: &'a mut Folded,
    found: &'a mut Vec<FactChange>,
}

impl Fact<'_> {
    fn lists(&mut self, before: &[Value], after: &[Value]) {
        let Some((a, b)) = self.named(before, after) else {
            return self.whole(before, after);
        };
        let coming = COMING.iter().find(|it| it.0 == self.field).map(|it| it.1);
        for (name, value) in &b {
            match (a.get(name), coming) {
                (Some(was), _) => self.both(name, was, value),
                (None, Some(what)) => self.folded.add(what, 1),
                (None, None) => self.say(name, Change::Added, Vec::new()),
            }
        }
        for name in a.keys().filter(|it| !b.contains_key(*it)) {
            match coming {
                Some(what) => self.folded.add(what, 1),
                None => self.say(name, Change::Removed, Vec::new()),
            }
        }
    }

    /// Elements by their names; of a list of names each is its own.
    fn named<'v>(&self, before: &'v [Value], after: &'v [Value]) -> Option<(Named<'v>, Named<'v>)> {
        if before.iter().chain(after).all(Value::is_string) {
            let own = |list: &'v [Value]| list.iter().filter_map(|it| Some((it.as_str()?.to_owned(), it))).collect();
            return Some((own(before), own(after)));
        }
        fields::names_of(before, after)
    }

    fn whole(&mut self, before: &[Value], after: &[Value]) {
        self.both("", &Value::Array(before.to_vec()), &Value::Array(after.to_vec()));
    }

    fn both(&mut self, name: &str, before: &Value, after: &Value) {
        let mut found = Vec::new();
        fields::compare("", before, after, &mut found);
        let moving = MOVING.iter().find(|it| it.0 == self.field).map_or(&[][..], |it| it.1);
        let all = found.len();
        found.retain(|it| !moving.iter().any(|field| it.path == *field || it.path.starts_with(&format!("{field}["))));
        self.folded.add("figures of AWS that move by themselves", all - found.len());
        if !found.is_empty() {
            self.say(name, Change::Changed, found);
        }
    }

    fn say(&mut self, name: &str, change: Change, fields: Vec<FieldChange>) {
        self.found.push(FactChange { change, fact: self.name.to_owned(), name: name.to_owned(), fields });
    }
}

type Named<'v> = std::collections::BTreeMap<String, &'v Value>;
