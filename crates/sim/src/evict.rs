//! The eviction API: what it answers, and what it books on the budgets.
//!
//! Source: kubernetes pkg/registry/core/pod/storage/eviction.go.

use crate::budgets::BudgetStatus;
use crate::ids::{BudgetId, PodId};
use crate::state::State;
use crate::undo::Change;

/// At most this many granted evictions are open on one budget.
const MAX_DISRUPTED: usize = 2000;

/// The state of a pod that is to be evicted, as its status says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// Pending, succeeded or failed.
    NotRunning,
    /// Running, not Ready.
    Unready,
    /// Running and Ready.
    Ready,
}

/// The answer of the eviction API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Eviction {
    /// The pod is deleted; no budget was charged.
    Granted,
    /// The pod is deleted; this budget was charged.
    Charged(BudgetId),
    /// 429: this budget allows no disruption now.
    Refused(BudgetId),
    /// 429 for ten seconds: the controller has not seen the budget's specification yet.
    NotObserved(BudgetId),
    /// 500: more than one budget protects the pod, so it can never be evicted.
    Ambiguous(Vec<BudgetId>),
}

impl Eviction {
    /// Whether the pod is deleted.
    pub fn is_granted(&self) -> bool {
        matches!(self, Self::Granted | Self::Charged(_))
    }
}

impl State {
    /// Budgets that protect a pod.
    pub fn budgets_of(&self, pod: PodId) -> &[BudgetId] {
        &self.pods.class_of(pod).budgets
    }

    /// A budget.
    pub fn budget(&self, id: BudgetId) -> &crate::budgets::Budget {
        &self.budgets[id.index()]
    }

    /// All budgets.
    pub fn budget_ids(&self) -> impl Iterator<Item = BudgetId> + use<> {
        (0..self.budgets.len()).map(BudgetId::at)
    }

    /// Writes what the budget controller says.
    pub fn set_budget_status(&mut self, id: BudgetId, status: BudgetStatus) {
        if self.budgets[id.index()].status == status {
            return;
        }
        let old = std::mem::replace(&mut self.budgets[id.index()].status, status);
        self.undo.push(Change::Budget(id, Box::new(old)));
    }

    /// Asks for the eviction of a pod at `now` (virtual milliseconds). Charges the budget; deleting the pod is left to the caller.
    pub fn evict(&mut self, pod: PodId, health: Health, now: i64) -> Eviction {
        if health == Health::NotRunning || self.is_terminating(pod) {
            return Eviction::Granted;
        }
        let id = match self.budgets_of(pod) {
            [] => return Eviction::Granted,
            [only] => *only,
            many => return Eviction::Ambiguous(many.to_vec()),
        };
        let budget = &self.budgets[id.index()];
        let status = &budget.status;
        let enough = status.current_healthy >= status.desired_healthy && status.desired_healthy > 0;
        if health == Health::Unready && (budget.always_allow_unhealthy || enough) {
            return Eviction::Granted;
        }
        if !status.observed {
            return Eviction::NotObserved(id);
        }
        if status.disruptions_allowed <= 0 || status.disrupted.len() > MAX_DISRUPTED {
            return Eviction::Refused(id);
        }
        self.charge(id, pod, now);
        Eviction::Charged(id)
    }

    fn charge(&mut self, id: BudgetId, pod: PodId, now: i64) {
        let mut status = self.budgets[id.index()].status.clone();
        status.disruptions_allowed -= 1;
        status.disrupted.insert(self.pods.record(pod).name.clone(), now);
        self.set_budget_status(id, status);
    }
}
