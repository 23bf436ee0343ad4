//! Controllers of pods.

use super::{findings, table};
use seatrial_model::Version;

const POD: &str = "template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: x}]}}";

fn controller(kind: &str) -> String {
    format!("{{apiVersion: apps/v1, kind: {kind}, metadata: {{name: a}}, spec: {{$}}}}")
}

#[test]
fn selectors() {
    let spec = |selector: &str| format!("{selector}{POD}");
    for kind in ["Deployment", "DaemonSet", "StatefulSet", "ReplicaSet"] {
        let good = spec("selector: {matchLabels: {a: b}}, ");
        let cases = [
            ("spec.selector", spec("")),
            ("spec.selector", spec("selector: {}, ")),
            ("spec.template.metadata.labels", spec("selector: {matchLabels: {a: c}}, ")),
            ("spec.template.metadata.labels", spec("selector: {matchExpressions: [{key: z, operator: Exists}]}, ")),
            ("spec.selector.matchExpressions[0].values", spec("selector: {matchExpressions: [{key: a, operator: In}]}, ")),
            ("spec.selector.matchExpressions[0].operator", spec("selector: {matchExpressions: [{key: a, operator: Is}]}, ")),
        ];
        for (path, bad) in cases {
            table(&controller(kind), &[(path, &bad, &good)]);
        }
    }
}

#[test]
fn deployments() {
    let spec = format!("selector: {{matchLabels: {{a: b}}}}, {POD}, $");
    table(
        &controller("Deployment").replace('$', &spec),
        &[
            ("spec.replicas", "replicas: -1", "replicas: 0"),
            ("spec.strategy.type", "strategy: {type: Canary}", "strategy: {type: Recreate}"),
            ("spec.strategy.rollingUpdate", "strategy: {type: Recreate, rollingUpdate: {maxSurge: 1}}", "strategy: {rollingUpdate: {maxSurge: 1}}"),
            (
                "spec.strategy.rollingUpdate.maxUnavailable",
                "strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 0%}}",
                "strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}",
            ),
            ("spec.strategy.rollingUpdate.maxUnavailable", "strategy: {rollingUpdate: {maxUnavailable: 101%}}", "strategy: {rollingUpdate: {maxSurge: 200%}}"),
            ("spec.strategy.rollingUpdate.maxSurge", "strategy: {rollingUpdate: {maxSurge: x}}", "strategy: {rollingUpdate: {maxSurge: 25%}}"),
            ("spec.progressDeadlineSeconds", "progressDeadlineSeconds: 5, minReadySeconds: 5", "progressDeadlineSeconds: 6, minReadySeconds: 5"),
            ("spec.minReadySeconds", "minReadySeconds: 600", "minReadySeconds: 599"),
            ("spec.revisionHistoryLimit", "revisionHistoryLimit: -1", "revisionHistoryLimit: 0"),
        ],
    );
    let with = |pod: &str| format!("selector: {{matchLabels: {{a: b}}}}, template: {{metadata: {{labels: {{a: b}}}}, spec: {{{pod}}}}}");
    let good = with("containers: [{name: a, image: x}]");
    for (path, bad) in [
        ("spec.template.spec.restartPolicy", "restartPolicy: Never, containers: [{name: a, image: x}]"),
        ("spec.template.spec.activeDeadlineSeconds", "activeDeadlineSeconds: 1, containers: [{name: a, image: x}]"),
        ("spec.template.spec.containers", "nodeName: x"),
        ("spec.template.spec.containers[0].image", "containers: [{name: a}]"),
    ] {
        table(&controller("Deployment"), &[(path, &with(bad), &good)]);
    }
}

#[test]
fn daemon_sets_and_stateful_sets() {
    let spec = format!("selector: {{matchLabels: {{a: b}}}}, {POD}, $");
    table(
        &controller("DaemonSet").replace('$', &spec),
        &[
            ("spec.updateStrategy.type", "updateStrategy: {type: Recreate}", "updateStrategy: {type: OnDelete}"),
            (
                "spec.updateStrategy.rollingUpdate.maxSurge",
                "updateStrategy: {rollingUpdate: {maxSurge: 1}}",
                "updateStrategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}",
            ),
            (
                "spec.updateStrategy.rollingUpdate.maxUnavailable",
                "updateStrategy: {rollingUpdate: {maxUnavailable: 0}}",
                "updateStrategy: {rollingUpdate: {maxUnavailable: 1}}",
            ),
        ],
    );
    table(
        &controller("StatefulSet").replace('$', &spec),
        &[
            ("spec.podManagementPolicy", "podManagementPolicy: parallel", "podManagementPolicy: Parallel"),
            (
                "spec.updateStrategy.rollingUpdate",
                "updateStrategy: {type: OnDelete, rollingUpdate: {partition: 0}}",
                "updateStrategy: {rollingUpdate: {partition: 0}}",
            ),
            (
                "spec.updateStrategy.rollingUpdate.partition",
                "updateStrategy: {rollingUpdate: {partition: -1}}",
                "updateStrategy: {rollingUpdate: {partition: 1}}",
            ),
            (
                "spec.persistentVolumeClaimRetentionPolicy.whenDeleted",
                "persistentVolumeClaimRetentionPolicy: {whenDeleted: Keep}",
                "persistentVolumeClaimRetentionPolicy: {whenDeleted: Retain}",
            ),
        ],
    );
    let mounted = "selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: x, volumeMounts: [{name: data, mountPath: /d}]}]}}";
    let claim = "volumeClaimTemplates: [{metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}]";
    table(&controller("StatefulSet"), &[("spec.template.spec.containers[0].volumeMounts[0].name", mounted, &format!("{mounted}, {claim}"))]);
}

#[test]
fn jobs() {
    let job = "{apiVersion: batch/v1, kind: Job, metadata: {name: a}, spec: {$}}";
    let pod = "template: {spec: {restartPolicy: Never, containers: [{name: a, image: x}]}}";
    let with = |more: &str| format!("{pod}, {more}");
    let cases = [
        ("spec.template.spec.restartPolicy", "template: {spec: {containers: [{name: a, image: x}]}}".to_owned(), pod.to_owned()),
        ("spec.template.spec.restartPolicy", "template: {spec: {restartPolicy: Always, containers: [{name: a, image: x}]}}".to_owned(), pod.to_owned()),
        ("spec.parallelism", with("parallelism: -1"), with("parallelism: 0")),
        ("spec.completionMode", with("completionMode: All"), with("completionMode: NonIndexed")),
        ("spec.completions", with("completionMode: Indexed, parallelism: 1"), with("completionMode: Indexed, completions: 1")),
        ("spec.backoffLimitPerIndex", with("backoffLimitPerIndex: 1"), with("completionMode: Indexed, completions: 1, backoffLimitPerIndex: 1")),
        (
            "spec.podFailurePolicy.rules[0].action",
            with("podFailurePolicy: {rules: [{action: Stop, onExitCodes: {operator: In, values: [1]}}]}"),
            with("podFailurePolicy: {rules: [{action: FailJob, onExitCodes: {operator: In, values: [1]}}]}"),
        ),
        ("spec.selector", with("selector: {matchLabels: {a: b}}"), with("selector: {matchLabels: {controller-uid: b}}")),
    ];
    for (path, bad, good) in &cases {
        table(job, &[(path, bad, good)]);
    }
    let cron = "{apiVersion: batch/v1, kind: CronJob, metadata: {name: a}, spec: {jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: x}]}}}}, $}}";
    table(
        cron,
        &[
            ("spec.schedule", "suspend: true", "schedule: '@daily'"),
            ("spec.schedule", "schedule: 60 * * * *", "schedule: 59 * * * *"),
            ("spec.schedule", "schedule: TZ=UTC 5 * * * *", "schedule: 5 * * * *, timeZone: Etc/UTC"),
            ("spec.timeZone", "schedule: '@daily', timeZone: Local", "schedule: '@daily', timeZone: Europe/Berlin"),
            ("spec.concurrencyPolicy", "schedule: '@daily', concurrencyPolicy: Never", "schedule: '@daily', concurrencyPolicy: Forbid"),
            ("spec.successfulJobsHistoryLimit", "schedule: '@daily', successfulJobsHistoryLimit: -1", "schedule: '@daily', successfulJobsHistoryLimit: 0"),
        ],
    );
}

#[test]
fn replication_controllers() {
    table(
        "{apiVersion: v1, kind: ReplicationController, metadata: {name: a}, spec: {$}}",
        &[
            ("spec.selector", "template: {spec: {containers: [{name: a, image: x}]}}", POD),
            ("spec.selector.a", &format!("selector: {{a: c}}, {POD}"), &format!("selector: {{a: b}}, {POD}")),
            ("spec.template", "replicas: 1, selector: {}", POD),
        ],
    );
}

#[test]
fn rules_follow_the_version() {
    let pod = "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: a, image: x, restartPolicy: Always}]}}";
    assert_eq!(findings(pod, Version::minor(33)).len(), 1);
    assert_eq!(findings(pod, Version::minor(36)).len(), 0);
    let service = "{apiVersion: v1, kind: Service, metadata: {name: 1a}, spec: {clusterIP: None}}";
    assert_eq!(findings(service, Version::minor(35)).len(), 1);
    assert_eq!(findings(service, Version::minor(36)).len(), 0);
}
