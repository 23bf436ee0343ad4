//! S3 traffic must not pay the NAT gateway.

use seatrial_facts::guide::Row;
use seatrial_model::Need;
use seatrial_report::{Confidence, Severity};

use crate::{Check, Cx, Findings, InTest, Persona, Run};

pub static CHECK: Check = Check {
    id: "s3-endpoint-missing",
    rows: &[Row::CostNetworking],
    severity: Severity::Medium,
    confidence: Confidence::High,
    persona: Persona::Regular,
    in_test: InTest::Kept,
    needs: &[Need::AwsVpcEndpoints, Need::AwsNatGateways],
    title: "The VPC has no S3 gateway endpoint",
    why: "Every image layer comes from S3 and is billed by the NAT gateway, although the gateway endpoint costs nothing.",
    verify: "aws ec2 describe-vpc-endpoints --query 'VpcEndpoints[].ServiceName'",
    fix: "Add a gateway endpoint for S3 to the route tables of the private subnets.",
    sources: &["Guide, Cost Optimization, Networking", "ECR user guide, interface VPC endpoints: layers come from S3"],
    bad: "
apiVersion: seatrial.dev/v1alpha1
kind: Account
natGateways: [{id: nat-1, zone: us-east-1a, state: available}]
eksCluster: {name: shop, version: \"1.36\", vpcId: vpc-1}
vpcEndpoints: [] #~ s3-endpoint-missing
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

fn run(cx: &Cx<'_>, out: &mut Findings) {
    let account = &cx.snapshot.account;
    // Without a NAT gateway nothing is paid for data, and pulls would not work at all.
    if account.nat_gateways.known().is_none_or(Vec::is_empty) {
        return;
    }
    out.assess();
    let mut endpoints = account.vpc_endpoints.known().into_iter().flatten();
    if !endpoints.any(|it| it.service_name.ends_with(".s3")) {
        let vpc = account.eks_cluster.known().and_then(|it| it.vpc_id.as_deref()).unwrap_or("of the cluster");
        out.report_aws("AWS Vpc", vpc, format!("AWS Vpc {vpc}: no S3 gateway endpoint, so every image layer is paid for at the NAT gateway"));
    }
}
