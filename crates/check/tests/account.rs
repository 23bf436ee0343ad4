//! Judgements on roles, disks and metadata of the account claim no more than was read.

use seatrial_check::{Cx, Outcomes, Settings, find, run};
use seatrial_model::{Graph, Origin};
use seatrial_report::{Confidence, Severity};
use seatrial_testkit::Fixture;

fn outcome(check: &str, fixture: &Fixture, settings: &Settings) -> Outcomes {
    let graph = Graph::new(&fixture.snapshot.cluster);
    run(&Cx::new(&fixture.snapshot, &graph, settings), &[find(check).expect("a check")]).remove(0).result
}

const PROVIDER: &str = "oidc.eks.eu-west-1.amazonaws.com/id/ABC";

/// ServiceAccount shop/api with a role through IRSA, and what the role's one statement says of the provider and its conditions (`operator key value`).
fn irsa(provider: &str, conditions: &[&str]) -> String {
    let condition = |it: &&str| {
        let parts: Vec<&str> = it.splitn(3, ' ').collect();
        format!("{{operator: '{}', key: '{}', values: ['{}']}}", parts[0], parts[1].replace('@', PROVIDER), parts[2])
    };
    let conditions: Vec<String> = conditions.iter().map(condition).collect();
    format!(
        "apiVersion: v1\nkind: ServiceAccount\nmetadata: {{name: api, namespace: shop, annotations: {{eks.amazonaws.com/role-arn: 'arn:aws:iam::111122223333:role/api'}}}}\n---\napiVersion: seatrial.dev/v1alpha1\nkind: Account\neksCluster: {{name: shop, arn: 'arn:aws:eks:eu-west-1:111122223333:cluster/shop', oidcIssuer: 'https://{PROVIDER}'}}\npodIdentityAssociations: []\nroles:\n- name: api\n  arn: arn:aws:iam::111122223333:role/api\n  trust: [{{effect: Allow, actions: ['sts:AssumeRoleWithWebIdentity'], principals: ['arn:aws:iam::111122223333:oidc-provider/{provider}'], conditions: [{}]}}]\n",
        conditions.join(", ")
    )
}

/// `pass`, `open`, or the first finding's message.
fn said(check: &str, text: &str) -> String {
    match outcome(check, &Fixture::new(text), &Settings::default()) {
        Outcomes::Ran(0, _) => "not assessed".to_owned(),
        Outcomes::Ran(_, drafts) => drafts.first().map_or("pass".to_owned(), |it| it.message.clone()),
        Outcomes::Partly(_, drafts, _) => drafts.first().map_or("open".to_owned(), |it| it.message.clone()),
        Outcomes::Unknown(it) => it.reason,
    }
}

#[test]
fn a_role_lets_in_the_service_account_that_names_it() {
    let of = |provider: &str, conditions: &[&str]| said("irsa-trust-broken", &irsa(provider, conditions));
    let aud = "StringEquals @:aud sts.amazonaws.com";
    assert_eq!(of(PROVIDER, &[aud, "StringEquals @:sub system:serviceaccount:shop:api"]), "pass");
    assert_eq!(of(PROVIDER, &[aud, "StringLike @:sub system:serviceaccount:shop:*"]), "pass");
    assert_eq!(of(PROVIDER, &[]), "pass", "it lets in everybody, which is another check's finding");
    for (provider, conditions, told) in [
        (
            PROVIDER,
            vec![aud, "StringEquals @:sub system:serviceaccount:pay:api"],
            "wants oidc.eks.eu-west-1.amazonaws.com/id/ABC:sub to be system:serviceaccount:pay:api",
        ),
        (PROVIDER, vec![aud, "StringEquals @:sub system:serviceaccount:shop:*"], "system:serviceaccount:shop:*, and it is system:serviceaccount:shop:api"),
        (PROVIDER, vec!["StringEquals @:aud sts.eu-west-1.amazonaws.com"], "and it is sts.amazonaws.com"),
        (PROVIDER, vec!["StringEquals oidc.eks.eu-west-1.amazonaws.com/id/OLD:sub system:serviceaccount:shop:api"], "and it is absent"),
        ("oidc.eks.eu-west-1.amazonaws.com/id/OLD", vec![], "it trusts another identity provider"),
    ] {
        let said = of(provider, &conditions);
        assert!(said.contains(told), "{conditions:?}: {said}");
    }
    assert_eq!(of(PROVIDER, &[aud, "IpAddress aws:SourceIp 10.0.0.0/8"]), "open");
    assert!(of(PROVIDER, &["IpAddress aws:SourceIp 10.0.0.0/8", "StringEquals @:aud x"]).contains("aud"), "what is open does not hide what is wrong");
    let gone = irsa(PROVIDER, &[]).replace("- name: api\n  arn: arn:aws:iam::111122223333:role/api", "- name: web\n  arn: arn:aws:iam::111122223333:role/web");
    assert!(said("irsa-trust-broken", &gone).contains("does not exist"));
    assert_eq!(
        said("irsa-trust-broken", &gone.replace("111122223333:role/api", "999988887777:role/api")),
        "not assessed",
        "another account's roles are not read"
    );
}

#[test]
fn a_role_lets_in_nobody_else() {
    let of = |conditions: &[&str]| said("irsa-trust-too-wide", &irsa(PROVIDER, conditions));
    let (aud, sub) = ("StringEquals @:aud sts.amazonaws.com", "StringEquals @:sub system:serviceaccount:shop:api");
    assert_eq!(of(&[aud, sub]), "pass");
    for (conditions, told) in [
        (vec![aud], "any ServiceAccount of the cluster"),
        (vec![aud, "StringLike @:sub *"], "any ServiceAccount of the cluster"),
        (vec![aud, "StringLike @:sub system:serviceaccount:*:api"], "a ServiceAccount api of any namespace"),
        (vec![aud, "StringLike @:sub system:serviceaccount:shop:*"], "any ServiceAccount of namespace shop"),
        (vec![sub], "any audience registered with the identity provider"),
        (vec![aud, "StringNotEquals @:sub system:serviceaccount:pay:web"], "any ServiceAccount of the cluster"),
    ] {
        let said = of(&conditions);
        assert!(said.contains(told), "{conditions:?}: {said}");
    }
    assert_eq!(of(&[aud, "StringEquals aws:PrincipalOrgID o-1"]), "open");
    assert_eq!(of(&[aud, "StringEquals @:sub system:serviceaccount:shop:*"]), "pass", "it lets in nobody at all");
}

#[test]
fn a_role_lets_in_the_pods_that_are_associated_with_it() {
    let of = |association: &str, statements: &str| {
        said(
            "pod-identity-trust-broken",
            &format!(
                "apiVersion: seatrial.dev/v1alpha1\nkind: Account\neksCluster: {{name: shop, arn: 'arn:aws:eks:eu-west-1:111122223333:cluster/shop'}}\npodIdentityAssociations:\n- {{namespace: shop, serviceAccount: api, roleArn: 'arn:aws:iam::111122223333:role/api'{association}}}\nroles:\n- name: api\n  arn: arn:aws:iam::111122223333:role/api\n  trust: [{statements}]\n"
            ),
        )
    };
    let statement = |effect: &str, conditions: &str| {
        format!("{{effect: {effect}, actions: ['sts:AssumeRole', 'sts:TagSession'], principals: [pods.eks.amazonaws.com], conditions: [{conditions}]}}")
    };
    let tag = |tag: &str, value: &str| format!("{{operator: StringEquals, key: 'aws:RequestTag/{tag}', values: ['{value}']}}");
    assert_eq!(of("", &statement("Allow", "")), "pass");
    let right = tag("kubernetes-namespace", "shop") + ", " + &tag("kubernetes-service-account", "api") + ", " + &tag("eks-cluster-name", "shop");
    assert_eq!(of("", &statement("Allow", &right)), "pass");
    assert!(of("", &statement("Allow", &tag("kubernetes-namespace", "pay"))).contains("to be pay, and it is shop"));
    assert!(of(", disableSessionTags: true", &statement("Allow", &right)).contains("and it is absent"));
    assert!(of(", disableSessionTags: true", &statement("Allow", "").replace(", 'sts:TagSession'", "")).contains("pass"));
    assert!(of("", &statement("Allow", "").replace(", 'sts:TagSession'", "")).contains("do sts:TagSession"));
    assert_eq!(of("", &statement("Allow", "{operator: StringEquals, key: 'aws:SourceVpc', values: [vpc-1]}")), "open");
    assert_eq!(of("", &statement("Allow", "").replace("conditions: []", "conditioned: true")), "open", "conditions that an older recording lacks");
    let denied = statement("Allow", "") + ", " + &statement("Deny", &tag("kubernetes-namespace", "shop"));
    assert!(of("", &denied).contains("a statement denies it"));
    let elsewhere = statement("Allow", "") + ", " + &statement("Deny", &tag("kubernetes-namespace", "pay"));
    assert_eq!(of("", &elsewhere), "pass");
    let unknown = statement("Allow", "") + ", " + &statement("Deny", "{operator: StringEquals, key: 'aws:SourceVpc', values: [vpc-1]}");
    assert_eq!(of("", &unknown), "open");
    let two = statement("Allow", &tag("kubernetes-namespace", "pay")) + ", " + &statement("Allow", &tag("kubernetes-namespace", "shop"));
    assert_eq!(of("", &two), "pass", "one statement is enough");
}

#[test]
fn a_target_role_lets_in_the_role_that_leads_to_it() {
    let of = |principal: &str, conditions: &str| {
        said(
            "pod-identity-trust-broken",
            &format!(
                "apiVersion: seatrial.dev/v1alpha1\nkind: Account\npodIdentityAssociations:\n- {{namespace: shop, serviceAccount: api, roleArn: 'arn:aws:iam::111122223333:role/api', targetRoleArn: 'arn:aws:iam::111122223333:role/data'}}\nroles:\n- name: data\n  arn: arn:aws:iam::111122223333:role/data\n  trust: [{{effect: Allow, actions: ['sts:AssumeRole', 'sts:TagSession'], principals: ['{principal}'], conditions: [{conditions}]}}]\n"
            ),
        )
    };
    for principal in ["arn:aws:iam::111122223333:role/api", "arn:aws:iam::111122223333:root", "111122223333", "*"] {
        assert_eq!(of(principal, ""), "pass", "{principal}");
    }
    for principal in ["arn:aws:iam::111122223333:role/web", "arn:aws:iam::999988887777:root", "pods.eks.amazonaws.com"] {
        assert!(of(principal, "").contains("Role data: does not let api do sts:AssumeRole and sts:TagSession"), "{principal}");
    }
    assert_eq!(of("arn:aws:iam::111122223333:role/api", "{operator: StringEquals, key: 'sts:ExternalId', values: []}"), "open");
}

/// The fixture of [`irsa`] as a running cluster, its objects out of the API server.
fn live(text: &str) -> Fixture {
    let mut fixture = Fixture::new(&format!("apiVersion: seatrial.dev/v1alpha1\nkind: Snapshot\nscope: cluster\nserverVersion: '1.36'\n---\n{text}"));
    fixture.snapshot.cluster.set_origins(Origin::api(0));
    fixture
}

#[test]
fn an_association_makes_the_annotation_of_irsa_idle() {
    let of = |all: &str| irsa("oidc.eks.eu-west-1.amazonaws.com/id/OLD", &[]).replace("podIdentityAssociations: []\n", all);
    let associated = |account: &str| {
        of(&format!("podIdentityAssociations: [{{namespace: shop, serviceAccount: {account}, roleArn: 'arn:aws:iam::111122223333:role/new'}}]\n"))
    };
    assert_eq!(said("irsa-trust-broken", &associated("api")), "not assessed", "pods get the association's credentials");
    assert!(said("irsa-trust-broken", &associated("web")).contains("does not let it in"), "another's association");
    assert!(matches!(outcome("irsa-trust-broken", &live(&of("")), &Settings::default()), Outcomes::Unknown(_)), "associations were not read");
    let both = said("irsa-and-pod-identity", &associated("api"));
    assert!(both.contains("its Pod Identity association with new wins over IRSA's role api"), "{both}");
}

#[test]
fn a_role_that_nobody_asked_for_is_not_known_to_be_gone() {
    let gone = irsa(PROVIDER, &[]).replace("- name: api\n  arn: arn:aws:iam::111122223333:role/api", "- name: web\n  arn: arn:aws:iam::111122223333:role/web");
    let of = |fixture: &Fixture| outcome("irsa-trust-broken", fixture, &Settings::default());
    let mut fixture = live(&gone);
    assert!(matches!(of(&fixture), Outcomes::Ran(1, drafts) if drafts[0].message.contains("does not exist")));
    fixture.snapshot.cluster.set_origins(Origin { file: 0, offset: 0, len: 9, line: 1, column: 1, document: 0, item: None });
    let Outcomes::Partly(1, drafts, unknown) = of(&fixture) else { panic!("a manifest beside a recording") };
    assert!(drafts.is_empty() && unknown.reason.contains("whether role api of ServiceAccount shop/api exists is open"), "{}", unknown.reason);
}

#[test]
fn a_provider_of_another_account_lets_nobody_in() {
    let foreign = irsa(PROVIDER, &[]).replace("111122223333:oidc-provider", "999988887777:oidc-provider");
    let broken = said("irsa-trust-broken", &foreign);
    assert!(broken.contains("it trusts the identity provider of another account"), "{broken}");
    assert_eq!(said("irsa-trust-too-wide", &foreign), "pass");
    assert_eq!(
        said("irsa-trust-broken", &foreign.replace("111122223333:role", "999988887777:role")),
        "pass",
        "a role of another account, and that account's provider"
    );
    let china = irsa(PROVIDER, &[]).replace("arn:aws:", "arn:aws-cn:");
    assert_eq!(said("irsa-trust-broken", &china), "pass");
}

#[test]
fn patterns_and_audiences_of_a_policy_let_in_whom_they_fit() {
    let of = |conditions: &[&str]| said("irsa-trust-too-wide", &irsa(PROVIDER, conditions));
    let aud = "StringEquals @:aud sts.amazonaws.com";
    for (conditions, told) in [
        (vec!["StringEquals @:aud custom"], "any ServiceAccount of the cluster"),
        (vec!["StringLike @:aud cust*m"], "any ServiceAccount of the cluster"),
        (vec!["StringEquals @:aud custom", "StringLike @:sub system:serviceaccount:shop:*"], "any ServiceAccount of namespace shop"),
        (vec![aud, "StringLike @:sub system:serviceaccount:s*:api"], "several namespaces, all that fit system:serviceaccount:s*:api"),
        (vec![aud, "StringLike @:sub system:serviceaccount:sho?:api"], "several namespaces"),
        (vec![aud, "StringLike @:sub system:serviceaccount:sh*"], "several namespaces"),
        (vec![aud, "StringLike @:sub *:web"], "several namespaces"),
        (vec![aud, "StringLike @:sub system:serviceaccount:pay:*"], "any ServiceAccount of namespace pay"),
    ] {
        let said = of(&conditions);
        assert!(said.contains(told), "{conditions:?}: {said}");
    }
    let severity = |sub: &str| {
        let fixture = Fixture::new(&irsa(PROVIDER, &[aud, sub]));
        let Outcomes::Ran(1, drafts) = outcome("irsa-trust-too-wide", &fixture, &Settings::default()) else { panic!("all is known") };
        drafts[0].severity
    };
    assert_eq!(severity("StringLike @:sub system:serviceaccount:*:web"), Some(Severity::High), "whoever may make a namespace");
    assert_eq!(severity("StringLike @:sub system:serviceaccount:s*:web"), Some(Severity::Medium));
    for narrow in ["StringLike @:sub system:serviceaccount:shop:api", "StringLike @:sub system:serviceaccount:shop:api-*"] {
        assert_eq!(of(&[aud, narrow]), "pass", "{narrow}");
    }
    let pattern = [aud, "StringLike @:sub system:serviceaccount:s*:api", "StringNotLike @:sub system:serviceaccount:s*-anybody-?:*"];
    assert_eq!(of(&pattern), "pass", "a pattern that another condition takes back");
    let without_audience = Fixture::new(&irsa(PROVIDER, &["StringEquals @:sub system:serviceaccount:shop:api"]));
    let Outcomes::Ran(1, drafts) = outcome("irsa-trust-too-wide", &without_audience, &Settings::default()) else { panic!("all is known") };
    assert_eq!(drafts[0].confidence, Some(Confidence::Medium), "which audiences the provider takes was not read");
}

fn of_template(check: &str, template: &str) -> String {
    said(
        check,
        &format!("apiVersion: seatrial.dev/v1alpha1\nkind: Account\ninstances: []\nlaunchTemplates:\n- {{nodeGroup: od, id: lt-1, version: '3'{template}}}\n"),
    )
}

#[test]
fn metadata_that_a_template_leaves_open_is_not_closed() {
    let of = |template: &str| of_template("launch-template-metadata-open", template);
    assert_eq!(of(", httpTokens: required, httpPutResponseHopLimit: 1"), "pass");
    assert_eq!(of(", httpEndpoint: disabled"), "pass");
    for open in ["", ", httpTokens: required", ", httpPutResponseHopLimit: 1"] {
        assert_eq!(of(open), "open", "{open}");
    }
    assert!(of(", httpTokens: optional").contains("version 1"));
    assert!(of(", httpPutResponseHopLimit: 2").contains("hop limit"), "pods reach it, with or without a token");
}

#[test]
fn a_disk_of_unknown_encryption_is_not_encrypted() {
    let of = |disks: &str| of_template("node-disk-unencrypted", &format!(", disks: [{disks}]"));
    let (encrypted, open, plain) = ("{device: /dev/xvda, encrypted: true}", "{device: /dev/xvdb}", "{device: /dev/xvdc, encrypted: false}");
    assert_eq!(of(encrypted), "pass");
    assert_eq!(of(open), "open");
    assert_eq!(of(&format!("{encrypted}, {open}")), "open");
    assert_eq!(of(""), "open", "every node has a disk");
    assert!(of(&format!("{encrypted}, {open}, {plain}")).contains("start with /dev/xvdc unencrypted"));
}
