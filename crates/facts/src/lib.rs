//! Dated, cited tables: the guide's rows, the API lifecycle, the EKS calendar, and the structure of every kind.

pub mod eks_calendar;
pub mod guide;
pub mod lifecycle;
pub mod schema;
