//! Identity and Access Management: the roles in reach of the cluster.

use super::calls;
use crate::call::{Call, Protocol, Service};

pub(crate) static IAM: Service =
    Service { name: "iam", id: "IAM", iam: "iam", signing: "iam", prefix: "iam", version: "2010-05-08", protocol: Protocol::Query, global: true };

const ROLE: &[&str] = &["arn:{partition}:iam::{account}:role/*"];
/// Customers' policies and those of AWS.
const POLICY: &[&str] = &["arn:{partition}:iam::aws:policy/*", "arn:{partition}:iam::{account}:policy/*"];

calls! {
    GET_ROLE = Call::new(&IAM, "GetRole").on(ROLE).send(&["RoleName"]).must("Role").keep(&["Role.RoleName", "Role.Arn", "Role.AssumeRolePolicyDocument"]);
    LIST_ROLE_POLICIES = Call::new(&IAM, "ListRolePolicies").on(ROLE).send(&["RoleName"]).paged("Marker", "Marker", Some(("MaxItems", 100)))
        .must("PolicyNames").keep(&["PolicyNames"]);
    GET_ROLE_POLICY = Call::new(&IAM, "GetRolePolicy").on(ROLE).send(&["RoleName", "PolicyName"]).must("PolicyDocument")
        .keep(&["PolicyName", "PolicyDocument"]);
    LIST_ATTACHED_ROLE_POLICIES = Call::new(&IAM, "ListAttachedRolePolicies").on(ROLE).send(&["RoleName"])
        .paged("Marker", "Marker", Some(("MaxItems", 100))).must("AttachedPolicies").keep(&["AttachedPolicies.PolicyArn"]);
    GET_POLICY = Call::new(&IAM, "GetPolicy").on(POLICY).send(&["PolicyArn"]).must("Policy").keep(&["Policy.DefaultVersionId"]);
    GET_POLICY_VERSION = Call::new(&IAM, "GetPolicyVersion").on(POLICY).send(&["PolicyArn", "VersionId"]).must("PolicyVersion")
        .keep(&["PolicyVersion.Document"]);
}
