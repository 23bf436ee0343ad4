//! `seatrial permissions`: documents that IAM and Kubernetes take, for exactly the checks that are wanted.

use serde_json::Value;

use crate::session::Folder;

fn policy(args: &[&str]) -> Value {
    let ran = Folder::new().run(&[&["permissions", "check", "--iam"], args].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    serde_json::from_str(&ran.out).unwrap()
}

fn actions(policy: &Value) -> Vec<String> {
    let statements = policy["Statement"].as_array().unwrap();
    let mut all: Vec<String> = statements.iter().flat_map(|it| it["Action"].as_array().unwrap()).map(|it| it.as_str().unwrap().to_owned()).collect();
    all.sort();
    all
}

#[test]
fn a_policy_names_what_the_wanted_checks_take_and_nothing_more() {
    let whole = actions(&policy(&[]));
    assert!(whole.len() > 40 && !whole.iter().any(|it| it.contains('*')), "{whole:?}");
    let place = ["--region", "eu-west-1", "--account", "111122223333", "--cluster-name", "shop"];
    let one = policy(&[&["--only", "audit-log-off"][..], &place].concat());
    assert_eq!(actions(&one), ["eks:DescribeCluster"]);
    assert_eq!(one["Statement"][0]["Resource"], "arn:aws:eks:eu-west-1:111122223333:cluster/shop");
    let china = policy(&["--only", "ecr-scan-off", "--region", "cn-north-1"]);
    assert!(china.to_string().contains("arn:aws-cn:ecr:cn-north-1:ACCOUNT:repository/*"), "{china}");
    // What only a stricter taste runs is not asked for.
    assert!(!whole.iter().any(|it| it.starts_with("guardduty:")));
    assert!(actions(&policy(&["--profile", "pedantic"])).iter().any(|it| it == "guardduty:ListDetectors"));
    assert_eq!(policy(&["--only", "pdb-missing"])["Statement"].as_array().unwrap().len(), 0);
}

#[test]
fn a_recording_tells_where_it_is_of_and_what_its_cluster_reaches() {
    let folder = Folder::new();
    assert_eq!(folder.run(&["record", "--demo", "-o", "demo.trial"]).code, 0);
    let ran = folder.run(&["permissions", "check", "demo.trial", "--iam"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let policy: Value = serde_json::from_str(&ran.out).unwrap();
    let of = |action: &str| {
        let statements = policy["Statement"].as_array().unwrap().iter();
        statements.filter(|it| it["Action"].as_array().unwrap().iter().any(|it| it == action)).map(|it| it["Resource"].to_string()).collect::<String>()
    };
    let roles = of("iam:GetRole");
    assert!(roles.contains("arn:aws:iam::111122223333:role/shop-api") && !roles.contains('*'), "{roles}");
    assert!(of("ecr:DescribeImages").contains("arn:aws:ecr:us-east-1:111122223333:repository/web"), "{}", of("ecr:DescribeImages"));
    assert!(of("logs:DescribeLogStreams").contains("log-group:/aws/containerinsights/shop-prod/*"), "{}", of("logs:DescribeLogStreams"));
    assert_eq!(of("eks:DescribeCluster"), "\"arn:aws:eks:us-east-1:111122223333:cluster/shop-prod\"");
    let bare = Folder::with(&[("a.yaml", "{apiVersion: v1, kind: Namespace, metadata: {name: a}}")]);
    let ran = bare.run(&["permissions", "check", "a.yaml"]);
    assert!(ran.code == 2 && ran.err.contains("--cluster-name"), "{} {}", ran.code, ran.err);
}

#[test]
fn a_cluster_role_only_reads() {
    let ran = Folder::new().run(&["permissions", "record", "--rbac"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.starts_with("apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: seatrial-record\n"), "{}", ran.out);
    let verbs: Vec<&str> = ran.out.lines().filter_map(|it| it.trim().strip_prefix("verbs: ")).collect();
    assert!(verbs.len() > 10 && verbs.iter().all(|it| matches!(*it, "[\"get\"]" | "[\"list\"]")), "{verbs:?}");
    assert!(!ran.out.contains('*'));
    // It is itself a manifest without findings of a refusal.
    let folder = Folder::with(&[("role.yaml", &ran.out)]);
    let checked = folder.run(&["check", "role.yaml", "--only", "field-unknown,field-missing,value-wrong-type,value-refused,rbac-wildcard"]);
    assert_eq!(checked.code, 0, "{}{}", checked.out, checked.err);
}

#[test]
fn both_come_as_one_stream_and_words_to_replace_are_named() {
    let ran = Folder::new().run(&["permissions", "check"]);
    assert_eq!(ran.code, 0);
    assert!(ran.out.starts_with("# IAM policy\n{") && ran.out.contains("\n---\n# Kubernetes\napiVersion: rbac"), "{}", ran.out);
    assert!(ran.err.contains("REGION, ACCOUNT, CLUSTER"), "{}", ran.err);
    let wrong = Folder::new().run(&["permissions", "check", "--account", "shop"]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.err.contains("twelve digits"), "{}", wrong.err);
    let unknown = Folder::new().run(&["permissions", "check", "--only", "pdb-mising"]);
    assert!(unknown.code == 2 && unknown.err.contains("pdb-missing"), "{}", unknown.err);
}

#[test]
fn rules_of_the_team_are_counted() {
    let rule = "rules:\n- {id: slice-odd, title: An odd slice, severity: low, match: {kinds: [EndpointSlice]}, condition: 'has(object.endpoints)'}\n";
    let folder = Folder::with(&[("seatrial.yaml", rule)]);
    let ran = folder.run(&["permissions", "check", "--rbac", "--only", "slice-odd"]);
    assert!(ran.code == 0 && ran.out.contains("endpointslices") && !ran.out.contains("configmaps"), "{}{}", ran.out, ran.err);
}
