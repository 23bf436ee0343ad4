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
