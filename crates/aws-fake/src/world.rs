//! What the account holds: answers, and the requests that they are for.

use seatrial_aws::{Call, calls};
use serde_json::{Value, json};

use crate::request::Members;

/// One answer to one operation.
#[derive(Clone, Debug)]
pub struct Entry {
    /// IAM action of the call, such as `eks:DescribeAddon`.
    pub action: String,
    /// Members that a request must have for it, by wire name.
    pub when: Members,
    /// The answer by wire names; in XML, lists are arrays.
    pub answer: Value,
}

/// The account.
#[derive(Clone, Debug, Default)]
pub struct World {
    entries: Vec<Entry>,
}

impl World {
    /// Adds an answer. What is not declared as a call panics: the reader would never ask for it.
    pub fn add(&mut self, action: &str, when: Value, answer: Value) -> &mut Self {
        assert!(calls::all().any(|it| it.action() == action), "no call {action} is declared");
        let when = when.as_object().cloned().unwrap_or_default();
        self.entries.push(Entry { action: action.to_owned(), when, answer });
        self
    }

    /// Takes out the answers to an action.
    pub fn forget(&mut self, action: &str) -> &mut Self {
        self.entries.retain(|it| it.action != action);
        self
    }

    /// Every answer.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The answer to a request; `None` where there is no such thing.
    pub(crate) fn answer(&self, call: &Call, members: &Members) -> Option<Value> {
        let action = call.action();
        let fits = |it: &&Entry| it.action == action && it.when.iter().all(|(key, value)| members.get(key) == Some(value));
        if let Some(entry) = self.entries.iter().find(fits) {
            return Some(filtered(call, members, entry.answer.clone()));
        }
        // An account without any has an empty list.
        let lists = call.operation.starts_with("List") || call.service.name == "ec2" || call.paging.is_some() || call.operation == "GetLifecyclePolicies";
        let names_one = members.keys().any(|it| matches!(it.as_str(), "RoleName" | "repositoryName" | "repositoryNames" | "LoadBalancerArn"));
        (lists && !names_one).then(|| json!({call.must.unwrap_or_default(): []}))
    }
}

/// EC2's filters on ids: `volume-id` keeps what has one of the values as its `volumeId`.
fn filtered(call: &Call, members: &Members, mut answer: Value) -> Value {
    let filters = members.get("Filter").and_then(Value::as_array).cloned().unwrap_or_default();
    for filter in &filters {
        let (Some(name), Some(values)) = (filter["Name"].as_str().and_then(member_of), filter["Value"].as_array()) else { continue };
        let fits = |it: &Value| it.get(name).is_none_or(|id| values.contains(id));
        let Some(list) = call.must.and_then(|it| answer.get_mut(it)).and_then(Value::as_array_mut) else { continue };
        for it in list.iter_mut() {
            if let Some(inner) = it.get_mut("instancesSet").and_then(Value::as_array_mut) {
                inner.retain(|it| fits(it));
            }
        }
        list.retain(|it| fits(it));
    }
    answer
}

fn member_of(filter: &str) -> Option<&'static str> {
    Some(match filter {
        "volume-id" => "volumeId",
        "instance-id" => "instanceId",
        "subnet-id" => "subnetId",
        "vpc-id" => "vpcId",
        "group-id" => "groupId",
        _ => return None,
    })
}
