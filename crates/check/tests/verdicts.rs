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
