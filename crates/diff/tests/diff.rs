//! What differs is said by field, what comes and goes is folded, and what was not looked for is neither added nor removed.
#![allow(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

use seatrial_check::{Places, Policy, Settings, all, evaluate};
use seatrial_diff::{Side, diff};
use seatrial_model::{Origin, Path};
use seatrial_report::diff::{Change, Diff, FindingFate};
use seatrial_report::{Location, Role};
use seatrial_testkit::Fixture;

struct Nowhere;

impl Places for Nowhere {
    fn locate(&self, wanted: &[(Origin, &Path)]) -> Vec<Location> {
        let one = |path: &Path| Location {
            file: String::new(),
            line: 0,
            column: 0,
            end_line: 0,
            end_column: 0,
            path: path.to_string(),
            role: Role::Primary,
            note: None,
            approximate: false,
            snippet: None,
        };
        wanted.iter().map(|it| one(it.1)).collect()
    }
}

fn between(before: &str, after: &str) -> Diff {
    let (a, b) = (Fixture::new(before), Fixture::new(after));
    let report = |it: &Fixture| evaluate(&it.snapshot, &Settings::default(), &Policy::default(), &all(), &Nowhere);
    let (x, y) = (report(&a), report(&b));
    diff(Side { name: "a", snapshot: &a.snapshot, report: &x }, Side { name: "b", snapshot: &b.snapshot, report: &y })
}

/// Every change in words.
fn said(it: &Diff) -> Vec<String> {
    let value = |it: &Option<String>| it.clone().unwrap_or_else(|| "-".to_owned());
    let fields = |all: &[seatrial_report::diff::FieldChange]| {
        all.iter().map(|it| format!(" {}: {} > {}", it.path, value(&it.before), value(&it.after))).collect::<String>()
    };
    let mut all: Vec<String> = it.objects.iter().map(|it| format!("{} {}{}", it.change.word(), it.object, fields(&it.fields))).collect();
    all.extend(it.groups.iter().map(|it| {
        format!(
            "{} of {}: {} > {}, not ready {} > {}, {} restarts{}",
            it.kind,
            it.of,
            it.before,
            it.after,
            it.unready_before,
            it.unready_after,
            it.restarts,
            fields(&it.fields)
        )
    }));
    all.extend(it.account.iter().map(|it| format!("{} {} {}{}", it.change.word(), it.fact, it.name, fields(&it.fields))));
    all
}

const CLUSTER: &str = "apiVersion: seatrial.dev/v1alpha1\nkind: Snapshot\nscope: cluster\n---\n";

const DEPLOYMENT: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: shop, uid: d1, generation: 3, labels: {helm.sh/chart: shop-1.0.0}, annotations: {deployment.kubernetes.io/revision: '3'}}
spec:
  replicas: 3
  selector: {matchLabels: {app: api}}
  strategy: {rollingUpdate: {maxSurge: 1}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
      - name: api
        image: shop/api:1
        command: [run, --fast]
        env: [{name: A, value: '1'}, {name: DB_PASSWORD, value: hunter2}]
        resources: {requests: {cpu: 500m, memory: 1Gi}}
      - {name: sidecar, image: shop/sidecar:1}
status: {readyReplicas: 3, observedGeneration: 3, conditions: [{type: Available, status: 'True', lastTransitionTime: 2026-11-20T08:00:00Z}]}
";

#[test]
fn what_means_the_same_is_no_difference() {
    let same = DEPLOYMENT
        .replace("cpu: 500m, memory: 1Gi", "memory: 1024Mi, cpu: '0.5'")
        .replace("[{name: A, value: '1'}, {name: DB_PASSWORD, value: hunter2}]", "[{name: DB_PASSWORD, value: hunter3}, {name: A, value: '1'}]")
        .replace("generation: 3", "generation: 9")
        .replace("revision: '3'", "revision: '9'")
        .replace("readyReplicas: 3, observedGeneration: 3", "readyReplicas: 2, observedGeneration: 9")
        .replace("08:00:00Z", "09:30:00Z");
    let it = between(DEPLOYMENT, &same);
    assert!(it.is_empty() && it.folded.is_empty(), "{:?} {:?}", said(&it), it.folded);
    let it = between(DEPLOYMENT, &DEPLOYMENT.replace("shop-1.0.0", "shop-1.1.0"));
    assert!(it.is_empty() && it.folded.len() == 1, "{:?}", said(&it));
}

#[test]
fn fields_are_said_with_the_paths_of_the_api() {
    let after = DEPLOYMENT
        .replace("shop/api:1", "shop/api:2")
        .replace("[run, --fast]", "[run, --slow]")
        .replace("value: '1'", "value: '2'")
        .replace("value: hunter2", "value: correct-horse")
        .replace("maxSurge: 1", "maxSurge: 50%")
        .replace("      - {name: sidecar, image: shop/sidecar:1}\n", "")
        .replace("status: 'True'", "status: 'False'");
    let fields: Vec<String> = between(DEPLOYMENT, &after).objects[0]
        .fields
        .iter()
        .map(|it| format!("{}: {} > {}", it.path, it.before.as_deref().unwrap_or("-"), it.after.as_deref().unwrap_or("-")))
        .collect();
    let template = "spec.template.spec.containers";
    let expected = [
        "spec.strategy.rollingUpdate.maxSurge: 1 > 50%".to_owned(),
        format!("{template}[api].command: [run, --fast] > [run, --slow]"),
        format!("{template}[api].env[A].value: 1 > 2"),
        format!("{template}[api].env[DB_PASSWORD].value: **** (7 bytes) > **** (13 bytes)"),
        format!("{template}[api].image: shop/api:1 > shop/api:2"),
        format!("{template}[sidecar]: {{\"name\":\"sidecar\",\"image\":\"shop/sidecar:1\"}} > -"),
        "status.conditions[Available].status: True > False".to_owned(),
    ];
    assert_eq!(fields, expected);
}

#[test]
fn objects_are_added_removed_recreated_and_moved_to_a_newer_api() {
    let service = |name: &str, uid: &str| {
        format!("---\napiVersion: v1\nkind: Service\nmetadata: {{name: {name}, namespace: shop, uid: {uid}}}\nspec: {{ports: [{{port: 80}}]}}\n")
    };
    let it = between(&(service("a", "1") + &service("b", "2")), &(service("b", "3") + &service("c", "4")));
    assert_eq!(said(&it), ["removed Service shop/a", "recreated Service shop/b", "added Service shop/c"]);
    assert_eq!(it.objects[1].change, Change::Recreated);
    let hpa = |version: &str| {
        format!(
            "apiVersion: autoscaling/{version}\nkind: HorizontalPodAutoscaler\nmetadata: {{name: h, namespace: shop}}\nspec: {{maxReplicas: 3, scaleTargetRef: {{kind: Deployment, name: api}}}}\n"
        )
    };
    assert_eq!(said(&between(&hpa("v1"), &hpa("v2"))), ["changed HorizontalPodAutoscaler shop/h apiVersion: autoscaling/v1 > autoscaling/v2"]);
}

#[test]
fn replicas_belong_to_the_autoscaler() {
    let hpa = "---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: h, namespace: shop}\nspec: {maxReplicas: 9, scaleTargetRef: {kind: Deployment, name: api}}\n";
    let more = DEPLOYMENT.replace("replicas: 3", "replicas: 5");
    assert_eq!(between(DEPLOYMENT, &more).objects.len(), 1);
    let it = between(&format!("{DEPLOYMENT}{hpa}"), &format!("{more}{hpa}"));
    assert!(it.objects.is_empty() && it.folded["replicas that an autoscaler set"] == 1, "{:?}", said(&it));
}

fn pod(name: &str, owner: &str, ready: bool, restarts: u32) -> String {
    format!(
        "---\napiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, namespace: shop, uid: {name}, ownerReferences: [{{apiVersion: apps/v1, kind: ReplicaSet, name: {owner}, uid: {owner}, controller: true}}]}}\n\
         spec: {{containers: [{{name: c, image: x/y:1}}]}}\nstatus: {{phase: Running, conditions: [{{type: Ready, status: '{}'}}], containerStatuses: [{{name: c, restartCount: {restarts}}}]}}\n",
        if ready { "True" } else { "False" }
    )
}

fn replica_set(name: &str) -> String {
    format!(
        "---\napiVersion: apps/v1\nkind: ReplicaSet\nmetadata: {{name: {name}, namespace: shop, uid: {name}, ownerReferences: [{{apiVersion: apps/v1, kind: Deployment, name: api, uid: d1, controller: true}}]}}\n\
         spec: {{selector: {{matchLabels: {{app: api}}}}, template: {{metadata: {{labels: {{app: api}}}}, spec: {{containers: [{{name: c, image: x/y:1}}]}}}}}}\n"
    )
}

#[test]
fn pods_are_told_by_their_owner_and_replaced_ones_not_at_all() {
    let before = [CLUSTER, &replica_set("api-1"), &pod("api-1-a", "api-1", true, 0), &pod("api-1-b", "api-1", true, 1)].concat();
    let replaced = [CLUSTER, &replica_set("api-2"), &pod("api-2-x", "api-2", true, 0), &pod("api-2-y", "api-2", true, 0)].concat();
    let it = between(&before, &replaced);
    assert!(it.objects.is_empty() && it.groups.is_empty(), "{:?}", said(&it));
    assert_eq!(it.folded["ReplicaSets of Deployments"], 2);
    let grown =
        [CLUSTER, &replica_set("api-1"), &pod("api-1-a", "api-1", true, 0), &pod("api-1-b", "api-1", false, 4), &pod("api-1-c", "api-1", true, 9)].concat();
    assert_eq!(said(&between(&before, &grown)), ["Pod of Deployment shop/api: 2 > 3, not ready 0 > 1, 3 restarts"]);
}

#[test]
fn nodes_are_told_by_their_group_and_by_what_they_run() {
    let node = |name: &str, kubelet: &str| {
        format!(
            "---\napiVersion: v1\nkind: Node\nmetadata: {{name: {name}, labels: {{eks.amazonaws.com/nodegroup: od}}}}\nstatus: {{conditions: [{{type: Ready, status: 'True'}}], nodeInfo: {{kubeletVersion: {kubelet}}}}}\n"
        )
    };
    let before = [CLUSTER, &node("a", "v1.34.1"), &node("b", "v1.34.1")].concat();
    let moved = [CLUSTER, &node("c", "v1.34.1"), &node("d", "v1.34.1")].concat();
    assert!(said(&between(&before, &moved)).is_empty());
    let rolled = [CLUSTER, &node("c", "v1.35.0"), &node("d", "v1.35.0"), &node("e", "v1.35.0")].concat();
    assert_eq!(
        said(&between(&before, &rolled)),
        ["Node of node group od: 2 > 3, not ready 0 > 0, 0 restarts status.nodeInfo.kubeletVersion: v1.34.1 > v1.35.0"]
    );
}

#[test]
fn what_was_not_read_is_neither_added_nor_removed() {
    let policy = "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: shop, uid: p1}\nspec: {podSelector: {}}\n";
    let whole = format!("{CLUSTER}{DEPLOYMENT}{policy}");
    let part = format!("{CLUSTER}{DEPLOYMENT}");
    for (before, after, side) in [(&part, &whole, "before"), (&whole, &part, "after")] {
        let it = between(before, after);
        assert!(it.objects.is_empty(), "{:?}", said(&it));
        assert_eq!(it.folded[&format!("objects of lists that were not read {side}")], 1);
        let evidence = it.evidence.iter().find(|it| it.what == "networkpolicies").unwrap();
        assert_eq!((evidence.missing_before.is_some(), evidence.missing_after.is_some()), (side == "before", side == "after"));
        let fates: Vec<FindingFate> = it.findings.iter().map(|it| it.change).collect();
        assert!(!fates.contains(&FindingFate::Gone) && !fates.contains(&FindingFate::New), "{fates:?}");
    }
}

#[test]
fn objects_of_namespaces_that_were_not_read_are_neither_added_nor_removed() {
    let header = |namespaces: &str| format!("apiVersion: seatrial.dev/v1alpha1\nkind: Snapshot\nscope: cluster\nnamespaces: {namespaces}\n---\n");
    let config = |ns: &str| format!("---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: m, namespace: {ns}}}\n");
    let whole =
        [header("[]"), config("shop"), config("other"), replica_set("api-1"), pod("api-1-a", "api-1", true, 0).replace("namespace: shop", "namespace: other")]
            .concat();
    let part = [header("[shop]"), config("shop"), replica_set("api-1")].concat();
    for (before, after, side) in [(&whole, &part, "after"), (&part, &whole, "before")] {
        let it = between(before, after);
        assert!(it.objects.is_empty() && it.groups.is_empty(), "{:?}", said(&it));
        assert_eq!(it.folded[&format!("objects of namespaces that were not read {side}")], 1);
    }
}

#[test]
fn findings_of_namespaces_that_were_not_read_are_neither_new_nor_gone() {
    let header = |namespaces: &str| format!("apiVersion: seatrial.dev/v1alpha1\nkind: Snapshot\nscope: cluster\nnamespaces: {namespaces}\n---\n");
    let bad = |ns: &str| DEPLOYMENT.replace("shop/api:1", "shop/api:latest").replace("namespace: shop", &format!("namespace: {ns}"));
    let whole = format!("{}{}---\n{}", header("[]"), bad("shop"), bad("other"));
    let part = format!("{}{}", header("[shop]"), bad("shop"));
    for (before, after, fate) in [(&whole, &part, FindingFate::OutOfSight), (&part, &whole, FindingFate::FirstSeen)] {
        let found = between(before, after).findings;
        assert!(found.iter().any(|it| it.check == "image-tag-latest" && it.object.namespace.as_deref() == Some("other")), "{found:?}");
        assert!(found.iter().filter(|it| it.object.namespace.as_deref() == Some("other")).all(|it| it.change == fate), "{found:?}");
    }
}

#[test]
fn what_is_read_with_another_list_is_missed_with_it() {
    let sealed = "---\napiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: s, namespace: shop}\n";
    let read = "---\napiVersion: v1\nkind: Secret\nmetadata: {name: other, namespace: shop}\n";
    let (with, without) = (format!("{CLUSTER}{DEPLOYMENT}{read}{sealed}"), format!("{CLUSTER}{DEPLOYMENT}"));
    let it = between(&with, &without);
    assert!(it.objects.is_empty(), "{:?}", said(&it));
    assert_eq!(it.folded["objects of lists that were not read after"], 2);
    let it = between(&with, &format!("{without}{read}"));
    assert_eq!(said(&it).len(), 1, "with the list read, it is gone: {:?}", said(&it));
}

#[test]
fn findings_and_rows_say_what_became_better_and_worse() {
    let worse = DEPLOYMENT.replace("shop/api:1", "shop/api:latest");
    let it = between(DEPLOYMENT, &worse);
    let new: Vec<&str> = it.findings.iter().filter(|it| it.change == FindingFate::New).map(|it| it.check.as_str()).collect();
    assert!(new.contains(&"image-tag-latest"), "{new:?}");
    assert!(it.findings.iter().all(|it| it.change != FindingFate::Gone));
    let back = between(&worse, DEPLOYMENT);
    assert!(back.findings.iter().any(|it| it.change == FindingFate::Gone && it.check == "image-tag-latest"));
    let one = DEPLOYMENT.replace("namespace: shop", "namespace: one");
    let row = between(
        &one,
        &format!(
            "{one}---\napiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {{name: api, namespace: one}}\nspec: {{maxUnavailable: 1, selector: {{matchLabels: {{app: api}}}}}}\n"
        ),
    );
    let change = row.rows.iter().find(|it| it.row.contains("disruption")).unwrap();
    assert!(!change.is_worse(), "{change:?}");
}

#[test]
fn facts_of_the_account_are_told_by_name() {
    let account = |text: &str| format!("apiVersion: seatrial.dev/v1alpha1\nkind: Account\n{text}\n");
    let before = account(
        "addons: [{name: coredns, version: v1, status: ACTIVE}, {name: vpc-cni, version: v1, status: ACTIVE}]\nsubnets: [{id: s1, zone: a, freeIps: 100}]\ndashboards: [one]\neksCluster: {name: c, version: '1.34'}\n\
         podIdentityAssociations: [{namespace: shop, serviceAccount: api, roleArn: r1}]\ninstances: [{id: i-1}]",
    );
    let after = account(
        "addons: [{name: vpc-cni, version: v2, status: ACTIVE}, {name: kube-proxy, version: v1, status: ACTIVE}]\nsubnets: [{id: s1, zone: a, freeIps: 90}]\ndashboards: [one, two]\neksCluster: {name: c, version: '1.35'}\n\
         podIdentityAssociations: [{namespace: shop, serviceAccount: api, roleArn: r2}]\ninstances: [{id: i-2}]",
    );
    let it = between(&before, &after);
    assert_eq!(
        said(&it),
        [
            "changed the EKS cluster  version: 1.34 > 1.35",
            "added EKS add-ons kube-proxy",
            "changed EKS add-ons vpc-cni version: v1 > v2",
            "removed EKS add-ons coredns",
            "changed Pod Identity associations shop/api roleArn: r1 > r2",
            "added CloudWatch dashboards two",
        ]
    );
    assert_eq!((it.folded["EC2 instances that came or went"], it.folded["figures of AWS that move by themselves"]), (2, 1));
    let gone = between(&before, &account("addons: []"));
    assert!(gone.account.iter().all(|it| it.fact == "EKS add-ons") && gone.evidence.iter().any(|it| it.what == "subnets" && it.missing_after.is_some()));
}

#[test]
fn nothing_differs_from_itself_and_a_way_back_is_the_way_there_mirrored() {
    let demo =
        [include_str!("../../cli/demo/cluster.yaml"), include_str!("../../cli/demo/shop.yaml"), include_str!("../../cli/demo/account.yaml")].join("\n---\n");
    let it = between(&demo, &demo);
    assert!(it.is_empty() && it.folded.is_empty(), "{:?} {:?}", said(&it), it.folded);
    let other = demo.replace("memory: 256Mi", "memory: 300Mi");
    let (there, back) = (between(&demo, &other), between(&other, &demo));
    assert!(!there.objects.is_empty());
    let mirrored: Vec<_> = back.objects.iter().flat_map(|it| it.fields.iter().map(|it| (it.path.clone(), it.after.clone(), it.before.clone()))).collect();
    let fields: Vec<_> = there.objects.iter().flat_map(|it| it.fields.iter().map(|it| (it.path.clone(), it.before.clone(), it.after.clone()))).collect();
    assert_eq!(fields, mirrored);
}
