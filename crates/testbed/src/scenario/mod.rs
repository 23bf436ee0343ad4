//! Situations that tests ask for by name: one file each, which makes it and waits until it is so.

use anyhow::{Context, Result};

use crate::api::Api;

/// Registers scenarios in the order in which they are played.
macro_rules! scenarios {
    ($($(#[$meta:meta])* $name:ident,)*) => {
        $($(#[$meta])* pub mod $name;)*

        /// Their names.
        pub const NAMES: &[&str] = &[$(stringify!($name)),*];

        /// Plays all of them.
        pub async fn play_all(api: &Api) -> Result<()> {
            $($name::play(api).await.with_context(|| format!("scenario {}", stringify!($name)))?;)*
            Ok(())
        }
    };
}

scenarios! {
    addons,
    ready,
    flawed,
    broken,
    blocked_budget,
    scaling,
    canaries,
}
