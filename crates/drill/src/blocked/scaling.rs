//! Autoscalers that may not add what the load asks for.

use seatrial_report::drill::Blocked;

use crate::stage::Stage;

/// One line for each.
pub fn rows(stage: &Stage<'_>) -> Vec<Blocked> {
    stage.capped.iter().filter_map(|(unit, wanted)| row(stage, *unit, *wanted)).collect()
}

fn row(stage: &Stage<'_>, unit: usize, wanted: i64) -> Option<Blocked> {
    let (_, scaler) = stage.scaler_of(unit)?;
    let (namespace, name) = (&stage.world.units[unit].namespace, &scaler.name);
    Some(Blocked {
        pod: format!("{namespace}/{}", stage.world.units[unit].name),
        pods: u64::try_from(wanted - scaler.spec.max).unwrap_or(0),
        by: "autoscaler".to_owned(),
        object: format!("HorizontalPodAutoscaler {namespace}/{name}"),
        field: "spec.maxReplicas".to_owned(),
        value: scaler.spec.max.to_string(),
        fix: format!("raise it to {wanted}, if nodes and whatever the pods call can take them"),
        patch: format!("kubectl -n {namespace} patch hpa {name} --type merge -p '{{\"spec\":{{\"maxReplicas\":{wanted}}}}}'"),
        kubernetes_message: "the desired replica count is more than the maximum replica count".to_owned(),
    })
}
