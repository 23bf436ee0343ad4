//! Dated, cited tables: the API lifecycle, the EKS calendar, and the structure of every kind.

pub mod eks_calendar;
pub mod lifecycle;
pub mod schema;
