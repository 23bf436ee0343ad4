//! Tables of the horizontal autoscaler's arithmetic.

use seatrial_model::PodSpec;
use seatrial_sim::controllers::pod_autoscaler::{
    Bounds, Dated, amount, limited, limited_without_rules, remember, requests, scale_down_rules, scale_up_rules, stabilized,
};
use serde_json::{Value, json};

use super::Verdict;
use super::world::{flag, list, read};

pub(crate) fn run(file: &str, test: &str, case: &Value) -> Option<Verdict> {
    if file != "pkg_controller_podautoscaler" {
        return None;
    }
    let number = |key: &str| case.get(key).and_then(Value::as_i64).unwrap_or(0);
    Some(match test {
        "TestConvertDesiredReplicasWithRules" => {
            let (count, why) =
                limited_without_rules(number("expectedDesiredReplicas"), number("currentReplicas"), number("hpaMinReplicas"), number("hpaMaxReplicas"));
            let wanted = (number("expectedConvertedDesiredReplicas"), case["expectedCondition"].as_str().unwrap_or("").to_owned());
            Verdict::equal(&(count, format!("{why:?}")), &wanted)
        }
        "TestScalingWithRules" => {
            let (up, down) = (scale_up_rules(None), scale_down_rules(None, 300));
            let bounds = Bounds { min: number("specMinReplicas"), max: number("specMaxReplicas"), up: &up, down: &down };
            let (count, why) = limited(number("prenormalizedDesiredReplicas"), number("currentReplicas"), &bounds, &[], &[], 0);
            let wanted = (number("expectedReplicas"), case["expectedCondition"].as_str().unwrap_or("").to_owned());
            Verdict::equal(&(count, format!("{why:?}")), &wanted)
        }
        "TestNormalizeDesiredReplicasWithBehavior" => behavior(case),
        "TestStoreScaleEvents" => Verdict::listed("without behavior the controller stores no events; ours always has the default rules"),
        "TestCalculateRequests" => {
            let pods: Vec<(String, PodSpec)> = list(case, "pods").iter().map(pod).collect();
            let text = |key: &str| case.get(key).and_then(Value::as_str).unwrap_or("").to_owned();
            let pod_level = flag(case, "enablePodLevelResources");
            if !pod_level && pods.iter().any(|it| it.1.resources.is_some()) {
                return Some(Verdict::listed("with gate PodLevelResources off; it is on by default since 1.34"));
            }
            let ours = requests(pods.iter().map(|it| (it.0.as_str(), &it.1)), &text("container"), &text("resource"));
            let wanted: std::collections::BTreeMap<String, i64> = read(case.get("expectedRequests"));
            match ours {
                Ok(sums) => Verdict::equal(&(sums, false), &(wanted, case.get("expectedError").is_some())),
                Err(_) => Verdict::equal(&true, &case.get("expectedError").is_some()),
            }
        }
        "TestBuildQuantity" => {
            let wanted = amount_of(&case["expected"]).unwrap_or(Value::Null);
            let ours = amount(case["resourceName"].as_str().unwrap_or(""), number("rawProposal"));
            Verdict::equal(&ours, &read(Some(&wanted)))
        }
        _ => return None,
    })
}

fn behavior(case: &Value) -> Verdict {
    if case["name"].as_str().is_some_and(|it| it.contains("reuse")) {
        return Verdict::listed("the extraction lost the ages of the recommendations, on which the case depends");
    }
    let number = |key: &str| case.get(key).and_then(Value::as_i64).unwrap_or(0);
    let dated = |it: &Value| Dated { at: 0, count: it.pointer("/values/0").and_then(Value::as_i64).unwrap_or(0) };
    let mut past: Vec<Dated> = list(case, "recommendations").iter().map(dated).collect();
    let (up, down) = (number("scaleUpStabilizationWindowSeconds"), number("scaleDownStabilizationWindowSeconds"));
    let desired = number("prenormalizedDesiredReplicas");
    // A millisecond later, so that a window of nothing holds nothing.
    let ours = stabilized(number("currentReplicas"), desired, &past, 1, up, down);
    remember(&mut past, Dated { at: 1, count: desired }, up.max(down).max(1) * 1000);
    let counts: Vec<i64> = past.iter().map(|it| it.count).collect();
    let wanted: Option<Vec<i64>> = case.get("expectedRecommendations").and_then(Value::as_array).map(|all| all.iter().map(|it| dated(it).count).collect());
    Verdict::equal(&(ours, counts.clone()), &(number("expectedStabilizedReplicas"), wanted.unwrap_or(counts)))
}

fn amount_of(value: &Value) -> Option<Value> {
    let milli = value.get("@NewMilliQuantity").and_then(Value::as_i64).map(|it| json!(format!("{it}m")));
    milli.or_else(|| Some(json!(value.get("@NewQuantity")?.as_i64()?.to_string())))
}

/// Amounts that were extracted as constructors become amounts.
fn plain(value: &Value) -> Value {
    if let Some(amount) = amount_of(value) {
        return amount;
    }
    match value {
        Value::Object(entries) => Value::Object(entries.iter().map(|(key, it)| (key.clone(), plain(it))).collect()),
        Value::Array(all) => Value::Array(all.iter().map(plain).collect()),
        other => other.clone(),
    }
}

fn pod(value: &Value) -> (String, PodSpec) {
    let value = plain(value);
    (value.pointer("/metadata/name").and_then(Value::as_str).unwrap_or("").to_owned(), read(value.get("spec")))
}
