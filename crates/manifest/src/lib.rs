//! Bytes to objects with token-accurate places, and back.

pub mod admission;
mod at;
pub mod de;
pub mod scalar;
pub mod schema;
pub mod tree;
