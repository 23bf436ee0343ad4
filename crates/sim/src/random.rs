//! Seeded choices: every draw is a function of the seed and of what is drawn for, so that order and threads do not matter.

/// A source of draws for one pod and one attempt.
#[derive(Clone, Debug)]
pub struct Draws {
    state: u64,
}

impl Draws {
    /// Draws that depend on `seed` and `subject` alone.
    pub const fn new(seed: u64, subject: u64) -> Self {
        Self { state: mix(seed ^ mix(subject.wrapping_add(0x9e37_79b9_7f4a_7c15))) }
    }

    /// A number below `bound`, which must not be 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        // The bias of this reduction is below 2^-32 for any list the simulation draws from.
        ((u128::from(mix(self.state)) * u128::from(bound)) >> 64) as u64
    }
}

/// The finaliser of SplitMix64.
const fn mix(mut it: u64) -> u64 {
    it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    it ^ (it >> 31)
}
