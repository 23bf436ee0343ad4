//! Repositories and images of ECR.

use jiff::Timestamp;

use crate::pod::lean;
use crate::text::Text;

lean! {
/// `ecr:DescribeRepositories` with lifecycle policy and findings of the images in use.
pub struct Repository {
    pub name: Text,
    pub uri: Text,
    pub scan_on_push: bool,
    /// `IMMUTABLE` or `MUTABLE`.
    pub tag_mutability: Text,
    pub has_lifecycle_policy: Option<bool>,
    pub images: Vec<Image>,
}
pub struct Image {
    pub digest: Text,
    pub tags: Vec<Text>,
    pub pushed_at: Option<Timestamp>,
    pub critical: Option<i64>,
    pub high: Option<i64>,
    pub scanned_at: Option<Timestamp>,
}
}
