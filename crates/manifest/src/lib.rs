//! Bytes to objects with token-accurate places, and back.
//!
//! Nothing here touches a file system: texts come in, parts of a Snapshot, places and edited texts go out.

pub mod admission;
mod at;
pub mod de;
pub mod edit;
mod ignores;
pub mod json;
pub mod places;
pub mod read;
mod said;
pub mod scalar;
pub mod schema;
pub mod snippet;
pub mod split;
pub mod trace;
pub mod tree;
