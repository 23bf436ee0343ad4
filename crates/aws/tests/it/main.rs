//! The reader against the models of AWS' own kits, and against an account with faults.

mod botocore;
mod emulators;
mod endpoints;
mod facts;
mod faults;
mod permissions;
mod support;
