//! Pods: containers, volumes, placement, security.

use super::table;

const POD: &str = "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {$}}";

#[test]
fn metadata() {
    table(
        "{apiVersion: v1, kind: ConfigMap, metadata: {$}}",
        &[
            ("metadata.name", "labels: {a: b}", "name: a.b"),
            ("metadata.name", "name: a_b", "name: a-b"),
            ("metadata.generateName", "generateName: A-", "generateName: a-"),
            ("metadata.namespace", "name: a, namespace: a.b", "name: a, namespace: b"),
            ("metadata.labels.a", "name: a, labels: {a: 'x y'}", "name: a, labels: {a: x_y}"),
            ("metadata.labels[-/a]", "name: a, labels: {-/a: x}", "name: a, labels: {b.c/a: x}"),
            ("metadata.annotations.a b", "name: a, annotations: {a b: x}", "name: a, annotations: {X.y/a: 'x y'}"),
        ],
    );
    table("{apiVersion: v1, kind: Service, metadata: {name: $}, spec: {clusterIP: None}}", &[("metadata.name", "a.b", "1a")]);
    table("{apiVersion: v1, kind: Namespace, metadata: {name: $}}", &[("metadata.name", "a.b", "a")]);
    table("{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: $}}", &[("metadata.name", "a/b", "'system:A'")]);
}

#[test]
fn containers() {
    table(
        &POD.replace('$', "containers: [{name: a, image: x, $}]"),
        &[
            ("spec.containers[0].imagePullPolicy", "imagePullPolicy: Sometimes", "imagePullPolicy: Always"),
            ("spec.containers[0].terminationMessagePolicy", "terminationMessagePolicy: Log", "terminationMessagePolicy: File"),
            ("spec.containers[0].ports[0].containerPort", "ports: [{containerPort: 70000}]", "ports: [{containerPort: 80}]"),
            ("spec.containers[0].ports[0].containerPort", "ports: [{name: web}]", "ports: [{containerPort: 80, name: web}]"),
            ("spec.containers[0].ports[0].protocol", "ports: [{containerPort: 80, protocol: tcp}]", "ports: [{containerPort: 80, protocol: TCP}]"),
            ("spec.containers[0].ports[0].name", "ports: [{containerPort: 80, name: WEB}]", "ports: [{containerPort: 80, name: web-1}]"),
            (
                "spec.containers[0].ports[1].name",
                "ports: [{containerPort: 1, name: a}, {containerPort: 2, name: a}]",
                "ports: [{containerPort: 1, name: a}, {containerPort: 2, name: b}]",
            ),
            (
                "spec.containers[0].ports[1].hostPort",
                "ports: [{containerPort: 1, hostPort: 9}, {containerPort: 2, hostPort: 9}]",
                "ports: [{containerPort: 1, hostPort: 9}, {containerPort: 2, hostPort: 9, protocol: UDP}]",
            ),
            ("spec.containers[0].env[0].name", "env: [{name: a=b}]", "env: [{name: a.b}]"),
            (
                "spec.containers[0].env[0].valueFrom",
                "env: [{name: a, value: b, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]",
                "env: [{name: a, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]",
            ),
            ("spec.containers[0].env[0].valueFrom", "env: [{name: a, valueFrom: {}}]", "env: [{name: a, valueFrom: {secretKeyRef: {name: s, key: k}}}]"),
            (
                "spec.containers[0].env[0].valueFrom.secretKeyRef.key",
                "env: [{name: a, valueFrom: {secretKeyRef: {name: s}}}]",
                "env: [{name: a, valueFrom: {secretKeyRef: {name: s, key: k}}}]",
            ),
            (
                "spec.containers[0].env[0].valueFrom.fieldRef.fieldPath",
                "env: [{name: a, valueFrom: {fieldRef: {fieldPath: spec.x}}}]",
                "env: [{name: a, valueFrom: {fieldRef: {fieldPath: \"metadata.labels['a']\"}}}]",
            ),
            ("spec.containers[0].envFrom[0]", "envFrom: [{prefix: a}]", "envFrom: [{prefix: a, secretRef: {name: s}}]"),
            ("spec.containers[0].envFrom[0].configMapRef.name", "envFrom: [{configMapRef: {optional: true}}]", "envFrom: [{configMapRef: {name: c}}]"),
            ("spec.containers[0].volumeMounts[0].name", "volumeMounts: [{name: v, mountPath: /v}]", "volumeMounts: []"),
            (
                "spec.containers[0].resources.requests.cpu",
                "resources: {requests: {cpu: 2}, limits: {cpu: 1}}",
                "resources: {requests: {cpu: 1}, limits: {cpu: 1000m}}",
            ),
            ("spec.containers[0].resources.requests.cpu", "resources: {requests: {cpu: -1}}", "resources: {requests: {cpu: 0}}"),
            ("spec.containers[0].resources.limits.gpu", "resources: {limits: {gpu: 1}}", "resources: {limits: {nvidia.com/gpu: 1}}"),
            (
                "spec.containers[0].resources.requests[nvidia.com/gpu]",
                "resources: {requests: {nvidia.com/gpu: 1}, limits: {nvidia.com/gpu: 2}}",
                "resources: {requests: {nvidia.com/gpu: 1}, limits: {nvidia.com/gpu: 1}}",
            ),
            ("spec.containers[0].securityContext.runAsUser", "securityContext: {runAsUser: -1}", "securityContext: {runAsUser: 0}"),
            (
                "spec.containers[0].securityContext.allowPrivilegeEscalation",
                "securityContext: {privileged: true, allowPrivilegeEscalation: false}",
                "securityContext: {allowPrivilegeEscalation: false}",
            ),
            (
                "spec.containers[0].securityContext.seccompProfile.type",
                "securityContext: {seccompProfile: {type: Default}}",
                "securityContext: {seccompProfile: {type: RuntimeDefault}}",
            ),
            (
                "spec.containers[0].securityContext.seccompProfile.localhostProfile",
                "securityContext: {seccompProfile: {type: Localhost}}",
                "securityContext: {seccompProfile: {type: Localhost, localhostProfile: a.json}}",
            ),
        ],
    );
}

#[test]
fn probes() {
    table(
        &POD.replace('$', "containers: [{name: a, image: x, $}]"),
        &[
            ("spec.containers[0].livenessProbe", "livenessProbe: {periodSeconds: 1}", "livenessProbe: {tcpSocket: {port: web}}"),
            ("spec.containers[0].livenessProbe", "livenessProbe: {tcpSocket: {port: 1}, grpc: {port: 1}}", "livenessProbe: {grpc: {port: 1}}"),
            (
                "spec.containers[0].livenessProbe.successThreshold",
                "livenessProbe: {successThreshold: 2, grpc: {port: 1}}",
                "livenessProbe: {successThreshold: 1, grpc: {port: 1}}",
            ),
            (
                "spec.containers[0].startupProbe.periodSeconds",
                "startupProbe: {periodSeconds: -1, grpc: {port: 1}}",
                "startupProbe: {periodSeconds: 0, grpc: {port: 1}}",
            ),
            ("spec.containers[0].readinessProbe.httpGet.port", "readinessProbe: {httpGet: {port: 0}}", "readinessProbe: {httpGet: {port: http}}"),
            (
                "spec.containers[0].readinessProbe.httpGet.scheme",
                "readinessProbe: {httpGet: {port: 1, scheme: https}}",
                "readinessProbe: {httpGet: {port: 1, scheme: HTTPS}}",
            ),
            (
                "spec.containers[0].readinessProbe.terminationGracePeriodSeconds",
                "readinessProbe: {grpc: {port: 1}, terminationGracePeriodSeconds: 1}",
                "livenessProbe: {grpc: {port: 1}, terminationGracePeriodSeconds: 1}",
            ),
            ("spec.containers[0].lifecycle.preStop.exec.command", "lifecycle: {preStop: {exec: {}}}", "lifecycle: {preStop: {exec: {command: [a]}}}"),
            ("spec.containers[0].lifecycle.preStop", "lifecycle: {preStop: {}}", "lifecycle: {preStop: {sleep: {seconds: 5}}}"),
        ],
    );
}

#[test]
fn the_pod() {
    let one = "containers: [{name: a, image: x}]";
    table(
        POD,
        &[
            ("spec.containers", "restartPolicy: Always", one),
            ("spec.containers[0].image", "containers: [{name: a}]", one),
            ("spec.containers[0].image", "containers: [{name: a, image: ' x'}]", one),
            ("spec.containers[0].name", "containers: [{image: x}]", one),
            ("spec.containers[0].name", "containers: [{name: A, image: x}]", one),
            ("spec.containers[1].name", "containers: [{name: a, image: x}, {name: a, image: z}]", "containers: [{name: a, image: x}, {name: b, image: z}]"),
            (
                "spec.initContainers[0].name",
                "initContainers: [{name: a, image: x}], containers: [{name: a, image: z}]",
                "initContainers: [{name: b, image: x}], containers: [{name: a, image: z}]",
            ),
            (
                "spec.initContainers[0].livenessProbe",
                "initContainers: [{name: b, image: x, livenessProbe: {grpc: {port: 1}}}], containers: [{name: a, image: z}]",
                "initContainers: [{name: b, image: x, restartPolicy: Always, livenessProbe: {grpc: {port: 1}}}], containers: [{name: a, image: z}]",
            ),
            ("spec.restartPolicy", "restartPolicy: always, containers: [{name: a, image: x}]", "restartPolicy: Never, containers: [{name: a, image: x}]"),
            ("spec.dnsPolicy", "dnsPolicy: Cluster, containers: [{name: a, image: x}]", "dnsPolicy: Default, containers: [{name: a, image: x}]"),
            (
                "spec.dnsConfig.nameservers",
                "dnsPolicy: None, containers: [{name: a, image: x}]",
                "dnsPolicy: None, dnsConfig: {nameservers: [1.1.1.1]}, containers: [{name: a, image: x}]",
            ),
            ("spec.hostname", "hostname: a.b, containers: [{name: a, image: x}]", "hostname: a, containers: [{name: a, image: x}]"),
            ("spec.serviceAccountName", "serviceAccountName: A, containers: [{name: a, image: x}]", "serviceAccountName: a, containers: [{name: a, image: x}]"),
            (
                "spec.hostAliases[0].ip",
                "hostAliases: [{ip: a}], containers: [{name: a, image: x}]",
                "hostAliases: [{ip: 10.0.0.1, hostnames: [a]}], containers: [{name: a, image: x}]",
            ),
            (
                "spec.activeDeadlineSeconds",
                "activeDeadlineSeconds: 0, containers: [{name: a, image: x}]",
                "activeDeadlineSeconds: 1, containers: [{name: a, image: x}]",
            ),
            (
                "spec.shareProcessNamespace",
                "shareProcessNamespace: true, hostPID: true, containers: [{name: a, image: x}]",
                "shareProcessNamespace: true, containers: [{name: a, image: x}]",
            ),
            (
                "spec.securityContext.fsGroup",
                "securityContext: {fsGroup: -1}, containers: [{name: a, image: x}]",
                "securityContext: {fsGroup: 1}, containers: [{name: a, image: x}]",
            ),
            (
                "spec.securityContext.fsGroupChangePolicy",
                "securityContext: {fsGroupChangePolicy: Never}, containers: [{name: a, image: x}]",
                "securityContext: {fsGroupChangePolicy: Always}, containers: [{name: a, image: x}]",
            ),
            (
                "spec.containers[0].ports[0].hostPort",
                "hostNetwork: true, containers: [{name: a, image: x, ports: [{containerPort: 1, hostPort: 2}]}]",
                "hostNetwork: true, containers: [{name: a, image: x, ports: [{containerPort: 1, hostPort: 1}]}]",
            ),
        ],
    );
}

#[test]
fn volumes() {
    let with = |volume: &str| format!("containers: [{{name: a, image: x}}], volumes: [{volume}]");
    let cases = [
        ("spec.volumes[0].name", "{name: A}", "{name: a}"),
        ("spec.volumes[1].name", "{name: a}, {name: a}", "{name: a}, {name: b}"),
        ("spec.volumes[0]", "{name: a, emptyDir: {}, configMap: {name: c}}", "{name: a, emptyDir: {}}"),
        ("spec.volumes[0].configMap.name", "{name: a, configMap: {}}", "{name: a, configMap: {name: c}}"),
        ("spec.volumes[0].secret.secretName", "{name: a, secret: {optional: true}}", "{name: a, secret: {secretName: s}}"),
        (
            "spec.volumes[0].secret.defaultMode",
            "{name: a, secret: {secretName: s, defaultMode: 1000}}",
            "{name: a, secret: {secretName: s, defaultMode: 0400}}",
        ),
        (
            "spec.volumes[0].configMap.items[0].path",
            "{name: a, configMap: {name: c, items: [{key: k, path: ../x}]}}",
            "{name: a, configMap: {name: c, items: [{key: k, path: x}]}}",
        ),
        ("spec.volumes[0].hostPath.path", "{name: a, hostPath: {type: File}}", "{name: a, hostPath: {path: /x, type: File}}"),
        ("spec.volumes[0].hostPath.type", "{name: a, hostPath: {path: /x, type: Folder}}", "{name: a, hostPath: {path: /x}}"),
        (
            "spec.volumes[0].persistentVolumeClaim.claimName",
            "{name: a, persistentVolumeClaim: {readOnly: true}}",
            "{name: a, persistentVolumeClaim: {claimName: c}}",
        ),
        ("spec.volumes[0].emptyDir.sizeLimit", "{name: a, emptyDir: {sizeLimit: -1}}", "{name: a, emptyDir: {sizeLimit: 1Gi}}"),
        (
            "spec.volumes[0].projected.sources[0]",
            "{name: a, projected: {sources: [{secret: {name: s}, configMap: {name: s}}]}}",
            "{name: a, projected: {sources: [{secret: {name: s}}]}}",
        ),
        (
            "spec.volumes[0].downwardAPI.items[0].fieldRef.fieldPath",
            "{name: a, downwardAPI: {items: [{path: p, fieldRef: {fieldPath: spec.nodeName}}]}}",
            "{name: a, downwardAPI: {items: [{path: p, fieldRef: {fieldPath: metadata.labels}}]}}",
        ),
        (
            "spec.volumes[0].ephemeral.volumeClaimTemplate.spec.accessModes",
            "{name: a, ephemeral: {volumeClaimTemplate: {spec: {resources: {requests: {storage: 1}}}}}}",
            "{name: a, ephemeral: {volumeClaimTemplate: {spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1}}}}}}",
        ),
    ];
    for (path, bad, good) in cases {
        table(POD, &[(path, &with(bad), &with(good))]);
    }
    let mount = |mounts: &str| format!("volumes: [{{name: v}}], containers: [{{name: a, image: x, volumeMounts: [{mounts}]}}]");
    let cases = [
        ("spec.containers[0].volumeMounts[0].mountPath", "{name: v}", "{name: v, mountPath: /v}"),
        (
            "spec.containers[0].volumeMounts[1].mountPath",
            "{name: v, mountPath: /v}, {name: v, mountPath: /v}",
            "{name: v, mountPath: /v}, {name: v, mountPath: /w}",
        ),
        ("spec.containers[0].volumeMounts[0].subPath", "{name: v, mountPath: /v, subPath: /a}", "{name: v, mountPath: /v, subPath: a/b}"),
        ("spec.containers[0].volumeMounts[0].subPathExpr", "{name: v, mountPath: /v, subPath: a, subPathExpr: b}", "{name: v, mountPath: /v, subPathExpr: b}"),
        (
            "spec.containers[0].volumeMounts[0].mountPropagation",
            "{name: v, mountPath: /v, mountPropagation: Both}",
            "{name: v, mountPath: /v, mountPropagation: None}",
        ),
    ];
    for (path, bad, good) in cases {
        table(POD, &[(path, &mount(bad), &mount(good))]);
    }
}

#[test]
fn placement() {
    table(
        &POD.replace('$', "containers: [{name: a, image: x}], $"),
        &[
            ("spec.nodeSelector.a", "nodeSelector: {a: 'x y'}", "nodeSelector: {a: x}"),
            ("spec.tolerations[0]", "tolerations: [{effect: NoSchedule}]", "tolerations: [{operator: Exists}]"),
            ("spec.tolerations[0].value", "tolerations: [{key: a, operator: Exists, value: b}]", "tolerations: [{key: a, value: b}]"),
            ("spec.tolerations[0].effect", "tolerations: [{key: a, effect: No}]", "tolerations: [{key: a, effect: NoExecute}]"),
            (
                "spec.tolerations[0].tolerationSeconds",
                "tolerations: [{key: a, tolerationSeconds: 1}]",
                "tolerations: [{key: a, effect: NoExecute, tolerationSeconds: 1}]",
            ),
            (
                "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms",
                "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {}}}",
                "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{}]}}}",
            ),
            (
                "spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight",
                "affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 0, preference: {}}]}}",
                "affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, preference: {}}]}}",
            ),
            (
                "spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].preference.matchExpressions[0].values",
                "affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, preference: {matchExpressions: [{key: a, operator: In}]}}]}}",
                "affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, preference: {matchExpressions: [{key: a, operator: Exists}]}}]}}",
            ),
            (
                "spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey",
                "affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{labelSelector: {}}]}}",
                "affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: a, labelSelector: {}}]}}",
            ),
            (
                "spec.topologySpreadConstraints[0].maxSkew",
                "topologySpreadConstraints: [{maxSkew: 0, topologyKey: a, whenUnsatisfiable: DoNotSchedule}]",
                "topologySpreadConstraints: [{maxSkew: 1, topologyKey: a, whenUnsatisfiable: DoNotSchedule}]",
            ),
            (
                "spec.topologySpreadConstraints[0].whenUnsatisfiable",
                "topologySpreadConstraints: [{maxSkew: 1, topologyKey: a, whenUnsatisfiable: Never}]",
                "topologySpreadConstraints: [{maxSkew: 1, topologyKey: a, whenUnsatisfiable: ScheduleAnyway}]",
            ),
            (
                "spec.topologySpreadConstraints[1]",
                "topologySpreadConstraints: [{maxSkew: 1, topologyKey: a, whenUnsatisfiable: DoNotSchedule}, {maxSkew: 2, topologyKey: a, whenUnsatisfiable: DoNotSchedule}]",
                "topologySpreadConstraints: [{maxSkew: 1, topologyKey: a, whenUnsatisfiable: DoNotSchedule}, {maxSkew: 2, topologyKey: b, whenUnsatisfiable: DoNotSchedule}]",
            ),
            (
                "spec.topologySpreadConstraints[0].minDomains",
                "topologySpreadConstraints: [{maxSkew: 1, minDomains: 2, topologyKey: a, whenUnsatisfiable: ScheduleAnyway}]",
                "topologySpreadConstraints: [{maxSkew: 1, minDomains: 2, topologyKey: a, whenUnsatisfiable: DoNotSchedule}]",
            ),
        ],
    );
}
