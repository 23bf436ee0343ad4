//! Probes and lifecycle hooks.

use super::judge::Judge;
use crate::at::At;

/// Judges what watches and steers a container.
pub(super) fn of_container(it: &mut Judge<'_>, container: &At<'_, '_>) {
    for name in ["livenessProbe", "startupProbe"] {
        let at = container.key(name);
        probe(it, &at);
        if at.key("successThreshold").int().is_some_and(|it| it > 1) {
            it.refuse(&at.key("successThreshold"), format!("`successThreshold` must be 1 in a {name}"));
        }
    }
    let readiness = container.key("readinessProbe");
    probe(it, &readiness);
    it.forbid(&readiness.key("terminationGracePeriodSeconds"), "in a readinessProbe: it ends no container");
    for name in ["postStart", "preStop"] {
        let hook = container.key("lifecycle");
        handler(it, &hook.key(name), &["exec", "httpGet", "tcpSocket", "sleep"]);
    }
}

fn probe(it: &mut Judge<'_>, at: &At<'_, '_>) {
    if !at.is_map() {
        return;
    }
    handler(it, at, &["exec", "httpGet", "tcpSocket", "grpc"]);
    // Zero stands for the default value.
    for name in ["initialDelaySeconds", "periodSeconds", "timeoutSeconds", "successThreshold", "failureThreshold"] {
        it.at_least(&at.key(name), 0);
    }
    it.at_least(&at.key("terminationGracePeriodSeconds"), 1);
}

fn handler(it: &mut Judge<'_>, at: &At<'_, '_>, ways: &[&str]) {
    if !at.is_map() {
        return;
    }
    it.exactly_one(at, ways);
    let (http, exec) = (at.key("httpGet"), at.key("exec"));
    it.port(&http.key("port"));
    it.one_of(&http.key("scheme"), &["HTTP", "HTTPS"]);
    it.port(&at.key("tcpSocket").key("port"));
    it.range(&at.key("grpc").key("port"), 1, 65_535);
    if exec.is_set() {
        it.require(&exec.key("command"), "what to run");
    }
    it.at_least(&at.key("sleep").key("seconds"), 0);
}
