//! What rules say of objects.

use serde_json::json;

use crate::{evaluated, judged};

const TWO: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: shop, labels: {team: shop}}
spec:
  template:
    spec:
      initContainers:
      - {name: wait, image: busybox}
      containers:
      - {name: api, image: registry.example.com/api:1, resources: {limits: {memory: 1Gi}}}
      - {name: side, image: side, resources: {limits: {memory: 512Mi}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {replicas: 2}
";

fn messages(it: &seatrial_rules::Judged) -> Vec<&str> {
    it.violations.iter().map(|it| it.message.as_str()).collect()
}

#[test]
fn a_condition_that_is_false_is_a_finding() {
    let it = judged(json!({"condition": "has(object.metadata.labels) && 'team' in object.metadata.labels", "path": "metadata.labels"}), TWO);
    assert_eq!((it.assessed, it.unknown.clone()), (2, None));
    assert_eq!(messages(&it), ["Deployment shop/web: It is wrong"]);
    assert_eq!(it.violations[0].path.to_string(), "metadata.labels");
}

#[test]
fn messages_are_filled_in_or_evaluated() {
    let of = |key: &str, text: &str| {
        let it = judged(json!({"match": {"names": ["web"]}, "condition": "false", key: text}), TWO);
        messages(&it).join("")
    };
    assert_eq!(of("message", "{kind} {name} of {namespace}"), "Deployment web of shop");
    assert_eq!(of("messageExpression", "'has ' + string(object.spec.replicas) + ' replicas'"), "has 2 replicas");
    assert_eq!(of("messageExpression", "object.spec.absent"), "Deployment shop/web: It is wrong");
}

#[test]
fn elements_are_judged_one_by_one() {
    let it = judged(json!({"forEach": "containers", "condition": "item.image.contains('/')", "path": "image", "message": "{item} of {object}"}), TWO);
    assert_eq!((it.assessed, messages(&it)), (3, vec!["wait of Deployment shop/api", "side of Deployment shop/api"]));
    let places: Vec<(String, Option<&str>)> = it.violations.iter().map(|it| (it.path.to_string(), it.container.as_deref())).collect();
    assert_eq!(
        places,
        [("spec.template.spec.initContainers[0].image".to_owned(), Some("wait")), ("spec.template.spec.containers[1].image".to_owned(), Some("side"))]
    );
    let ports = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [{port: 80}, {port: 8080}]}\n";
    let it = judged(json!({"forEach": "spec.ports[*]", "condition": "item.port > 1024"}), ports);
    assert_eq!(messages(&it), ["Service a (spec.ports[0]): It is wrong"]);
}

#[test]
fn every_home_of_a_pod_has_its_containers() {
    for (kind, api, path) in
        [("Pod", "v1", "spec"), ("StatefulSet", "apps/v1", "spec.template.spec"), ("CronJob", "batch/v1", "spec.jobTemplate.spec.template.spec")]
    {
        let keys: Vec<&str> = path.split('.').collect();
        let inner = keys.iter().rev().fold("{containers: [{name: a, image: x}]}".to_owned(), |inner, key| format!("{{{key}: {inner}}}"));
        let spec = inner.strip_prefix("{spec: ").unwrap().strip_suffix('}').unwrap();
        let text = format!("apiVersion: {api}\nkind: {kind}\nmetadata: {{name: a}}\nspec: {spec}\n");
        let it = judged(json!({"forEach": "containers", "condition": "false"}), &text);
        assert_eq!(it.violations.iter().map(|it| it.path.to_string()).collect::<Vec<_>>(), [format!("{path}.containers[0]")], "{text}");
    }
}

#[test]
fn custom_resources_and_items_of_lists_are_seen_whole() {
    let text = "\
apiVersion: v1
kind: List
items:
- {apiVersion: example.com/v1, kind: Widget, metadata: {name: a}, spec: {size: 3}}
- {apiVersion: example.com/v1, kind: Widget, metadata: {name: b}, spec: {size: 30}}
";
    let it = judged(json!({"match": {"kinds": ["Widget"], "apiVersions": ["example.com/*"]}, "condition": "object.spec.size <= 10"}), text);
    assert_eq!((it.assessed, messages(&it)), (2, vec!["Widget b: It is wrong"]));
}

#[test]
fn what_cannot_be_told_is_unknown_with_its_place() {
    let it = judged(json!({"condition": "object.spec.replicas > 1"}), TWO);
    let reason = it.unknown.unwrap();
    assert_eq!((it.assessed, it.violations.len()), (1, 0));
    assert_eq!(reason, "Deployment shop/api (fixture.yaml:1): there is no key `replicas` (guard it with has(...) or `in`)");
    assert!(evaluated("object.metadata.name").unwrap_err().ends_with("the condition gives a string, not true or false"));
    assert!(evaluated("int(object.metadata.name) > 1").is_err());
    assert!(evaluated("object.data.matches('x')").is_err());
    assert!(evaluated("'x'.matches(object.metadata.name + '(')").is_err());
}

#[test]
fn the_namespace_is_seen_where_it_is_among_the_inputs() {
    let rule = || json!({"match": {"kinds": ["ConfigMap"]}, "condition": "namespaceObject.metadata.labels.tier == 'gold'"});
    let map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: shop}\n";
    let with = |tier: &str| judged(rule(), &format!("{map}---\napiVersion: v1\nkind: Namespace\nmetadata: {{name: shop, labels: {{tier: {tier}}}}}\n"));
    assert_eq!((with("gold").violations.len(), with("iron").violations.len()), (0, 1));
    assert!(judged(rule(), map).unknown.unwrap().ends_with("its Namespace shop is not among the inputs"));
}

#[test]
fn what_a_controller_made_is_left_to_it_where_the_rule_judges_both() {
    let text = "\
apiVersion: v1
kind: Pod
metadata: {name: api-1, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: api, uid: u, controller: true}]}
spec: {containers: [{name: a, image: x}]}
";
    let count = |kinds: &[&str]| judged(json!({"match": {"kinds": kinds}, "condition": "false"}), text).violations.len();
    assert_eq!((count(&["Pod"]), count(&["Deployment", "Pod"]), count(&["StatefulSet", "Pod"]), count(&[])), (1, 0, 1, 0));
}

#[test]
fn secrets_are_masked_before_a_rule_sees_them() {
    let secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {password: canary-value}\n";
    let it = judged(json!({"condition": "false", "messageExpression": "object.stringData.password"}), secret);
    assert_eq!(messages(&it), ["****"]);
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: x, env: [{name: DB_PASSWORD, value: canary-value}]}]}\n";
    let it = judged(json!({"condition": "false", "messageExpression": "object.spec.containers[0].env[0].value"}), pod);
    assert_eq!(messages(&it), ["****"]);
}

#[test]
fn every_function_that_rules_know_can_be_called() {
    for condition in [
        "bool('true')",
        "bytes('a') == b'a'",
        "'abc'.charAt(1) == 'b'",
        "'abc'.contains('b') && 'abc'.endsWith('c') && 'abc'.startsWith('a')",
        "double('1.5') > 1.0 && int('2') == 2 && uint(2) == 2u",
        "dyn('a') == 'a' && type('a') == string && string(1) == '1'",
        "'%s-%.1f'.format(['a', 1.5]) == 'a-1.5'",
        "optional.of(1).hasValue() && optional.of(1).value() == 1 && !optional.none().hasValue()",
        "optional.ofNonZeroValue(0).or(optional.of(2)).orValue(3) == 2",
        "object.?spec.?replicas.orValue(1) == 1",
        "'abcb'.indexOf('b') == 1 && 'abcb'.lastIndexOf('b') == 3",
        "['a', 'b'].join('-') == 'a-b' && 'a-b'.split('-') == ['a', 'b']",
        "'aB'.lowerAscii() == 'ab' && 'aB'.upperAscii() == 'AB'",
        "'abc'.matches('^a.c$') && matches('abc', 'b') && !'abc'.matches('^b')",
        "quantity('1.5Gi') > quantity('1500Mi') && quantity('250m') == 0.25",
        "strings.quote('a') == '\"a\"'",
        "'abc'.replace('b', 'x') == 'axc' && 'abc'.reverse() == 'cba'",
        "size('abc') == 3 && [1].size() == 1",
        "'abc'.substring(1) == 'bc' && ' a '.trim() == 'a'",
        "object.data.all(key, key in ['a', 'b']) && object.data.exists(key, object.data[key] == 'y')",
        "[1, 2, 3].filter(it, it > 1).map(it, it * 2) == [4, 6]",
        "has(object.data) && !has(object.spec)",
    ] {
        assert_eq!(evaluated(condition), Ok(true), "{condition}");
    }
}
