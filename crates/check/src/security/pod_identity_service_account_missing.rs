//! An association waits for a ServiceAccount that is not there.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use seatrial_model::cluster::{find, in_namespace};

use super::identities::short;
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "pod-identity-service-account-missing",
    rows: &[Row::PodIdentity],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::ServiceAccounts, Need::AwsPodIdentity],
    title: "A Pod Identity association names no ServiceAccount",
    why: "A typing error here leaves the real workload without a role; a leftover hands its role to whoever creates that name.",
    verify: "aws eks list-pod-identity-associations --cluster-name CLUSTER; kubectl get serviceaccounts -A",
    fix: "Create the ServiceAccount, correct the association's namespace and name, or delete the association.",
    sources: &["EKS user guide, Pod Identity associations"],
    bad: "
apiVersion: v1
kind: ServiceAccount
metadata: {name: web, namespace: shop}
---
apiVersion: seatrial.dev/v1alpha1
kind: Account
podIdentityAssociations:
- {namespace: shop, serviceAccount: worker, roleArn: 'arn:aws:iam::111122223333:role/worker'} #~ pod-identity-service-account-missing
",
    good: "
apiVersion: v1
kind: ServiceAccount
metadata: {name: worker}
---
apiVersion: seatrial.dev/v1alpha1
kind: Account
podIdentityAssociations:
- {namespace: default, serviceAccount: worker, roleArn: 'arn:aws:iam::111122223333:role/worker'}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for it in cx.snapshot.account.pod_identity_associations.known().into_iter().flatten() {
        // Manifests seldom are all that a cluster runs; a namespace of which they hold no ServiceAccount is not theirs.
        if !cx.is_live() && in_namespace(&cx.cluster.service_accounts, &it.namespace).is_empty() {
            continue;
        }
        out.assess();
        if find(&cx.cluster.service_accounts, &it.namespace, &it.service_account).is_none() {
            let name = format!("{}/{}", it.namespace, it.service_account);
            out.report_aws(
                "AWS PodIdentityAssociation",
                &name,
                format!("Pod Identity association {name}: there is no such ServiceAccount, so role {} reaches no pod", short(&it.role_arn)),
            );
        }
    }
}
