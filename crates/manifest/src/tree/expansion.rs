//! What a document costs once its aliases are followed.

use super::{NodeId, ParseError, Tree, Value, fail, limits};

impl Tree<'_> {
    /// Refuses documents whose aliases multiply beyond reason.
    pub(super) fn check_expansion(&self) -> Result<(), ParseError> {
        if !self.nodes.iter().any(|it| matches!(it.value, Value::Alias(_))) {
            return Ok(());
        }
        // Children come after their parents, so sizes are known when counting backwards; an alias points backwards.
        let mut depth = 0usize;
        let mut memo: Vec<u64> = vec![0; self.nodes.len()];
        let total = self.expanded(self.root, &mut memo, &mut depth)?;
        if total > limits::EXPANDED as u64 {
            let at = self.node(self.root).span;
            return Err(fail(at, format!("its aliases expand to more than {} values", limits::EXPANDED)));
        }
        Ok(())
    }

    fn expanded(&self, id: NodeId, memo: &mut [u64], depth: &mut usize) -> Result<u64, ParseError> {
        let at = id.0 as usize;
        if memo[at] == u64::MAX {
            return Err(fail(self.node(id).span, "an alias contains itself".to_owned()));
        }
        if memo[at] > 0 {
            return Ok(memo[at]);
        }
        *depth += 1;
        if *depth > 4 * limits::DEPTH {
            return Err(fail(self.node(id).span, format!("nested deeper than {} levels through aliases", 4 * limits::DEPTH)));
        }
        memo[at] = u64::MAX;
        let mut total = 1u64;
        match &self.node(id).value {
            Value::Scalar { .. } => {}
            Value::Alias(target) => total = total.saturating_add(self.expanded(*target, memo, depth)?),
            Value::Sequence(items) => {
                for it in items {
                    total = total.saturating_add(self.expanded(*it, memo, depth)?);
                }
            }
            Value::Mapping(entries) => {
                for it in entries {
                    total = total.saturating_add(self.expanded(it.key, memo, depth)?);
                    total = total.saturating_add(self.expanded(it.value, memo, depth)?);
                }
            }
        }
        *depth -= 1;
        memo[at] = total.min(u64::MAX - 1);
        Ok(total)
    }
}
