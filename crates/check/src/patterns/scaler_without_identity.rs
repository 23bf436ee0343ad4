//! KEDA needs a role to read the queue.

use seatrial_facts::guide::Row;
use seatrial_model::cluster::find_all;
use seatrial_model::{Need, Object, Path};
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};
use seatrial_model::kinds::scaling::{ScaledObject, Trigger, TriggerAuthentication};

pub static CHECK: Check = Check {
    id: "scaler-without-identity",
    rows: &[Row::PatternWorker],
    severity: Severity::High,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::ScaledObjects, Need::TriggerAuthentications],
    title: "A KEDA trigger has no AWS identity",
    why: "KEDA cannot read the queue's length, so the worker stays at its last size while messages pile up.",
    verify: "kubectl describe scaledobject NAME   # Ready: False, awsAccessKeyID not found",
    fix: "Give the trigger an authenticationRef to a TriggerAuthentication with podIdentity.provider: aws and a roleArn of its own.",
    sources: &["KEDA documentation, AWS pod identity", "KEDA documentation, AWS SQS queue trigger"],
    bad: "
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: mail}
spec:
  scaleTargetRef: {name: mail}
  triggers:
  - type: aws-sqs-queue #~ scaler-without-identity
    metadata: {queueURL: \"https://sqs.us-east-1.amazonaws.com/111122223333/mail\", awsRegion: us-east-1}
",
    good: "
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: mail}
spec:
  scaleTargetRef: {name: mail}
  triggers:
  - type: aws-sqs-queue
    metadata: {queueURL: \"https://sqs.us-east-1.amazonaws.com/111122223333/mail\", awsRegion: us-east-1}
    authenticationRef: {name: mail}
---
apiVersion: keda.sh/v1alpha1
kind: TriggerAuthentication
metadata: {name: mail}
spec: {podIdentity: {provider: aws, roleArn: \"arn:aws:iam::111122223333:role/keda-mail\"}}
",
    run: Run::Snapshot(run),
    repair: None,
};

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for scaled in cx.cluster.scaled_objects.iter().filter(|it| !cx.is_platform(it.meta.ns())) {
        for (at, trigger) in scaled.spec.triggers.iter().enumerate().filter(|(_, it)| it.kind.starts_with("aws-")) {
            out.assess();
            judge(cx, scaled, trigger, Path::of("spec.triggers").index(at), out);
        }
    }
}

fn judge(cx: &Cx<'_>, scaled: &Object<ScaledObject>, trigger: &Trigger, path: Path, out: &mut Findings) {
    let owner = trigger.metadata.get("identityOwner").map(|it| it.as_str());
    let Some(reference) = &trigger.authentication_ref else {
        let has_keys = trigger.metadata.contains("awsAccessKeyIDFromEnv") || trigger.metadata.contains("awsAccessKeyID");
        if owner != Some("operator") && !has_keys {
            let message = format!("{scaled}: trigger {} names no authentication, so KEDA cannot read the queue and nothing scales", trigger.kind);
            out.report(scaled, path.key("authenticationRef"), message);
        }
        return;
    };
    match authentication(cx, scaled, &reference.name, reference.kind.as_deref()) {
        None => {
            let message = format!("{scaled}: trigger authentication {} does not exist, so KEDA cannot read the queue and nothing scales", reference.name);
            out.report(scaled, path.join("authenticationRef.name"), message).confidence(if cx.is_live() { Confidence::High } else { Confidence::Medium });
        }
        Some(it) => owner_is_ignored(scaled, it, &path, out),
    }
}

/// The provider `aws` does not read whose identity was asked for: without a role it calls AWS as KEDA itself.
fn owner_is_ignored(scaled: &Object<ScaledObject>, authentication: &Object<TriggerAuthentication>, path: &Path, out: &mut Findings) {
    let Some(identity) = authentication.spec.pod_identity.as_ref().filter(|it| &*it.provider == "aws" && it.role_arn.is_none()) else { return };
    if identity.identity_owner.as_deref() == Some("workload") {
        let message = format!("{authentication}: identityOwner workload has no effect with provider aws, so KEDA asks with its own role and is refused");
        out.report(authentication, "spec.podIdentity.identityOwner", message).severity(Severity::Medium).related(
            scaled,
            path.join("authenticationRef.name"),
            "uses it",
        );
    }
}

fn authentication<'a>(cx: &Cx<'a>, scaled: &Object<ScaledObject>, name: &str, kind: Option<&str>) -> Option<&'a Object<TriggerAuthentication>> {
    let kind = kind.unwrap_or("TriggerAuthentication");
    let ns = if kind == "ClusterTriggerAuthentication" { "default" } else { scaled.meta.ns() };
    find_all(&cx.cluster.trigger_authentications, ns, name).iter().find(|it| it.kind == kind)
}
