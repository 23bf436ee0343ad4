//! Tables of quotas: what pods, claims and services count as, and which quotas look at them.

use seatrial_model::kinds::nodes::PodStatus;
use seatrial_model::kinds::scaling::ScopeRequirement;
use seatrial_model::{PodSpec, ResourceList, Text};
use seatrial_sim::controllers::quota::{pod_matches_scope, pod_usage, requirement_matches, specifies};
use seatrial_sim::controllers::quota_objects::{ServiceShape, claim_usage, is_claim_resource, service_usage};
use serde_json::{Map, Value, json};

use super::Verdict;
use super::world::{flag, list, read};

pub(crate) fn run(file: &str, test: &str, case: &Value) -> Option<Verdict> {
    if file != "pkg_quota_v1_evaluator_core" {
        return None;
    }
    if case.pointer("/pod/spec/resources").is_some() && !flag(case, "podLevelResourcesEnabled") {
        return Some(Verdict::listed("with gate PodLevelResources off; it is on by default since 1.34"));
    }
    let spec = |it: Option<&Value>| read::<PodSpec>(it.map(named).as_ref().and_then(|it| it.get("spec")));
    let status = |it: Option<&Value>| read::<PodStatus>(it.and_then(|it| it.get("status")));
    Some(match test {
        "TestPodEvaluatorUsage" | "TestPodEvaluatorUsageResourceResize" => {
            Verdict::equal(&pod_usage(&spec(case.get("pod")), Some(&status(case.get("pod")))), &usage(case.get("usage"), "pods"))
        }
        "TestPodEvaluatorUsageStats" => {
            let scopes: Vec<ScopeRequirement> = read(case.pointer("/quotaScopeSelector/matchExpressions"));
            let plain: Vec<Text> = read(case.get("quotaScopes"));
            let plain = plain.into_iter().map(|it| ScopeRequirement { scope_name: it, operator: "Exists".into(), values: Vec::new() });
            let scopes: Vec<ScopeRequirement> = scopes.into_iter().chain(plain).collect();
            let mut total = ResourceList::default();
            for pod in list(case, "objs") {
                let spec = spec(Some(pod));
                if scopes.iter().all(|it| pod_matches_scope(&spec, it)) {
                    for (name, amount) in pod_usage(&spec, Some(&status(Some(pod)))).iter() {
                        total.insert(name.clone(), total.get(name).copied().unwrap_or_default() + *amount);
                    }
                }
            }
            Verdict::equal(&total, &usage(case.get("want"), "pods"))
        }
        "TestPodEvaluatorMatchingScopes" => {
            let spec = spec(case.get("pod"));
            let asked: Vec<ScopeRequirement> = if case.get("selectors").is_some() { read(case.get("selectors")) } else { read(Some(&all_scopes())) };
            let ours: Vec<ScopeRequirement> = asked.into_iter().filter(|it| pod_matches_scope(&spec, it)).collect();
            Verdict::equal(&ours, &read(case.get("wantSelectors")))
        }
        "TestPodConstraintsFunc" => {
            let required: Vec<Text> = read(case.get("required"));
            let ours = specifies(&spec(case.get("pod")), &required).err().unwrap_or_default();
            Verdict::equal(&ours.as_str(), &case.get("err").and_then(Value::as_str).unwrap_or(""))
        }
        "TestPersistentVolumeClaimEvaluatorUsage" => {
            let claim = named(&case["pvc"]);
            let class = claim.pointer("/spec/storageClassName").and_then(Value::as_str);
            let asked: ResourceList = read(claim.pointer("/spec/resources/requests"));
            let ours = claim_usage(class, asked.get("storage").copied().unwrap_or_default());
            Verdict::equal(&ours, &usage(case.get("usage"), "persistentvolumeclaims"))
        }
        "TestPersistentVolumeClaimEvaluatorMatchingResources" => {
            let items: Vec<Text> = read(case.get("items"));
            let ours: Vec<Text> = items.into_iter().filter(|it| is_claim_resource(it)).collect();
            Verdict::equal(&ours, &read(case.get("want")))
        }
        "TestPersistentVolumeClaimEvaluatorMatchingScopes" => {
            let name = |path: &str| case.pointer(path).and_then(Value::as_str);
            // The class asked for and the one in force both count.
            let names = [name("/claim/spec/volumeAttributesClassName"), name("/claim/status/currentVolumeAttributesClassName")];
            let target = name("/claim/status/modifyVolumeStatus/targetVolumeAttributesClassName");
            let names: Vec<&str> = names.into_iter().chain([target]).flatten().collect();
            let asked: Vec<ScopeRequirement> = read(case.get("selectors"));
            let matches = |it: &ScopeRequirement| match names.is_empty() {
                true => requirement_matches(it, None),
                false if &*it.operator == "In" || &*it.operator == "Exists" => names.iter().any(|name| requirement_matches(it, Some(name))),
                false => names.iter().all(|name| requirement_matches(it, Some(name))),
            };
            let ours: Vec<ScopeRequirement> = asked.into_iter().filter(matches).collect();
            Verdict::equal(&ours, &read(case.get("wantSelectors")))
        }
        "TestServiceEvaluatorUsage" => {
            let service = &case["service"];
            let ports = service.pointer("/spec/ports").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            let shape = ServiceShape {
                kind: service.pointer("/spec/type").and_then(Value::as_str).unwrap_or("ClusterIP"),
                ports: ports.len() as i64,
                node_ports: ports.iter().filter(|it| it.get("nodePort").and_then(Value::as_i64).unwrap_or(0) != 0).count() as i64,
                allocates: service.pointer("/spec/allocateLoadBalancerNodePorts").and_then(Value::as_bool) != Some(false),
            };
            Verdict::equal(&service_usage(&shape), &usage(case.get("usage"), "services"))
        }
        "TestServiceConstraintsFunc" => Verdict::listed("checks the type of an object, which types rule out"),
        "TestResourceClaimEvaluatorMatchingResources" => Verdict::listed("dynamic resource allocation: device claims are not simulated"),
        _ => return None,
    })
}

fn all_scopes() -> Value {
    json!([{"scopeName": "Terminating"}, {"scopeName": "NotTerminating"}, {"scopeName": "BestEffort"}, {"scopeName": "NotBestEffort"},
        {"scopeName": "PriorityClass", "operator": "In", "values": ["class1"]}, {"scopeName": "CrossNamespacePodAffinity"}])
}

/// The amounts of a table, whose names were partly extracted as Go expressions.
fn usage(value: Option<&Value>, kind: &str) -> ResourceList {
    let named = value.map(named).unwrap_or_default();
    let renamed = |(key, it): (String, Value)| (if key.contains("ObjectCountQuotaResourceNameFor") { format!("count/{kind}") } else { key }, it);
    let entries: Map<String, Value> = named.as_object().cloned().unwrap_or_default().into_iter().map(renamed).collect();
    read(Some(&Value::Object(entries)))
}

fn named(value: &Value) -> Value {
    match value {
        Value::Object(entries) => Value::Object(entries.iter().map(|(key, it)| (resource_name(key), named(it))).collect()),
        Value::Array(all) => Value::Array(all.iter().map(named).collect()),
        other => other.clone(),
    }
}

fn resource_name(key: &str) -> String {
    if !key.starts_with("{\"$call\"") || key.contains("ObjectCountQuota") {
        return key.to_owned();
    }
    let constant = |it: &str| match it {
        it if it.ends_with("ResourceHugePagesPrefix") => "hugepages-".to_owned(),
        it if it.ends_with("ResourceRequestsHugePagesPrefix") => "requests.hugepages-".to_owned(),
        it if it.ends_with("ResourcePersistentVolumeClaims") => "persistentvolumeclaims".to_owned(),
        it if it.ends_with("ResourceRequestsStorage") => "requests.storage".to_owned(),
        it if it.ends_with("ResourceStorage") => "storage".to_owned(),
        other => other.to_owned(),
    };
    fn eval(value: &Value, constant: &dyn Fn(&str) -> String) -> String {
        if let Some(text) = value.as_str() {
            return text.to_owned();
        }
        if let Some(name) = value.get("$sel").and_then(Value::as_str) {
            return constant(name);
        }
        if value.get("$bin").is_some() {
            return eval(&value["x"], constant) + &eval(&value["y"], constant);
        }
        value.pointer("/args/0").map_or_else(String::new, |it| eval(it, constant))
    }
    serde_json::from_str::<Value>(key).map_or_else(|_| key.to_owned(), |it| eval(&it, &constant))
}
