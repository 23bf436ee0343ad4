//! Bytes to objects with token-accurate places, and back.

pub mod de;
pub mod scalar;
pub mod tree;
