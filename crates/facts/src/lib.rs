//! Dated, cited tables: the guide's rows, the API lifecycle, the EKS calendar, instance types, and the structure of every kind.

pub mod eks_calendar;
pub mod guide;
pub mod instance_types;
pub mod lifecycle;
pub mod schema;
