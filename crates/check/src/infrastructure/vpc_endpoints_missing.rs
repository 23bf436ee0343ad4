//! Traffic to ECR and CloudWatch can stay inside the VPC.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "vpc-endpoints-missing",
    rows: &[Row::CostNetworking],
    severity: Severity::Low,
    confidence: Confidence::Medium,
    persona: Persona::Regular,
    in_test: InTest::Relaxed,
    needs: &[Need::AwsVpcEndpoints, Need::AwsNatGateways],
    title: "The VPC lacks endpoints for AWS services in use",
    why: "Logs and registry calls leave through the NAT gateway, are billed by the gigabyte there, and stop when it does.",
    verify: "aws ec2 describe-vpc-endpoints --query 'VpcEndpoints[].ServiceName'",
    fix: "Add interface endpoints for ecr.api, ecr.dkr, logs and sts where the data through NAT costs more than they do.",
    sources: &["Guide, Cost Optimization, Networking", "AWS PrivateLink pricing"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
natGateways: [{id: nat-1, zone: us-east-1a, state: available}]
eksCluster: {name: shop, version: \"1.36\", vpcId: vpc-1}
vpcEndpoints: [{id: vpce-s3, serviceName: com.amazonaws.us-east-1.s3, state: available}] #~ vpc-endpoints-missing
",
    good: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
natGateways: [{id: nat-1, zone: us-east-1a, state: available}]
eksCluster: {name: shop, version: \"1.36\", vpcId: vpc-1}
vpcEndpoints: [{id: vpce-s3, serviceName: com.amazonaws.us-east-1.s3, state: available}, {id: vpce-ecr.api, serviceName: com.amazonaws.us-east-1.ecr.api, state: available}, {id: vpce-ecr.dkr, serviceName: com.amazonaws.us-east-1.ecr.dkr, state: available}, {id: vpce-logs, serviceName: com.amazonaws.us-east-1.logs, state: available}, {id: vpce-sts, serviceName: com.amazonaws.us-east-1.sts, state: available}]
",
    run: Run::InCluster(&[Need::AwsEksCluster], &Run::Snapshot(run)),
    repair: None,
};

/// What every EKS cluster with ECR and CloudWatch calls. S3 comes first and is a finding of its own.
const USED: &[&str] = &["ecr.api", "ecr.dkr", "logs", "sts"];

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let account = &cx.snapshot.account;
    if account.nat_gateways.known().is_none_or(Vec::is_empty) {
        return;
    }
    out.assess();
    let endpoints = account.vpc_endpoints.known().map_or(&[][..], Vec::as_slice);
    let missing: Vec<&str> = USED.iter().copied().filter(|used| !endpoints.iter().any(|it| it.service_name.ends_with(&format!(".{used}")))).collect();
    if !missing.is_empty() {
        let vpc = account.eks_cluster.known().and_then(|it| it.vpc_id.as_deref()).unwrap_or("of the cluster");
        out.report_aws("AWS Vpc", vpc, format!("AWS Vpc {vpc}: no endpoint for {}, so that traffic is paid for at the NAT gateway", missing.join(", ")));
    }
}
