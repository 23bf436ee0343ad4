//! How many pods there are to be: what an autoscaler takes away is not missing.

use super::{Track, Watch};

impl Watch {
    /// An autoscaler wants so many pods of a unit from `now` (virtual milliseconds) on.
    pub fn scaled(&mut self, unit: usize, replicas: i64, by: &str, now: i64) {
        if let Some(at) = self.at_of_unit.get(&unit).copied() {
            let track = &mut self.tracks[at];
            if replicas < i64::try_from(track.serving).unwrap_or(i64::MAX) {
                self.causes.entry(unit).or_insert_with(|| format!("HPA {by} wants fewer pods"));
            }
            track.wanted = track.wanted.min(u64::try_from(replicas).unwrap_or(0));
            track.note_shortness(now);
        }
    }
}

impl Track {
    /// Takes note of whether as many serve as are to.
    pub(super) fn note_shortness(&mut self, now: i64) {
        let short = self.serving < self.wanted;
        if self.short && !short {
            self.came_back = now;
        }
        self.short = short;
    }
}
