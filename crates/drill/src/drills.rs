//! The drills, one file each.

use crate::card::Card;

/// Registers the drills: one file a line, in the order of their value.
macro_rules! drills {
    ($($file:ident),* $(,)?) => {
        $(mod $file;)*
        /// Every drill.
        pub fn all() -> Vec<&'static Card> {
            vec![$(&$file::CARD),*]
        }
    };
}

drills! {
    az,
    node,
    drain,
    upgrade_nodegroup,
    rollout,
    spot_wave,
    scale,
    cron,
    pod,
    cluster,
    region,
}

/// The drill of this id.
pub fn find(id: &str) -> Option<&'static Card> {
    all().into_iter().find(|it| it.id == id)
}
