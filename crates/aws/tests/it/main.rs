//! The reader against the models of AWS' own kits.

mod botocore;
mod endpoints;
