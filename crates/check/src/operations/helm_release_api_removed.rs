//! What Helm has deployed must still be served after the upgrade: its next `helm upgrade` reads the old manifest.

use seatrial_facts::guide::Row;
use seatrial_facts::lifecycle::row_of;
use seatrial_model::{Need, Path, Version};
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "helm-release-api-removed",
    rows: &[Row::UpgradeApis, Row::UpgradePlan],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::HelmReleases, Need::ServerVersion],
    title: "A Helm release holds an API that goes",
    why: "Helm compares with the manifest it stored: once the API is gone, every further upgrade or removal of the release fails.",
    verify: "helm get manifest RELEASE -n NAMESPACE | grep apiVersion",
    fix: "Upgrade the release to a chart version with the new API before the cluster; afterwards only the plugin helm-mapkubeapis helps.",
    sources: &["Guide, Upgrade Strategy: before upgrading", "Helm documentation, deprecated Kubernetes APIs"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Snapshot
scope: cluster
serverVersion: \"1.24\"
---
apiVersion: helm.sh/release.v1
kind: Release
metadata: {name: sh.helm.release.v1.web.v3, namespace: shop}
release: web
revision: 3
chart: web
chartVersion: 1.2.3
objects:
- {apiVersion: policy/v1beta1, kind: PodDisruptionBudget, name: web} #~ helm-release-api-removed
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Snapshot
scope: cluster
serverVersion: \"1.36\"
---
apiVersion: helm.sh/release.v1
kind: Release
metadata: {name: sh.helm.release.v1.web.v3, namespace: shop}
release: web
revision: 3
chart: web
chartVersion: 1.2.3
objects:
- {apiVersion: policy/v1, kind: PodDisruptionBudget, name: web}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let runs = cx.snapshot.meta.server_version.unwrap_or(cx.settings.target);
    // Asking for a later version means planning for that one; else the next one is what an upgrade leads to.
    let planned = if cx.settings.target > runs { cx.settings.target } else { Version { minor: runs.minor + 1, ..runs } };
    for release in &cx.cluster.helm_releases {
        out.assess();
        let goes = |(_, it): &(usize, &seatrial_model::kinds::apps::HelmObject)| {
            row_of(&it.api_version, &it.kind).and_then(|row| row.removed).is_some_and(|it| it <= planned)
        };
        let gone: Vec<_> = release.objects.iter().enumerate().filter(goes).collect();
        let Some((at, first)) = gone.first() else { continue };
        let Some(removed) = row_of(&first.api_version, &first.kind).and_then(|it| it.removed) else { continue };
        let more = if gone.len() > 1 { format!(" and {} more", gone.len() - 1) } else { String::new() };
        let chart = release.chart_version.as_deref().map_or_else(|| release.chart.to_string(), |it| format!("{} {it}", release.chart));
        let is_gone = removed <= runs;
        let when = if is_gone { format!("which is gone since {removed}") } else { format!("which goes with {removed}") };
        let message = format!(
            "Helm release {}/{} (chart {chart}): holds {} {}{more}, {when}, so `helm upgrade` fails",
            release.meta.ns(),
            release.release,
            first.api_version,
            first.kind
        );
        let found = out.report(release, Path::of("objects").index(*at), message);
        found.severity(if is_gone { Severity::High } else { Severity::Medium });
        for (_, it) in gone.iter().take(6) {
            found.evidence(format!("{} {} {}", it.api_version, it.kind, it.name));
        }
    }
}
