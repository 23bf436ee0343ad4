//! How long things take where the inputs do not tell: each by name, with its source, to be overridden.

use seatrial_sim::controllers::latencies;

/// A duration that a rehearsal assumes.
#[derive(Clone, Copy, Debug)]
pub struct Latency {
    /// What users call it.
    pub name: &'static str,
    /// Seconds unless something else is said.
    pub seconds: f64,
    /// What it is, and where the figure comes from.
    pub source: &'static str,
}

/// Every one of them.
pub const LATENCIES: &[Latency] = &[
    Latency {
        name: "pod-start",
        seconds: 15.0,
        source: "from binding to containers running, where the inputs hold no pod to measure; readiness initialDelaySeconds comes on top (assumed)",
    },
    Latency { name: "pod-stop", seconds: 10.0, source: "from deletion until the pod has gone (assumed; at most terminationGracePeriodSeconds)" },
];

/// The durations of one run.
#[derive(Clone, Debug)]
pub struct Latencies {
    seconds: Vec<f64>,
    said: Vec<bool>,
    controllers: latencies::Latencies,
}

impl Default for Latencies {
    fn default() -> Self {
        Self { seconds: LATENCIES.iter().map(|it| it.seconds).collect(), said: vec![false; LATENCIES.len()], controllers: latencies::Latencies::default() }
    }
}

impl Latencies {
    /// Takes `name=seconds`.
    ///
    /// # Errors
    /// In words: the name is not known, or the seconds are not a number of 0 to 86,400.
    pub fn set(&mut self, text: &str) -> Result<(), String> {
        let (name, value) = text.split_once('=').ok_or_else(|| format!("`{text}` is not `name=seconds`"))?;
        let name = name.trim();
        let seconds: f64 = value.trim().trim_end_matches('s').parse().map_err(|_| format!("`{value}` is not a number of seconds"))?;
        if !(0.0..=86_400.0).contains(&seconds) {
            return Err(format!("{seconds} s is not between 0 and 86,400"));
        }
        match LATENCIES.iter().position(|it| it.name == name) {
            Some(at) => (self.seconds[at], self.said[at]) = (seconds, true),
            None => self.controllers.set(name, (seconds * 1000.0) as i64).map_err(|_| {
                let names = LATENCIES.iter().map(|it| it.name).chain(latencies::ALL.iter().map(|it| it.name));
                format!("no latency is called `{name}`: choose of {}", names.collect::<Vec<_>>().join(", "))
            })?,
        }
        Ok(())
    }

    /// Those of the controllers.
    pub fn of_controllers(&self) -> latencies::Latencies {
        self.controllers.clone()
    }

    /// What was overridden, as it was said.
    pub fn overridden(&self) -> Vec<String> {
        let mine = LATENCIES.iter().enumerate().filter(|it| self.said[it.0]).map(|it| format!("{} {} s", it.1.name, self.seconds[it.0]));
        mine.chain(self.controllers.overridden().iter().map(|it| format!("{} {} s", it.0, *it.1 as f64 / 1000.0))).collect()
    }

    /// Milliseconds of a name; 0 for one that does not exist.
    pub fn millis(&self, name: &str) -> i64 {
        LATENCIES.iter().position(|it| it.name == name).map_or(0, |at| (self.seconds[at] * 1000.0) as i64)
    }

    /// Whether the user set it.
    pub fn is_said(&self, name: &str) -> bool {
        LATENCIES.iter().position(|it| it.name == name).is_some_and(|at| self.said[at])
    }
}
