//! IRSA works, Pod Identity is the simpler way.

use seatrial_facts::guide::Row;
use seatrial_model::{Need, Path};
use seatrial_report::{Confidence, Severity};

use super::identities::{Associations, IRSA, irsa_role};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "irsa-instead-of-pod-identity",
    rows: &[Row::PodIdentity],
    severity: Severity::Low,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::ServiceAccounts],
    title: "A ServiceAccount uses IRSA instead of Pod Identity",
    why: "Each cluster needs its own OIDC provider and each role a trust policy for it: a second cluster or a rebuild after a disaster breaks until all roles are edited.",
    verify: "kubectl get serviceaccounts -A -o yaml | grep eks.amazonaws.com/role-arn",
    fix: "Let the role trust pods.eks.amazonaws.com, create an association, and take the annotation out.",
    sources: &["Guide, Series Summary 1.5", "EKS best practices guide, identity and access management"],
    bad: "
apiVersion: v1
kind: ServiceAccount
metadata:
  name: worker
  annotations:
    eks.amazonaws.com/role-arn: arn:aws:iam::111122223333:role/worker #~ irsa-instead-of-pod-identity
",
    good: "
apiVersion: v1
kind: ServiceAccount
metadata: {name: worker}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let associations = Associations::of(cx.snapshot);
    for it in cx.cluster.service_accounts.iter().filter(|it| !cx.is_platform(it.meta.ns())) {
        out.assess();
        // With an association as well, irsa-and-pod-identity has more to say.
        if irsa_role(it).is_some() && associations.of_account(it.meta.ns(), &it.meta.name).is_none() {
            let path = Path::of("metadata.annotations").key(IRSA);
            out.report(it, path, format!("{it}: gets its role through IRSA, whose trust policy names this one cluster and breaks when it is rebuilt"));
        }
    }
}
