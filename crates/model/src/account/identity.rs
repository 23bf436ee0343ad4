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
    pub conditioned: bool,
    /// Which policy it stands in.
    pub policy: Option<Text>,
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
