//! One file per verification of the readiness checklist; the card says everything about it.
//!
//! To add a check: write `src/<table>/<id>.rs` and add one line to that folder's `mod.rs`.

mod card;
mod cx;
mod evaluate;
mod findings;
mod outcome;
pub mod peers;
mod policy;
mod rows;
mod settings;

/// Registers the checks of a folder: one identifier a line, sorted, equal to the file's name.
macro_rules! cards {
    ($($(#[$m:meta])* $file:ident),* $(,)?) => {
        $(mod $file;)*
        /// The checks of this table.
        pub(crate) const CHECKS: &[&crate::Check] = &[$(&$file::CHECK),*];
    };
}

mod infrastructure;
mod observability;
mod operations;
mod patterns;
mod reliability;
mod security;
mod traffic;
mod validity;

pub use security::pod_security;

pub use card::{Check, ContainerAt, InTest, Persona, Repair, Run};
pub use cx::Cx;
pub use evaluate::{Places, Proposal, evaluate, evaluate_and_repair, evaluate_with, needs, run};
pub use findings::{Draft, Findings, Open, Related};
pub use outcome::{Outcome, Outcomes};
pub use policy::{Ignore, KnownFindings, Place, Policy};
pub use settings::{Profile, Settings, Thresholds};

/// Every check, in the order of the guide's tables, then by id.
pub fn all() -> Vec<&'static Check> {
    [
        infrastructure::CHECKS,
        security::CHECKS,
        traffic::CHECKS,
        reliability::CHECKS,
        observability::CHECKS,
        operations::CHECKS,
        patterns::CHECKS,
        validity::CHECKS,
    ]
    .concat()
}

/// The check of this id.
pub fn find(id: &str) -> Option<&'static Check> {
    all().into_iter().find(|it| it.id == id)
}
