//! Numbers by domain: a short sorted list while few domains have any, an array beyond.

/// Up to this many domains are kept as a list.
const FEW: usize = 24;

/// A count for each domain of a topology key.
#[derive(Clone, Debug)]
pub(crate) struct Counts {
    few: Vec<(u32, i32)>,
    many: Vec<i32>,
    total: i64,
    /// A bit for each domain of the list, by its number modulo 64: most domains are known to have nothing without a search.
    hint: u64,
}

impl Counts {
    pub(crate) fn new() -> Self {
        Self { few: Vec::new(), many: Vec::new(), total: 0, hint: 0 }
    }

    /// The count of `domain`.
    #[inline]
    pub(crate) fn get(&self, domain: u32) -> i64 {
        if !self.many.is_empty() {
            return self.many.get(domain as usize).map_or(0, |it| i64::from(*it));
        }
        if self.hint & (1 << (domain & 63)) == 0 {
            return 0;
        }
        self.search(domain)
    }

    fn search(&self, domain: u32) -> i64 {
        match self.few.binary_search_by_key(&domain, |it| it.0) {
            Ok(at) => i64::from(self.few[at].1),
            Err(_) => 0,
        }
    }

    pub(crate) fn add(&mut self, domain: u32, delta: i32) {
        self.total += i64::from(delta);
        if !self.many.is_empty() {
            let at = domain as usize;
            if at >= self.many.len() {
                self.many.resize(at + 1, 0);
            }
            self.many[at] += delta;
            return;
        }
        match self.few.binary_search_by_key(&domain, |it| it.0) {
            Ok(at) => {
                self.few[at].1 += delta;
                if self.few[at].1 == 0 {
                    self.few.remove(at);
                    self.hint = self.few.iter().fold(0, |all, it| all | 1 << (it.0 & 63));
                }
            }
            Err(at) => {
                self.few.insert(at, (domain, delta));
                self.hint |= 1 << (domain & 63);
            }
        }
        if self.few.len() > FEW {
            self.widen();
        }
    }

    fn widen(&mut self) {
        let last = self.few.last().map_or(0, |it| it.0 as usize);
        self.many = vec![0; last + 1];
        for (domain, count) in std::mem::take(&mut self.few) {
            self.many[domain as usize] = count;
        }
    }

    /// The sum over all domains.
    pub(crate) fn total(&self) -> i64 {
        self.total
    }

    /// Domains with a count, ascending.
    pub(crate) fn nonzero(&self) -> Vec<(u32, i32)> {
        let many = self.many.iter().enumerate().filter(|it| *it.1 != 0).map(|(at, count)| (at as u32, *count));
        self.few.iter().copied().chain(many).collect()
    }

    /// The least count among the domains that have a node; `None` where none has.
    pub(crate) fn min_over(&self, population: &Population) -> Option<i64> {
        if self.many.is_empty() && self.few.len() < population.inhabited {
            return Some(0);
        }
        let nodes = &population.nodes;
        (0..nodes.len()).filter(|at| nodes[*at] > 0).map(|at| self.get(at as u32)).min()
    }
}

/// Nodes per domain.
#[derive(Clone, Debug, Default)]
pub(crate) struct Population {
    pub(crate) nodes: Vec<u32>,
    /// Domains with a node.
    pub(crate) inhabited: usize,
}
