//! Addresses that nothing uses are still paid for.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "elastic-ip-idle",
    rows: &[Row::CostNetworking],
    severity: Severity::Low,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::AwsAddresses],
    title: "An Elastic IP address of the cluster is idle",
    why: "It is billed by the hour like one in use, it counts against the quota of five a region, and nobody knows whether it may go.",
    verify: "aws ec2 describe-addresses --query 'Addresses[?AssociationId==null].[PublicIp,AllocationId]'",
    fix: "aws ec2 release-address --allocation-id ID, unless partners have it on their lists.",
    sources: &["Guide, Cost Optimization, Networking", "Amazon VPC pricing, public IPv4 addresses"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
addresses:
- {id: eipalloc-1, publicIp: 203.0.113.7, usedBy: nat-1}
- {id: eipalloc-2, publicIp: 203.0.113.8, tags: {kubernetes.io/cluster/shop: owned}} #~ elastic-ip-idle
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
addresses:
- {id: eipalloc-1, publicIp: 203.0.113.7, usedBy: nat-1}
- {id: eipalloc-2, publicIp: 203.0.113.8, serviceManaged: alb}
",
    run: Run::Snapshot(run),
    repair: None,
};

/// The annotation in which a Service names the addresses, by allocation, that its network load balancer shall have.
const NAMED: &str = "service.beta.kubernetes.io/aws-load-balancer-eip-allocations";

fn run(cx: &Cx<'_>, out: &mut Findings) {
    for it in cx.snapshot.account.addresses.known().into_iter().flatten() {
        // A service of AWS associates its own when it needs them.
        if it.service_managed.is_some() {
            continue;
        }
        out.assess();
        if it.used_by.is_some() {
            continue;
        }
        let names = |text: &str| text.split(',').any(|part| part.trim() == it.id.as_str());
        let service = cx.cluster.services.iter().find(|service| service.meta.annotation(NAMED).is_some_and(names));
        let message = match service {
            Some(service) => format!("AWS Address {}: {service} names it, but no load balancer uses it, and it costs $3.65 a month", it.public_ip),
            None => format!("AWS Address {}: nothing uses it, and it costs $3.65 a month", it.public_ip),
        };
        let draft = out.report_aws("AWS Address", &it.id, message);
        if let Some(service) = service {
            draft.related(service, "metadata.annotations", "which names it");
        }
        if let Some(name) = it.tags.get("Name") {
            draft.evidence(format!("its tag Name is {name}"));
        }
    }
}
