//! The role must trust Pod Identity, for the ServiceAccount that it is associated with.

use std::collections::BTreeSet;

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_model::account::Role;
use seatrial_report::{Confidence, Severity};

use super::identities::{role, short};
use super::trust::{self, Request, Truth};
use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "pod-identity-trust-broken",
    rows: &[Row::PodIdentity],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::AwsPodIdentity, Need::AwsRoles],
    title: "A role does not trust EKS Pod Identity",
    why: "The agent is refused when it asks for the role's credentials: every AWS call of the pods fails.",
    verify: "aws iam get-role --role-name ROLE --query Role.AssumeRolePolicyDocument",
    fix: "Let pods.eks.amazonaws.com do sts:AssumeRole and sts:TagSession in the role's trust policy.",
    sources: &["EKS user guide, Pod Identity roles"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
podIdentityAssociations:
- {namespace: default, serviceAccount: worker, roleArn: 'arn:aws:iam::111122223333:role/worker'}
roles:
- name: worker #~ pod-identity-trust-broken
  arn: arn:aws:iam::111122223333:role/worker
  trust:
  - {effect: Allow, actions: ['sts:AssumeRole'], principals: [pods.eks.amazonaws.com]}
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
podIdentityAssociations:
- {namespace: default, serviceAccount: worker, roleArn: 'arn:aws:iam::111122223333:role/worker'}
roles:
- name: worker
  arn: arn:aws:iam::111122223333:role/worker
  trust:
  - {effect: Allow, actions: ['sts:AssumeRole', 'sts:TagSession'], principals: [pods.eks.amazonaws.com]}
",
    run: Run::Asking(&[Need::AwsEksCluster], &Run::Snapshot(run)),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let account = &cx.snapshot.account;
    let Some(roles) = account.roles.known() else { return };
    let mut told: BTreeSet<(&str, &str)> = BTreeSet::new();
    for it in account.pod_identity_associations.known().into_iter().flatten() {
        let pods = format!("pods of ServiceAccount {}/{}", it.namespace, it.service_account);
        // Without tags there is nothing to tag the session with.
        let wanted = if it.disable_session_tags == Some(true) { &ACTIONS[..1] } else { &ACTIONS[..] };
        if let Some(role) = role(roles, &it.role_arn) {
            out.assess();
            let answer = asked(role, wanted, &Request::of_pod_identity(it, account.eks_cluster.known()));
            // Of all its associations alike.
            if !matches!(answer, Answer::Lacks(_)) || told.insert((&role.arn, "")) {
                say(role, "pods.eks.amazonaws.com", &pods, answer, out);
            }
        }
        // From the association's role Pod Identity goes on to the target role; those of other accounts are not read.
        if let Some(target) = it.target_role_arn.as_deref().and_then(|arn| role(roles, arn)) {
            out.assess();
            let answer = asked(target, wanted, &Request::of_role(&it.role_arn));
            if !matches!(answer, Answer::Lacks(_)) || told.insert((&target.arn, &it.role_arn)) {
                say(target, short(&it.role_arn), &pods, answer, out);
            }
        }
    }
}

/// What EKS Pod Identity does with a role; the second for the session's tags.
const ACTIONS: [&str; 2] = ["sts:AssumeRole", "sts:TagSession"];

enum Answer {
    Yes,
    /// No statement lets the caller do these.
    Lacks(Vec<&'static str>),
    /// A condition keeps it out.
    No(String),
    Open(String),
}

fn asked(role: &Role, wanted: &[&'static str], request: &Request) -> Answer {
    let answers: Vec<(&'static str, Truth)> = wanted.iter().map(|action| (*action, trust::allows(role, action, request))).collect();
    let lacking: Vec<&str> = answers.iter().filter(|it| it.1 == Truth::No(trust::NOT_MEANT.to_owned())).map(|it| it.0).collect();
    if !lacking.is_empty() {
        return Answer::Lacks(lacking);
    }
    let mut found = Answer::Yes;
    for (_, it) in answers {
        match it {
            Truth::No(why) => return Answer::No(why),
            Truth::Open(why) => found = Answer::Open(why),
            Truth::Yes => {}
        }
    }
    found
}

fn say(role: &Role, caller: &str, pods: &str, answer: Answer, out: &mut Findings) {
    let name = &role.name;
    let message = match answer {
        Answer::Yes => return,
        Answer::Lacks(actions) => {
            format!("Role {name}: does not let {caller} do {}, so pods that are associated with it get no credentials", actions.join(" and "))
        }
        Answer::No(why) => format!("Role {name}: does not let {pods} in ({why}), so they get no credentials"),
        Answer::Open(why) => {
            let remedy = format!("look at it: aws iam get-role --role-name {name} --query Role.AssumeRolePolicyDocument");
            return out.undecided(format!("whether role {name} lets {pods} in is open: {why}"), remedy);
        }
    };
    out.report_aws("AWS Role", name, message);
}
