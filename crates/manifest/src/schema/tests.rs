//! The decoder's refusals.

use seatrial_model::{ProblemKind, Version};

use super::{Definitions, unreadable, validate};
use crate::tree::{Tree, parse};

fn trees(yaml: &str) -> Vec<Tree<'_>> {
    let (trees, error) = parse(yaml);
    assert_eq!(error, None);
    trees
}

fn lines(yaml: &str, minor: u16) -> Vec<String> {
    let trees = trees(yaml);
    let all = trees.iter().flat_map(|it| validate(it, Version::minor(minor), &Definitions::new()));
    all.map(|it| format!("{:?} {}: {}", it.kind, it.path, it.message)).collect()
}

fn pod(container: &str) -> String {
    format!("{{apiVersion: v1, kind: Pod, metadata: {{name: a}}, spec: {{containers: [{{name: a, image: x, {container}}}]}}}}")
}

#[test]
fn unserved_versions_name_what_replaces_them() {
    let ask = |api: &str, kind: &str, minor| lines(&format!("{{apiVersion: {api}, kind: {kind}, metadata: {{name: a}}, wrong: 1}}"), minor);
    assert_eq!(
        ask("policy/v1beta1", "PodDisruptionBudget", 36),
        ["NotServed apiVersion: Kubernetes removed policy/v1beta1 PodDisruptionBudget in 1.25; write policy/v1 PodDisruptionBudget"]
    );
    assert_eq!(
        ask("resource.k8s.io/v1", "ResourceClaim", 33),
        ["NotServed apiVersion: resource.k8s.io/v1 ResourceClaim comes with Kubernetes 1.34, not yet with 1.33"]
    );
    assert_eq!(ask("apps/v1", "Ingress", 36), ["NotServed apiVersion: Kubernetes 1.36 has no apps/v1 Ingress"]);
    assert!(ask("resource.k8s.io/v1beta1", "ResourceClaim", 36)[0].contains("off by default"));
    assert_eq!(ask("example.com/v1", "Thing", 36), Vec::<String>::new());
}

#[test]
fn unknown_fields_suggest_the_nearest_or_the_right_block() {
    assert_eq!(
        lines(&pod("securityContext: {allowPrivilegedEscalation: false}"), 36),
        [
            "UnknownField spec.containers[0].securityContext.allowPrivilegedEscalation: unknown field `allowPrivilegedEscalation`; did you mean `allowPrivilegeEscalation`?"
        ]
    );
    assert_eq!(lines(&pod("limits: {cpu: 1}"), 36), ["UnknownField spec.containers[0].limits: unknown field `limits`; it belongs into `resources`"]);
    assert_eq!(lines(&pod("frobnicate: 1"), 36), ["UnknownField spec.containers[0].frobnicate: unknown field `frobnicate`"]);
}

#[test]
fn fields_come_with_their_version() {
    let yaml = "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {hostnameOverride: a, containers: [{name: a, image: x}]}}";
    assert_eq!(lines(yaml, 33), ["UnknownField spec.hostnameOverride: unknown field `hostnameOverride`: it comes with Kubernetes 1.34"]);
    assert_eq!(lines(yaml, 36), Vec::<String>::new());
}

#[test]
fn types_are_judged_as_go_does() {
    let cases = [
        ("env: [{name: a, value: true}]", Some("must be a string, not the boolean true; put it in quotes")),
        ("env: [{name: a, value: 8080}]", Some("must be a string, not the number 8080; put it in quotes")),
        ("env: [{name: a, value: '8080'}]", None),
        ("env: [{name: a, value: null}]", None),
        ("env: [{name: a, value: [b]}]", Some("must be a string, not a list")),
        ("env: {a: b}", Some("must be a list, not a map")),
        ("tty: 'yes'", Some("must be true or false, not a string")),
        ("tty: yes", None),
        ("ports: [{containerPort: '80'}]", Some("must be a whole number of at most 32 bits, not a string")),
        ("ports: [{containerPort: 80.0}]", None),
        ("ports: [{containerPort: 80.5}]", Some("must be a whole number of at most 32 bits, not the number 80.5")),
        ("livenessProbe: {tcpSocket: {port: true}}", Some("must be a whole number or a string, not the boolean true")),
        ("livenessProbe: {tcpSocket: {port: http}}", None),
        ("resources: {limits: {cpu: 0.5, memory: 1Gi}}", None),
        ("resources: {limits: {memory: 1GB}}", Some("must be a quantity such as 250m or 1Gi, not a string")),
        ("resources: 1", Some("must be a map, not the number 1")),
        ("command: null", None),
    ];
    for (container, wanted) in cases {
        let found = lines(&pod(container), 36);
        match wanted {
            None => assert_eq!(found, Vec::<String>::new(), "{container}"),
            Some(words) => {
                assert_eq!(found.len(), 1, "{container}: {found:#?}");
                assert!(found[0].starts_with("WrongType ") && found[0].contains(words), "{found:?}");
            }
        }
    }
}

#[test]
fn values_of_the_wrong_type_are_named_for_the_typed_reader() {
    let yaml = pod("ports: [{containerPort: http}], env: [{name: a, value: 1}]");
    let trees = trees(&yaml);
    let found = validate(&trees[0], Version::minor(36), &Definitions::new());
    let ids = unreadable(&found);
    assert_eq!(ids.iter().map(|it| trees[0].text(*it)).collect::<Vec<_>>(), [Some("http"), Some("1")]);
}

#[test]
fn doubled_keys_are_one_violation_at_the_second() {
    let trees = trees("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  name: b\n");
    let found = validate(&trees[0], Version::minor(36), &Definitions::new());
    assert_eq!(found.iter().map(|it| (it.kind, trees[0].node(it.at).span.line)).collect::<Vec<_>>(), [(ProblemKind::DuplicateKey, 5)]);
}

#[test]
fn objects_of_a_list_are_judged_where_they_stand() {
    let yaml =
        "{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Namespace, metadata: {name: a}}, {apiVersion: v1, kind: Namespace, metadata: {name: A}}]}";
    assert!(lines(yaml, 36)[0].starts_with("Refused items[1].metadata.name: "));
}

#[test]
fn custom_resources_of_the_tables() {
    let scaled = |spec: &str| lines(&format!("{{apiVersion: keda.sh/v1alpha1, kind: ScaledObject, metadata: {{name: a}}, spec: {{{spec}}}}}"), 36);
    assert_eq!(scaled("scaleTargetRef: {name: a}, triggers: [{type: cpu, metadata: {value: '1'}}]"), Vec::<String>::new());
    assert_eq!(scaled("scaleTargetRef: {name: a}"), ["Missing spec.triggers: `triggers` is required: a list"]);
    let found = scaled("scaleTargetRef: {name: a}, triggers: [{type: cpu, metadata: {value: '1'}}], frobnicate: 1");
    assert!(found.iter().any(|it| it.contains("unknown field `frobnicate` (as of github.com/kedacore/keda/v2@")), "another version may know it: {found:?}");
    let pool = "{apiVersion: karpenter.sh/v1, kind: NodePool, metadata: {name: a}, spec: {template: {spec: {nodeClassRef: {group: karpenter.k8s.aws/v1, kind: EC2NodeClass, name: a}, requirements: [{key: a, operator: Is}]}}}}";
    let found = lines(pool, 36);
    assert!(found.iter().any(|it| it.contains("nodeClassRef.group: `group` must match the expression ^[^/]*$")), "{found:#?}");
    assert!(found.iter().any(|it| it.contains("requirements[0].operator: `operator` must be one of `In`")), "{found:#?}");
}

const DEFINITION: &str = "
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Thing, plural: things}
  versions:
  - {name: v1alpha1, served: false, storage: false, schema: {openAPIV3Schema: {type: object}}}
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            required: [size, mode]
            properties:
              size: {type: integer, minimum: 1, maximum: 9}
              mode: {type: string, enum: [fast, slow], default: fast}
              port: {x-kubernetes-int-or-string: true, anyOf: [{type: integer}, {type: string}]}
              names: {type: array, maxItems: 2, items: {type: string, pattern: '^[a-z]+$'}}
              free: {type: object, x-kubernetes-preserve-unknown-fields: true}
              labels: {type: object, additionalProperties: {type: string}}
";

#[test]
fn definitions_among_the_inputs_define_kinds() {
    let mut definitions = Definitions::new();
    let definition = trees(DEFINITION).remove(0);
    assert_eq!(definitions.add(&definition, definition.root()), 2);
    let judge = |spec: &str| {
        let yaml = format!("{{apiVersion: example.com/v1, kind: Thing, metadata: {{name: a}}, spec: {{{spec}}}}}");
        let tree = trees(&yaml).remove(0);
        validate(&tree, Version::minor(36), &definitions).iter().map(|it| format!("{:?} {}", it.kind, it.path)).collect::<Vec<_>>()
    };
    assert_eq!(judge("size: 1, port: web, names: [a], free: {x: 1}, labels: {a: b}"), Vec::<String>::new());
    assert_eq!(judge("mode: fast"), ["Missing spec.size"]);
    assert_eq!(judge("size: 10"), ["Refused spec.size"]);
    assert_eq!(judge("size: 1, mode: quick"), ["Refused spec.mode"]);
    assert_eq!(judge("size: 1, port: true"), ["WrongType spec.port"]);
    assert_eq!(judge("size: 1, names: [A]"), ["Refused spec.names[0]"]);
    assert_eq!(judge("size: 1, names: [a, b, c]"), ["Refused spec.names"]);
    assert_eq!(judge("size: 1, labels: {a: 1}"), ["WrongType spec.labels.a"]);
    assert_eq!(judge("size: 1, sise: 2"), ["UnknownField spec.sise"]);
    let old = "{apiVersion: example.com/v1alpha1, kind: Thing, metadata: {name: a}}";
    assert_eq!(validate(&trees(old)[0], Version::minor(36), &definitions)[0].kind, ProblemKind::NotServed);
}

mod laws {
    use proptest::prelude::*;

    use super::*;

    /// Words that rules look for, so that random objects reach them.
    const WORDS: [&str; 40] = [
        "apiVersion",
        "kind",
        "metadata",
        "name",
        "labels",
        "spec",
        "template",
        "selector",
        "matchLabels",
        "matchExpressions",
        "key",
        "operator",
        "values",
        "containers",
        "image",
        "ports",
        "containerPort",
        "port",
        "hostPort",
        "env",
        "valueFrom",
        "fieldRef",
        "resources",
        "requests",
        "limits",
        "cpu",
        "volumes",
        "volumeMounts",
        "mountPath",
        "livenessProbe",
        "httpGet",
        "strategy",
        "rollingUpdate",
        "maxSurge",
        "rules",
        "http",
        "paths",
        "backend",
        "versions",
        "webhooks",
    ];
    const KINDS: [(&str, &str); 14] = [
        ("v1", "Pod"),
        ("apps/v1", "Deployment"),
        ("apps/v1", "StatefulSet"),
        ("batch/v1", "CronJob"),
        ("v1", "Service"),
        ("networking.k8s.io/v1", "Ingress"),
        ("networking.k8s.io/v1", "NetworkPolicy"),
        ("v1", "Secret"),
        ("autoscaling/v2", "HorizontalPodAutoscaler"),
        ("v1", "LimitRange"),
        ("v1", "List"),
        ("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
        ("keda.sh/v1alpha1", "ScaledObject"),
        ("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration"),
    ];

    fn value() -> impl Strategy<Value = String> {
        let leaf = prop_oneof![
            Just("null".to_owned()),
            Just("true".to_owned()),
            any::<i64>().prop_map(|it| it.to_string()),
            "'[ -&(-~äß]{0,9}'",
            Just("50%".to_owned()),
            Just("1e999".to_owned())
        ];
        leaf.prop_recursive(6, 60, 6, |inner| {
            let key = prop_oneof![proptest::sample::select(&WORDS[..]).prop_map(str::to_owned), "'[a-z./ é]{0,5}'"];
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..5).prop_map(|it| format!("[{}]", it.join(", "))),
                proptest::collection::vec((key, inner), 0..6)
                    .prop_map(|it| format!("{{{}}}", it.iter().map(|(k, v)| format!("{k}: {v}")).collect::<Vec<_>>().join(", "))),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_object_is_judged_without_a_panic(at in 0..KINDS.len(), spec in value(), metadata in value(), other in value(), minor in 20u16..45) {
            let (api, kind) = KINDS[at];
            let yaml = format!("{{apiVersion: {api}, kind: {kind}, metadata: {metadata}, spec: {spec}, data: {other}, items: {other}, rules: {other}, webhooks: {other}}}");
            for tree in parse(&yaml).0 {
                let mut definitions = Definitions::new();
                definitions.add(&tree, tree.root());
                let found = validate(&tree, Version::minor(minor), &definitions);
                prop_assert!(found.iter().all(|it| (it.at.0 as usize) < tree.len() && !it.message.is_empty()));
                prop_assert!(unreadable(&found).is_sorted());
            }
        }

        #[test]
        fn any_text_is_judged_without_a_panic(text in "[\\PC\n]{0,200}") {
            for tree in parse(&text).0 {
                validate(&tree, Version::minor(36), &Definitions::new());
            }
        }
    }
}
