//! Judgements that labelled cases of other tools taught.

use seatrial_check::{Cx, Outcomes, Profile, Settings, find, run};
use seatrial_model::Graph;
use seatrial_testkit::Fixture;

fn finds(check: &str, text: &str) -> bool {
    let fixture = Fixture::new(text);
    let graph = Graph::new(&fixture.snapshot.cluster);
    let settings = Settings { profile: Profile::Pedantic, ..Settings::default() };
    let outcomes = run(&Cx::new(&fixture.snapshot, &graph, &settings), &[find(check).expect("a check")]);
    matches!(&outcomes[0].result, Outcomes::Ran(_, drafts) if !drafts.is_empty())
}

fn load_balancer(annotations: &str, target: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  annotations: {{service.beta.kubernetes.io/aws-load-balancer-scheme: internet-facing{annotations}}}\nspec:\n  type: LoadBalancer\n  selector: {{app: web}}\n  ports: [{{port: 443, targetPort: {target}}}]\n"
    )
}

#[test]
fn port_443_without_a_certificate_before_pods_that_speak_http_is_plain() {
    let backend = ", service.beta.kubernetes.io/aws-load-balancer-backend-protocol: http";
    let certificate = ", service.beta.kubernetes.io/aws-load-balancer-ssl-cert: arn:aws:acm:eu-west-1:111122223333:certificate/a";
    assert!(finds("load-balancer-plaintext", &load_balancer(backend, "8080")));
    assert!(finds("load-balancer-plaintext", &load_balancer("", "80")));
    assert!(!finds("load-balancer-plaintext", &load_balancer("", "8443")), "the pods may end TLS");
    assert!(!finds("load-balancer-plaintext", &load_balancer(&format!("{backend}{certificate}"), "8080")));
}

#[test]
fn a_budget_without_a_bound_protects_nothing_whatever_it_selects() {
    let budget = |bound: &str| {
        format!("apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {{name: a}}\nspec:\n  selector: {{matchLabels: {{app: a}}}}\n{bound}")
    };
    assert!(finds("pdb-too-loose", &budget("")));
    assert!(!finds("pdb-too-loose", &budget("  maxUnavailable: 1\n")), "of a single pod nothing is known to be lost");
}

#[test]
fn a_namespace_on_a_cluster_role_does_not_hide_it_from_its_binding() {
    let text = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: all, namespace: shop}\nrules:\n- {apiGroups: ['*'], resources: ['*'], verbs: ['*']}\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: all}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: all}\nsubjects:\n- {kind: User, name: jane, apiGroup: rbac.authorization.k8s.io}\n";
    assert!(finds("rbac-cluster-admin-binding", text));
}

/// Two namespaces with the same flaw, and a wrong Service in each.
const TWO: &str = "apiVersion: seatrial.dev/v1alpha1\nkind: Snapshot\nscope: cluster\nserverVersion: '1.36'\n---\n{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: shop}, spec: {containers: [{name: c, image: a, securityContext: {privileged: true}}]}}\n---\n{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: pay}, spec: {containers: [{name: c, image: a, securityContext: {privileged: true}}]}}\n---\n{apiVersion: v1, kind: Service, metadata: {name: s, namespace: shop}, spec: {selector: {app: none}, ports: [{port: 80}]}}\n---\n{apiVersion: v1, kind: Service, metadata: {name: s, namespace: pay}, spec: {selector: {app: none}, ports: [{port: 80}]}}\n";

fn outcome(check: &str, fixture: &Fixture, settings: &Settings) -> Outcomes {
    let graph = Graph::new(&fixture.snapshot.cluster);
    run(&Cx::new(&fixture.snapshot, &graph, settings), &[find(check).expect("a check")]).remove(0).result
}

#[test]
fn findings_outside_of_the_wanted_namespaces_are_none() {
    let settings = Settings { namespaces: vec!["shop".to_owned()], ..Settings::default() };
    let fixture = Fixture::new(TWO);
    for check in ["privileged-container", "service-selects-nothing"] {
        let Outcomes::Ran(_, drafts) = outcome(check, &fixture, &settings) else { panic!("{check} is unknown") };
        assert_eq!(drafts.iter().map(|it| it.object.namespace.as_deref()).collect::<Vec<_>>(), [Some("shop")], "{check}");
        let Outcomes::Ran(_, drafts) = outcome(check, &fixture, &Settings::default()) else { panic!("{check} is unknown") };
        assert_eq!(drafts.len(), 2, "{check}");
    }
}

#[test]
fn where_one_namespace_was_read_the_cluster_as_a_whole_is_unknown() {
    let mut fixture = Fixture::new(TWO);
    fixture.snapshot.meta.namespaces = vec!["shop".into()];
    let Outcomes::Unknown(it) = outcome("service-selects-nothing", &fixture, &Settings::default()) else { panic!("it looks at all Services") };
    assert_eq!(it.reason, "only namespace shop may be read, and this takes the whole cluster");
    assert!(matches!(outcome("privileged-container", &fixture, &Settings::default()), Outcomes::Ran(2, _)), "a workload is judged by itself");
}

#[test]
fn what_one_namespace_names_of_the_account_is_not_all_of_it() {
    let roles = "apiVersion: seatrial.dev/v1alpha1\nkind: Account\nroles: []\nnodeGroups: []\npodIdentityAssociations: []\nrepositories: []\n";
    let mut fixture = Fixture::new(&format!("{TWO}---\n{roles}---\n{{apiVersion: v1, kind: ServiceAccount, metadata: {{name: a, namespace: shop}}}}\n"));
    let is_known = |fixture: &Fixture| matches!(outcome("ecr-scan-off", fixture, &Settings::default()), Outcomes::Ran(..));
    assert!(is_known(&fixture), "the whole cluster names them all");
    fixture.snapshot.meta.namespaces = vec!["shop".into()];
    assert!(!is_known(&fixture), "other namespaces run other images");
}

/// A running cluster of this version on 24 November 2026, and what EKS says of versions.
fn versioned(version: &str, eks: &str) -> String {
    let account = if eks.is_empty() { String::new() } else { format!("---\napiVersion: seatrial.dev/v1alpha1\nkind: Account\nclusterVersions: [{eks}]\n") };
    format!("apiVersion: seatrial.dev/v1alpha1\nkind: Snapshot\nscope: cluster\nserverVersion: '{version}'\n{account}")
}

#[test]
fn what_eks_says_of_a_version_counts_before_the_calendar() {
    let of = |check: &str, version: &str, eks: &str| match outcome(check, &Fixture::new(&versioned(version, eks)), &Settings::default()) {
        Outcomes::Ran(subjects, drafts) => (subjects, drafts.first().map(|it| it.message.clone())),
        _ => (0, Some("open".to_owned())),
    };
    let until = |version: &str, standard: &str, extended: &str| {
        format!(
            "{{version: '{version}', status: STANDARD_SUPPORT, endOfStandardSupport: '{standard}T00:00:00Z', endOfExtendedSupport: '{extended}T00:00:00Z'}}"
        )
    };
    // The calendar says 2 December for 1.34.
    let later = until("1.34", "2027-06-02", "2028-06-02");
    assert!(of("version-support-ending", "1.34", "").1.is_some_and(|it| it.contains("2026-12-02")));
    assert_eq!(of("version-support-ending", "1.34", &later), (1, None));
    // A version that the calendar does not know yet.
    assert_eq!(of("version-support-ending", "1.38", "").1.as_deref(), Some("open"));
    assert!(of("version-support-ending", "1.38", &until("1.38", "2026-12-20", "2027-12-20")).1.is_some_and(|it| it.contains("26 days")));
    // One that is older than the calendar.
    for eks in ["", &later] {
        assert!(of("version-in-extended-support", "1.24", eks).1.is_some_and(|it| it.contains("extended support is over")), "{eks}");
    }
}

#[test]
fn an_agent_that_sends_no_metrics_does_not_monitor_twice() {
    let card = find("monitoring-twice").expect("a check");
    let account = |metrics: &str| format!("---\napiVersion: seatrial.dev/v1alpha1\nkind: Account\ncontainerInsights: [{metrics}]\n");
    let found = |account: &str| finds(card.id, &(card.bad.to_owned() + account));
    assert!(found("") && found(&account("cluster_node_count")));
    assert!(!found(&account("")), "Container Insights is off");
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
        "apiVersion: v1\nkind: ServiceAccount\nmetadata: {{name: api, namespace: shop, annotations: {{eks.amazonaws.com/role-arn: 'arn:aws:iam::111122223333:role/api'}}}}\n---\napiVersion: seatrial.dev/v1alpha1\nkind: Account\neksCluster: {{name: shop, arn: 'arn:aws:eks:eu-west-1:111122223333:cluster/shop', oidcIssuer: 'https://{PROVIDER}'}}\nroles:\n- name: api\n  arn: arn:aws:iam::111122223333:role/api\n  trust: [{{effect: Allow, actions: ['sts:AssumeRoleWithWebIdentity'], principals: ['arn:aws:iam::111122223333:oidc-provider/{provider}'], conditions: [{}]}}]\n",
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
        (vec![sub], "any other audience"),
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
