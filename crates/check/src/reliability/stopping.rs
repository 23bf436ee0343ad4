//! What happens between the request to stop and the end of a container.

use seatrial_model::kinds::traffic::Ingress;
use seatrial_model::pod::LifecycleHandler;
use seatrial_model::{Container, Handle, Object, Workload};

use crate::Cx;

/// The hook that runs before SIGTERM.
pub(super) fn pre_stop(it: &Container) -> Option<&LifecycleHandler> {
    it.lifecycle.as_ref()?.pre_stop.as_ref()
}

/// Seconds that the hook sleeps, where it only does that or begins with it.
pub(super) fn slept_seconds(it: &LifecycleHandler) -> Option<i64> {
    if let Some(sleep) = &it.sleep {
        return Some(sleep.seconds);
    }
    let words: Vec<&str> = it.exec.as_ref()?.command.iter().filter_map(|it| it.plain()).flat_map(str::split_whitespace).collect();
    let at = words.iter().position(|it| *it == "sleep" || it.ends_with("/sleep"))?;
    let amount = words.get(at + 1)?.trim_end_matches(|it: char| !it.is_ascii_digit());
    amount.parse().ok()
}

/// The load balancer that sends to the workload's pods and needs time to stop doing so.
pub(super) fn balancer_of<'a>(cx: &Cx<'a>, workload: &Object<Workload>) -> Option<(Handle<'a>, &'static str)> {
    cx.graph.services_of(workload).into_iter().find_map(|service| {
        if service.service_type() == "LoadBalancer" {
            return Some((service.handle(), "a load balancer sends to it"));
        }
        if let Some(it) = cx.graph.ingresses_of(service).into_iter().find(|it| is_alb(cx, it)) {
            return Some((it.handle(), "an ALB sends to it"));
        }
        let bindings = seatrial_model::cluster::in_namespace(&cx.cluster.target_group_bindings, service.meta.ns());
        let binding = bindings.iter().find(|it| it.spec.service_ref.name == service.meta.name).map(|it| (it.handle(), "a target group sends to it"));
        binding.or_else(|| cx.graph.routes_of(service).first().map(|it| (it.handle(), "a gateway sends to it")))
    })
}

fn is_alb(cx: &Cx<'_>, it: &Object<Ingress>) -> bool {
    let class = it.spec.ingress_class_name.as_deref().or(it.meta.annotation("kubernetes.io/ingress.class"));
    let by_class = class.is_some_and(|class| {
        let known = cx.cluster.ingress_classes.iter().find(|it| it.meta.name == class);
        known.map_or(class == "alb", |it| it.spec.controller == "ingress.k8s.aws/alb")
    });
    by_class || (class.is_none() && it.meta.annotations.iter().any(|(key, _)| key.starts_with("alb.ingress.kubernetes.io/")))
}

#[cfg(test)]
mod tests {
    use seatrial_model::Literal;
    use seatrial_model::pod::{Exec, Sleep};

    use super::*;

    fn exec(words: &[&str]) -> LifecycleHandler {
        let command = words.iter().map(|it| Literal::Plain((*it).into())).collect();
        LifecycleHandler { exec: Some(Exec { command }), ..LifecycleHandler::default() }
    }

    #[test]
    fn sleeps_are_read_out_of_actions_and_shells() {
        assert_eq!(slept_seconds(&LifecycleHandler { sleep: Some(Sleep { seconds: 5 }), ..LifecycleHandler::default() }), Some(5));
        assert_eq!(slept_seconds(&exec(&["/bin/sleep", "20"])), Some(20));
        assert_eq!(slept_seconds(&exec(&["sh", "-c", "sleep 15; nginx -s quit"])), Some(15));
        assert_eq!(slept_seconds(&exec(&["nginx", "-s", "quit"])), None);
    }
}
