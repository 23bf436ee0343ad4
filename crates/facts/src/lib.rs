//! Dated, cited tables.
