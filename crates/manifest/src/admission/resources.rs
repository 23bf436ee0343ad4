//! Requests and limits.

use super::judge::Judge;
use super::syntax;
use crate::at::At;

/// Judges a container's resources.
pub(super) fn of_container(it: &mut Judge<'_>, at: &At<'_, '_>) {
    let (requests, limits) = (at.key("requests"), at.key("limits"));
    for list in [&requests, &limits] {
        amounts(it, list, is_container_resource, "cpu, memory, ephemeral-storage, hugepages-SIZE or a name with a domain such as nvidia.com/gpu");
    }
    for entry in requests.entries().iter() {
        let name = requests.tree.text(entry.key).unwrap_or("");
        let (request, limit) = (requests.entry(name, entry.value), limits.key(name));
        let Some(amount) = request.quantity() else { continue };
        match limit.quantity() {
            Some(most) if is_overcommitted(name) && amount > most => {
                it.refuse(&request, format!("the request of {name} must not exceed its limit {}", limit.str()))
            }
            Some(most) if !is_overcommitted(name) && amount != most => {
                it.refuse(&request, format!("the request of {name} must equal its limit {}", limit.str()))
            }
            None if !is_overcommitted(name) && limits.is_map() => it.refuse(&request, format!("{name} needs a limit that equals the request")),
            _ => {}
        }
    }
}

/// Judges names and amounts of a map of resources.
pub(super) fn amounts(it: &mut Judge<'_>, list: &At<'_, '_>, accepts: fn(&str) -> bool, what: &str) {
    for entry in list.entries().iter() {
        let name = list.tree.text(entry.key).unwrap_or("");
        let value = list.entry(name, entry.value);
        if !accepts(name) {
            it.refuse(&value, format!("resource `{name}` is not known: it must be {what}"));
        }
        if value.quantity().is_some_and(|it| it.is_negative()) {
            it.refuse(&value, format!("the amount of {name} must not be negative"));
        }
    }
}

fn is_container_resource(name: &str) -> bool {
    match name.contains('/') {
        true => syntax::is_qualified_name(name),
        false => matches!(name, "cpu" | "memory" | "ephemeral-storage") || name.starts_with("hugepages-"),
    }
}

/// Only these may be requested without, or below, a limit.
fn is_overcommitted(name: &str) -> bool {
    matches!(name, "cpu" | "memory" | "ephemeral-storage") || name.starts_with("kubernetes.io/") || name.contains(".kubernetes.io/")
}
