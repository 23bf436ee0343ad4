//! Roles and secrets.

use jiff::Timestamp;

use crate::pod::lean;
use crate::text::Text;

lean! {
/// `iam:GetRole` with every policy's statements.
pub struct Role {
    pub name: Text,
    pub arn: Text,
    pub trust: Vec<Statement>,
    pub statements: Vec<Statement>,
    /// ARNs of attached managed policies.
    pub managed_policies: Vec<Text>,
}
/// An IAM policy statement.
pub struct Statement {
    pub sid: Option<Text>,
    pub effect: Text,
    pub actions: Vec<Text>,
    pub not_actions: Vec<Text>,
    pub resources: Vec<Text>,
    pub principals: Vec<Text>,
    /// Whether it holds under conditions only.
    pub conditioned: bool,
    /// Those conditions, of trust policies; all of them must hold.
    pub conditions: Vec<PolicyCondition>,
    /// Which policy it stands in.
    pub policy: Option<Text>,
}
/// One condition: the key's value must compare to one of the values as the operator says.
pub struct PolicyCondition {
    /// `StringEquals`, `ForAnyValue:StringLike`, ...
    pub operator: Text,
    /// `aws:RequestTag/kubernetes-namespace`, `oidc.eks.REGION.amazonaws.com/id/ID:sub`, ...
    pub key: Text,
    /// Empty for `sts:ExternalId`: what two parties agreed on is nobody else's business.
    pub values: Vec<Text>,
}
/// `secretsmanager:ListSecrets`: metadata only.
pub struct ManagedSecret {
    pub name: Text,
    pub arn: Text,
    pub rotation_enabled: bool,
    pub last_rotated: Option<Timestamp>,
    pub last_changed: Option<Timestamp>,
    pub replica_regions: Vec<Text>,
    pub kms_key: Option<Text>,
}
}

impl Statement {
    /// Whether it holds under conditions only, read or not.
    pub fn is_conditioned(&self) -> bool {
        self.conditioned || !self.conditions.is_empty()
    }
}
