//! A bound on what may happen, measured by the virtual time that it takes: controllers that undo each other's work end the rehearsal, not the reader's patience.

use std::cmp::Reverse;

use super::{Event, Rehearsal};

/// Rounds of controllers and events so far.
#[derive(Debug, Default)]
pub(super) struct Guard {
    rounds: u64,
    events: u64,
    /// Pods and nodes at the first event: what is made later allows nothing more.
    size: Option<u64>,
    tripped: Option<String>,
}

impl Guard {
    /// Counts an event; whether there were more than any cluster at work has.
    fn is_exceeded(&mut self, event: Event, now: i64, size: u64) -> bool {
        let size = *self.size.get_or_insert(size);
        let seconds = u64::try_from(now / 1000).unwrap_or(0);
        self.events += 1;
        self.rounds += u64::from(event == Event::Sync);
        // A rolling update of one pod at a time takes some rounds for each; retries and polls come by the second, for every pod and every node.
        let rounds = 10_000 + 10 * size + 2 * seconds;
        let events = 1_000_000 + 1000 * size + seconds.saturating_mul(100 + 10 * size);
        self.rounds > rounds || self.events > events
    }
}

impl Rehearsal {
    /// Why the rehearsal was ended before its time: controllers did not come to rest. What it shows then proves nothing.
    pub fn runaway(&self) -> Option<&str> {
        self.guard.tripped.as_deref()
    }

    /// The next event that is due by `end`; `None` where there is none, or where they do not come to an end.
    pub(super) fn take(&mut self, end: i64) -> Option<Event> {
        if self.guard.tripped.is_some() {
            return None;
        }
        let Reverse((at, _, event)) = self.heap.peek().copied().filter(|it| it.0.0 <= end)?;
        let size = (self.lives.len() + self.state.node_count()) as u64;
        if self.guard.is_exceeded(event, at, size) {
            let names: Vec<String> = self.changed_sets().into_iter().take(3).map(|it| self.set_name(it)).collect();
            let who = match names.len() {
                0 => "retries do not come to an end".to_owned(),
                1 => format!("{} does not come to rest", names[0]),
                _ => format!("{} do not come to rest", names.join(", ")),
            };
            self.guard.tripped = Some(format!("{who}: {} rounds and {} events within {} s of virtual time", self.guard.rounds, self.guard.events, at / 1000));
            return None;
        }
        self.heap.pop();
        self.now = at;
        Some(event)
    }
}
