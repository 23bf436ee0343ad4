//! Disks, their snapshots, and what backs them up.

use jiff::Timestamp;

use crate::pod::lean;
use crate::text::{Labels, Text};

lean! {
/// `ec2:DescribeVolumes`.
pub struct Volume {
    pub id: Text,
    pub volume_type: Text,
    pub size_gib: i64,
    pub iops: Option<i64>,
    pub throughput: Option<i64>,
    pub zone: Text,
    pub encrypted: bool,
    pub state: Text,
    pub tags: Labels,
}
/// `ec2:DescribeSnapshots`.
pub struct EbsSnapshot {
    pub id: Text,
    pub volume_id: Text,
    pub start_time: Option<Timestamp>,
    pub state: Text,
    pub encrypted: bool,
}
/// An AWS Backup plan or a Data Lifecycle Manager policy, and the volumes it covers.
pub struct BackupPlan {
    pub name: Text,
    /// `backup` or `dlm`.
    pub service: Text,
    pub enabled: bool,
    pub schedule: Option<Text>,
    pub interval_hours: Option<i64>,
    pub retain_days: Option<i64>,
    pub volume_ids: Vec<Text>,
    pub target_tags: Labels,
    pub copies_to_region: Option<Text>,
}
}
