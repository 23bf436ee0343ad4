//! Situations that tests ask for by name: one file each, which makes it and waits until it is so.

use anyhow::{Context, Result};

use crate::api::Api;

/// Registers scenarios.
macro_rules! scenarios {
    ($($(#[$meta:meta])* $name:ident,)*) => {
        $($(#[$meta])* pub mod $name;)*

        /// Their names.
        pub const NAMES: &[&str] = &[$(stringify!($name)),*];

        /// Plays all of them, side by side.
        pub async fn play_all(api: &Api) -> Result<()> {
            tokio::try_join!($(async { $name::play(api).await.with_context(|| format!("scenario {}", stringify!($name))) }),*).map(drop)
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
