//! A patch for the eyes of others: no line that holds a secret stands in it.
//!
//! A patch must show what it changes and needs some lines around it; those with secrets are not among them. A hunk that cannot do
//! without one is left out and counted.

use std::collections::BTreeSet;
use std::fmt::Write;

use similar::{ChangeTag, TextDiff};

use super::diff::{diff, header};
use crate::snippet::secret_lines;

/// Lines of context, as `diff -u` shows them.
const CONTEXT: usize = 3;

/// A patch, and what it lacks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Patch {
    /// A unified diff.
    pub text: String,
    /// How many hunks are left out because they cannot be shown without a secret.
    pub left_out: usize,
}

/// One line of both texts laid side by side.
struct Row<'t> {
    tag: ChangeTag,
    text: &'t str,
    is_secret: bool,
}

/// The change from `before` to `after` without their secrets. Equal to [`super::diff`] where there are none.
pub fn patch(path: &str, before: &str, after: &str) -> Patch {
    let (old_secrets, new_secrets) = (secret_lines(before), secret_lines(after));
    if old_secrets.is_empty() && new_secrets.is_empty() {
        return Patch { text: diff(path, before, after), left_out: 0 };
    }
    let (old, new): (Vec<&str>, Vec<&str>) = (before.split_inclusive('\n').collect(), after.split_inclusive('\n').collect());
    let changes = TextDiff::configure().diff_slices(&old, &new);
    let has = |lines: &BTreeSet<u32>, at: Option<usize>| at.is_some_and(|it| u32::try_from(it + 1).is_ok_and(|it| lines.contains(&it)));
    let row = |it: similar::Change<&'_ str>| (it.tag(), has(&old_secrets, it.old_index()) || has(&new_secrets, it.new_index()));
    let rows: Vec<Row<'_>> = changes
        .iter_all_changes()
        .map(|it| {
            let (tag, is_secret) = row(it);
            let text = it.old_index().map(|at| old[at]).or_else(|| it.new_index().map(|at| new[at])).unwrap_or("");
            Row { tag, text, is_secret }
        })
        .collect();
    let mut out = Patch::default();
    for (from, to) in hunks(&rows) {
        let hunk = &rows[from..to];
        let ends_in_a_change = hunk.last().is_some_and(|it| it.tag != ChangeTag::Equal) && rows[to..].iter().any(|it| it.tag != ChangeTag::Insert);
        // Without a line behind the change, `git apply` takes it for the end of the file.
        if hunk.iter().any(|it| it.is_secret) || ends_in_a_change {
            out.left_out += 1;
            continue;
        }
        if out.text.is_empty() {
            out.text = header(path, before, after);
        }
        write_hunk(&mut out.text, &rows[..from], hunk);
    }
    out
}

/// Ranges of rows: changes with their context, which ends at a secret.
fn hunks(rows: &[Row<'_>]) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    let is_context = |it: &&Row<'_>| it.tag == ChangeTag::Equal && !it.is_secret;
    for at in (0..rows.len()).filter(|at| rows[*at].tag != ChangeTag::Equal) {
        let above = rows[..at].iter().rev().take(CONTEXT).take_while(is_context).count();
        let below = rows[at + 1..].iter().take(CONTEXT).take_while(is_context).count();
        let (from, to) = (at - above, at + 1 + below);
        match found.last_mut() {
            Some(last) if from <= last.1 => last.1 = to,
            _ => found.push((from, to)),
        }
    }
    found
}

fn write_hunk(out: &mut String, before: &[Row<'_>], hunk: &[Row<'_>]) {
    let count = |rows: &[Row<'_>], without: ChangeTag| rows.iter().filter(|it| it.tag != without).count();
    let range = |without| {
        let (first, len) = (count(before, without), count(hunk, without));
        format!("{},{len}", if len == 0 { first } else { first + 1 })
    };
    let _ = writeln!(out, "@@ -{} +{} @@", range(ChangeTag::Insert), range(ChangeTag::Delete));
    for it in hunk {
        out.push_str(match it.tag {
            ChangeTag::Equal => " ",
            ChangeTag::Delete => "-",
            ChangeTag::Insert => "+",
        });
        out.push_str(it.text);
        if !it.text.ends_with('\n') {
            out.push_str("\n\\ No newline at end of file\n");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::patch;

    const BEFORE: &str = "a: 1\nb: 2\npassword: hunter2\nc: 3\nd: 4\ne: 5\n";

    #[test]
    fn context_ends_at_a_secret() {
        let patch = patch("x.yaml", BEFORE, &BEFORE.replace("c: 3", "c: 4"));
        assert_eq!(patch.text, "--- a/x.yaml\n+++ b/x.yaml\n@@ -4,3 +4,3 @@\n-c: 3\n+c: 4\n d: 4\n e: 5\n");
        assert_eq!(patch.left_out, 0);
    }

    #[test]
    fn a_hunk_that_needs_a_secret_is_left_out() {
        let next = patch("x.yaml", BEFORE, &BEFORE.replace("b: 2", "b: 4").replace("e: 5", "e: 6"));
        assert_eq!((next.text.as_str(), next.left_out), ("--- a/x.yaml\n+++ b/x.yaml\n@@ -4,3 +4,3 @@\n c: 3\n d: 4\n-e: 5\n+e: 6\n", 1));
        let changed = patch("x.yaml", BEFORE, &BEFORE.replace("hunter2", "hunter3"));
        assert_eq!((changed.text.as_str(), changed.left_out), ("", 1));
    }

    #[test]
    fn without_secrets_it_is_the_whole_difference() {
        let patch = patch("x.yaml", "a: 1\nb: 2\n", "a: 1\nb: 3\n");
        assert_eq!(patch.text, super::diff("x.yaml", "a: 1\nb: 2\n", "a: 1\nb: 3\n"));
    }
}
