//! Dated, cited tables.

pub mod guide;
