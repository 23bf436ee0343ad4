//! The card: what a check says of itself, how it is run, and how its examples look.

use std::collections::BTreeSet;

use seatrial_facts::guide::Row;
use seatrial_model::{Container, Edit, Need, Object, Path, Scope, Workload};
use seatrial_report::{Confidence, Safety, Severity};

use crate::cx::Cx;
use crate::findings::{Draft, Findings};

/// One verification. Every field is mandatory: an undocumented or untested check does not compile.
pub struct Check {
    /// Kebab-case, equal to the file's name; says the problem, not the cure. Never reused.
    pub id: &'static str,
    /// The guide's rows it verifies; findings stand against the first.
    pub rows: &'static [Row],
    /// How bad a finding is, unless the finding says otherwise.
    pub severity: Severity,
    /// How sure a finding is, unless the finding says otherwise.
    pub confidence: Confidence,
    /// Who wants to hear of it.
    pub persona: Persona,
    /// Whether the guide's Test column lets a test cluster off.
    pub in_test: InTest,
    /// What must have been collected; with a gap in any of them the check is UNKNOWN.
    pub needs: &'static [Need],
    /// At most 60 characters, no full stop.
    pub title: &'static str,
    /// What happens to users when this is left alone.
    pub why: &'static str,
    /// How to see it by hand.
    pub verify: &'static str,
    /// What to do, in the imperative.
    pub fix: &'static str,
    /// Documents behind the rule.
    pub sources: &'static [&'static str],
    /// A document with the problem, marked `#~ id` at the end of the line where the finding must sit.
    pub bad: &'static str,
    /// A document without it; the check must be assessed on it and find nothing.
    pub good: &'static str,
    /// The verification.
    pub run: Run,
    /// The edits that mend a finding, and how far they can be trusted.
    pub repair: Option<(Safety, Repair)>,
}

/// How a check walks the snapshot. The function calls [`Findings::assess`] for each subject that the check applies to.
pub enum Run {
    /// Once for each workload that the user owns.
    Workload(fn(&Cx<'_>, &Object<Workload>, &mut Findings)),
    /// Once for each container of those; findings of one workload become one.
    Container(fn(&Cx<'_>, &ContainerAt<'_>, &mut Findings)),
    /// Once.
    Snapshot(fn(&Cx<'_>, &mut Findings)),
    /// As the other; of a running cluster it needs these, too. Manifests hold none of them, and are judged without.
    InCluster(&'static [Need], &'static Run),
    /// As the other; in a running cluster it asks for these where something depends on them: see [`Findings::lacks`].
    Asking(&'static [Need], &'static Run),
    /// After all others, with their findings at hand: suppressions.
    Policy,
    /// By the caller, who hands over the outcome: a rule of the user's own.
    Given,
}

impl Check {
    /// Everything it may look at, each once: what it needs, and what it asks of a running cluster besides.
    pub fn looks_at(&self) -> BTreeSet<Need> {
        self.needs.iter().chain(self.run.of_cluster()).copied().collect()
    }

    /// What it cannot do without in such a source.
    pub fn needs_in(&self, scope: Scope) -> Vec<Need> {
        let in_cluster = if scope == Scope::Cluster { self.run.needs_in_cluster() } else { Vec::new() };
        self.needs.iter().copied().chain(in_cluster).collect()
    }
}

impl Run {
    /// How it walks, whatever it needs of a cluster besides.
    pub(crate) fn walk(&self) -> &Self {
        match self {
            Self::InCluster(_, run) | Self::Asking(_, run) => run.walk(),
            it => it,
        }
    }

    fn needs_in_cluster(&self) -> Vec<Need> {
        match self {
            Self::InCluster(needs, run) => needs.iter().copied().chain(run.needs_in_cluster()).collect(),
            Self::Asking(_, run) => run.needs_in_cluster(),
            _ => Vec::new(),
        }
    }

    fn of_cluster(&self) -> Vec<&'static Need> {
        match self {
            Self::InCluster(needs, run) | Self::Asking(needs, run) => needs.iter().chain(run.of_cluster()).collect(),
            _ => Vec::new(),
        }
    }
}

/// Edits that mend one finding.
pub type Repair = fn(&Cx<'_>, &Draft) -> Vec<Edit>;

/// A container and where it stands.
pub struct ContainerAt<'a> {
    /// Its workload.
    pub workload: &'a Object<Workload>,
    /// The container.
    pub container: &'a Container,
    /// Its path in the workload.
    pub path: Path,
    /// Whether it is an init container (sidecars among them).
    pub is_init: bool,
}

impl ContainerAt<'_> {
    /// Whether it runs for the pod's whole life: an app container or a sidecar.
    pub fn is_running(&self) -> bool {
        !self.is_init || self.container.is_sidecar()
    }
}

/// Who wants to hear of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Persona {
    /// Everybody.
    Regular,
    /// Those who asked for matters of taste: `--profile pedantic`.
    Pedantic,
}

/// Whether a check holds in a test cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InTest {
    /// As in production.
    Kept,
    /// The guide's Test vs Production table relaxes it: replicas, budgets, autoscaling, spread, spot, retention, backup frequency, alarms.
    Relaxed,
}
