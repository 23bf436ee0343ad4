//! Configuration, storage, policies, definitions, webhooks.

use super::table;

#[test]
fn maps_and_secrets() {
    table(
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, $}",
        &[("data.a b", "data: {a b: x}", "data: {a.b: x}"), ("binaryData.a", "data: {a: x}, binaryData: {a: YQ==}", "data: {b: x}, binaryData: {a: YQ==}")],
    );
    table(
        "{apiVersion: v1, kind: Secret, metadata: {name: a}, $}",
        &[
            ("data.a", "data: {a: plain}", "data: {a: YQ==}"),
            ("data[a/b]", "data: {a/b: YQ==}", "data: {a-b: YQ==}"),
            ("type", "type: kubernetes.io/tls, data: {tls.crt: YQ==}", "type: kubernetes.io/tls, data: {tls.crt: '', tls.key: ''}"),
            ("type", "type: kubernetes.io/basic-auth", "type: kubernetes.io/basic-auth, stringData: {username: a}"),
        ],
    );
}

#[test]
fn policies() {
    table(
        "{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: a}, spec: {$}}",
        &[
            ("spec.maxUnavailable", "minAvailable: 1, maxUnavailable: 1", "minAvailable: 1"),
            ("spec.minAvailable", "minAvailable: -1", "minAvailable: 0"),
            ("spec.minAvailable", "minAvailable: half", "minAvailable: 50%"),
            ("spec.maxUnavailable", "maxUnavailable: 101%", "maxUnavailable: 100%"),
            ("spec.unhealthyPodEvictionPolicy", "unhealthyPodEvictionPolicy: Never", "unhealthyPodEvictionPolicy: AlwaysAllow"),
        ],
    );
    table(
        "{apiVersion: v1, kind: ResourceQuota, metadata: {name: a}, spec: {hard: {$}}}",
        &[("spec.hard.gpus", "gpus: 1", "requests.nvidia.com/gpu: 1, pods: 2"), ("spec.hard.pods", "pods: -1", "pods: 0, requests.cpu: 1500m")],
    );
    table(
        "{apiVersion: v1, kind: LimitRange, metadata: {name: a}, spec: {limits: [{$}]}}",
        &[
            ("spec.limits[0].type", "max: {cpu: 1}", "type: Container, max: {cpu: 1}"),
            ("spec.limits[0].min.cpu", "type: Container, min: {cpu: 2}, max: {cpu: 1}", "type: Container, min: {cpu: 1}, max: {cpu: 1}"),
            ("spec.limits[0].default", "type: Pod, default: {cpu: 1}", "type: Pod, max: {cpu: 1}"),
            (
                "spec.limits[0].defaultRequest.cpu",
                "type: Container, defaultRequest: {cpu: 2}, default: {cpu: 1}",
                "type: Container, defaultRequest: {cpu: 1}, default: {cpu: 2}",
            ),
        ],
    );
    table(
        "{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, $}",
        &[
            ("value", "metadata: {name: a}, value: 2000000000", "metadata: {name: a}, value: 1000"),
            ("metadata.name", "metadata: {name: system-a}, value: 1", "metadata: {name: a}, value: 1"),
        ],
    );
}

#[test]
fn volumes() {
    table(
        "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: a}, spec: {$}}",
        &[
            ("spec.accessModes", "resources: {requests: {storage: 1Gi}}", "accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}"),
            (
                "spec.accessModes[0]",
                "accessModes: [RWO], resources: {requests: {storage: 1Gi}}",
                "accessModes: [ReadWriteMany], resources: {requests: {storage: 1Gi}}",
            ),
            (
                "spec.accessModes",
                "accessModes: [ReadWriteOncePod, ReadWriteOnce], resources: {requests: {storage: 1Gi}}",
                "accessModes: [ReadWriteOncePod], resources: {requests: {storage: 1Gi}}",
            ),
            ("spec.resources.requests.storage", "accessModes: [ReadWriteOnce]", "accessModes: [ReadWriteOnce], resources: {requests: {storage: 1}}"),
            (
                "spec.resources.requests.storage",
                "accessModes: [ReadWriteOnce], resources: {requests: {storage: 0}}",
                "accessModes: [ReadWriteOnce], resources: {requests: {storage: 1}}",
            ),
            (
                "spec.volumeMode",
                "accessModes: [ReadWriteOnce], volumeMode: File, resources: {requests: {storage: 1}}",
                "accessModes: [ReadWriteOnce], volumeMode: Block, resources: {requests: {storage: 1}}",
            ),
        ],
    );
    table(
        "{apiVersion: v1, kind: PersistentVolume, metadata: {name: a}, spec: {$}}",
        &[
            (
                "spec",
                "accessModes: [ReadWriteOnce], capacity: {storage: 1Gi}",
                "accessModes: [ReadWriteOnce], capacity: {storage: 1Gi}, nfs: {server: s, path: /}",
            ),
            (
                "spec.capacity.storage",
                "accessModes: [ReadWriteOnce], nfs: {server: s, path: /}",
                "accessModes: [ReadWriteOnce], capacity: {storage: 1Gi}, nfs: {server: s, path: /}",
            ),
            (
                "spec.nodeAffinity",
                "accessModes: [ReadWriteOnce], capacity: {storage: 1Gi}, local: {path: /a}",
                "accessModes: [ReadWriteOnce], capacity: {storage: 1Gi}, csi: {driver: d, volumeHandle: v}",
            ),
        ],
    );
    table(
        "{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: a}, $}",
        &[
            ("provisioner", "reclaimPolicy: Retain", "provisioner: ebs.csi.aws.com"),
            ("reclaimPolicy", "provisioner: a, reclaimPolicy: Keep", "provisioner: a, reclaimPolicy: Retain"),
            ("volumeBindingMode", "provisioner: a, volumeBindingMode: Late", "provisioner: a, volumeBindingMode: WaitForFirstConsumer"),
        ],
    );
}

#[test]
fn autoscalers() {
    let metric = |it: &str| format!("scaleTargetRef: {{apiVersion: apps/v1, kind: Deployment, name: a}}, maxReplicas: 2, metrics: [{it}]");
    let good = metric("{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}}");
    let plain = |more: &str| format!("scaleTargetRef: {{apiVersion: apps/v1, kind: Deployment, name: a}}, {more}");
    let cases = [
        ("spec.maxReplicas", plain("minReplicas: 1")),
        ("spec.maxReplicas", plain("minReplicas: 3, maxReplicas: 2")),
        ("spec.scaleTargetRef.apiVersion", "scaleTargetRef: {kind: Deployment, name: a}, maxReplicas: 2".to_owned()),
        ("spec.minReplicas", plain("minReplicas: 0, maxReplicas: 2")),
        ("spec.metrics[0].type", metric("{type: CPU}")),
        ("spec.metrics[0].resource", metric("{type: Resource}")),
        (
            "spec.metrics[0].pods",
            metric(
                "{type: Resource, pods: {metric: {name: a}, target: {type: AverageValue, averageValue: 1}}, resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}}",
            ),
        ),
        ("spec.metrics[0].resource.target", metric("{type: Resource, resource: {name: cpu, target: {type: Utilization}}}")),
        (
            "spec.metrics[0].resource.target.averageUtilization",
            metric("{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 0}}}"),
        ),
        ("spec.behavior.scaleDown.stabilizationWindowSeconds", plain("maxReplicas: 2, behavior: {scaleDown: {stabilizationWindowSeconds: 3601}}")),
        (
            "spec.behavior.scaleDown.policies[0].periodSeconds",
            plain("maxReplicas: 2, behavior: {scaleDown: {policies: [{type: Pods, value: 1, periodSeconds: 1801}]}}"),
        ),
        ("spec.behavior.scaleUp.selectPolicy", plain("maxReplicas: 2, behavior: {scaleUp: {selectPolicy: Any}}")),
    ];
    for (path, bad) in &cases {
        table("{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: a}, spec: {$}}", &[(path, bad, &good)]);
    }
}

#[test]
fn definitions() {
    let spec = |group: &str, version: &str| format!("group: {group}, scope: Namespaced, names: {{plural: things, kind: Thing}}, versions: [{version}]");
    let schema = "schema: {openAPIV3Schema: {type: object}}";
    let one = format!("{{name: v1, served: true, storage: true, {schema}}}");
    let good = spec("example.com", &one);
    let cases = [
        ("metadata.name", good.replace("plural: things", "plural: others")),
        ("spec.group", spec("example", &one)),
        ("spec.scope", good.replace("Namespaced", "Everywhere")),
        ("spec.versions", spec("example.com", &one.replace("storage: true", "storage: false"))),
        ("spec.versions[0].schema.openAPIV3Schema", spec("example.com", "{name: v1, served: true, storage: true}")),
        ("spec.versions[0].schema.openAPIV3Schema.type", spec("example.com", &one.replace("type: object", "type: array"))),
        ("spec.versions[0].name", spec("example.com", &one.replace("v1", "1"))),
    ];
    for (path, bad) in &cases {
        table("{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: things.example.com}, spec: {$}}", &[(path, bad, &good)]);
    }
    let guarded = "{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: things.x.k8s.io, annotations: {$}}, spec: {";
    table(&format!("{guarded}{}}}}}", spec("x.k8s.io", &one)), &[("spec.group", "a: b", "api-approved.kubernetes.io: unapproved")]);
    table(
        "{apiVersion: apiregistration.k8s.io/v1, kind: APIService, metadata: {name: v1.a.b}, spec: {$}}",
        &[
            (
                "metadata.name",
                "group: a.c, version: v1, groupPriorityMinimum: 1, versionPriority: 1",
                "group: a.b, version: v1, groupPriorityMinimum: 1, versionPriority: 1",
            ),
            (
                "spec.versionPriority",
                "group: a.b, version: v1, groupPriorityMinimum: 1, versionPriority: 1001",
                "group: a.b, version: v1, groupPriorityMinimum: 1, versionPriority: 1",
            ),
        ],
    );
}

#[test]
fn webhooks() {
    let hook = "name: a.b.c, sideEffects: None, admissionReviewVersions: [v1], clientConfig: {url: 'https://a/b'}";
    let cases = [
        ("webhooks[0].name", hook.replace("a.b.c", "a.b")),
        ("webhooks[0].sideEffects", hook.replace("sideEffects: None, ", "")),
        ("webhooks[0].sideEffects", hook.replace("None", "Some")),
        ("webhooks[0].admissionReviewVersions", hook.replace("[v1]", "[v2]")),
        ("webhooks[0].clientConfig", hook.replace("clientConfig: {url: 'https://a/b'}", "clientConfig: {caBundle: YQ==}")),
        ("webhooks[0].clientConfig.url", hook.replace("https", "http")),
        ("webhooks[0].failurePolicy", format!("{hook}, failurePolicy: Stop")),
        ("webhooks[0].timeoutSeconds", format!("{hook}, timeoutSeconds: 31")),
        ("webhooks[0].rules[0].operations", format!("{hook}, rules: [{{apiGroups: [''], apiVersions: [v1], resources: [pods]}}]")),
    ];
    for kind in ["ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"] {
        for (path, bad) in &cases {
            let object = format!("{{apiVersion: admissionregistration.k8s.io/v1, kind: {kind}, metadata: {{name: a}}, webhooks: [{{$}}]}}");
            table(&object, &[(path, bad, hook)]);
        }
    }
}
