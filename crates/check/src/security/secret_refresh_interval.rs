//! Secrets should follow their source in reasonable time.

use seatrial_facts::guide::Row;
use seatrial_model::{Edit, Need};
use seatrial_report::{Confidence, Safety, Severity};

use super::{every_place, stores};
use crate::{Check, Cx, Draft, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "secret-refresh-interval",
    rows: &[Row::SecretsInSecretsManager],
    severity: Severity::Low,
    confidence: Confidence::High,
    persona: Persona::Pedantic,
    in_test: InTest::Kept,
    needs: &[Need::ExternalSecrets],
    title: "An ExternalSecret refreshes never, rarely or all the time",
    why: "Without a refresh a rotated password reaches nobody; every few seconds is a bill and a throttled API.",
    verify: "kubectl get externalsecrets -A -o custom-columns=NAME:.metadata.name,EVERY:.spec.refreshInterval",
    fix: "Set spec.refreshInterval to between 5 minutes and a day; 1h suits most.",
    sources: &["External Secrets Operator documentation, ExternalSecret: refreshInterval"],
    bad: "
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: shop}
spec:
  refreshInterval: 0s #~ secret-refresh-interval
  secretStoreRef: {name: aws, kind: SecretStore}
  data:
  - secretKey: password
    remoteRef: {key: EKS/prod/db, property: password}
",
    good: "
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: shop}
spec:
  refreshInterval: 1h
  secretStoreRef: {name: aws, kind: SecretStore}
  data:
  - secretKey: password
    remoteRef: {key: EKS/prod/db, property: password}
",
    run: Run::Snapshot(run),
    repair: Some((Safety::Safe, repair)),
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for it in &cx.cluster.external_secrets {
        let (spec, path) = stores::spec_of(it);
        // These policies do not go by the clock.
        if matches!(spec.refresh_policy.as_deref(), Some("CreatedOnce" | "OnChange")) {
            continue;
        }
        out.assess();
        let Some(written) = &spec.refresh_interval else { continue };
        let so = match seconds(written) {
            Some(0) => "a rotated value never arrives",
            Some(1..60) => "the provider's API is asked all the time",
            Some(it) if it > 86_400 => "a rotated value arrives days late",
            _ => continue,
        };
        out.report(it, path.key("refreshInterval"), format!("{it}: refreshes every {written}, so {so}"));
    }
}

/// A Go duration of hours, minutes and seconds, in whole seconds.
fn seconds(duration: &str) -> Option<u64> {
    let mut total = 0_u64;
    let mut number = String::new();
    for c in duration.trim().chars() {
        if c.is_ascii_digit() {
            number.push(c);
            continue;
        }
        let unit = match c {
            'h' => 3600,
            'm' => 60,
            's' => 1,
            _ => return None,
        };
        total = total.saturating_add(number.parse::<u64>().ok()?.saturating_mul(unit));
        number.clear();
    }
    (number.is_empty() || number == "0").then_some(total)
}

fn repair(_: &Cx<'_>, found: &Draft) -> Vec<Edit> {
    every_place::set(found, "1h")
}
