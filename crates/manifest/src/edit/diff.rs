//! Edits as a patch.

use similar::{TextDiff, TextDiffConfig};

/// A unified diff that `git apply` and `patch -p1` take; empty where nothing changed. `path` is the file's, relative to where the patch is applied.
pub fn diff(path: &str, before: &str, after: &str) -> String {
    if before == after {
        return String::new();
    }
    let (old, new): (Vec<&str>, Vec<&str>) = (before.split_inclusive('\n').collect(), after.split_inclusive('\n').collect());
    let mut config: TextDiffConfig = TextDiff::configure();
    let diff = config.newline_terminated(true).diff_slices(&old, &new);
    let (from, to) = sides(path, before, after);
    diff.unified_diff().context_radius(3).header(&from, &to).to_string()
}

/// The two lines that name the file.
pub(super) fn header(path: &str, before: &str, after: &str) -> String {
    let (from, to) = sides(path, before, after);
    format!("--- {from}\n+++ {to}\n")
}

fn sides(path: &str, before: &str, after: &str) -> (String, String) {
    let from = if before.is_empty() { "/dev/null".to_owned() } else { named("a/", path) };
    let to = if after.is_empty() { "/dev/null".to_owned() } else { named("b/", path) };
    (from, to)
}

/// A name as git writes it: quoted where it holds what would end it, with a tab behind one that holds blanks.
fn named(side: &str, path: &str) -> String {
    let path = format!("{side}{}", path.trim_start_matches("./").trim_start_matches('/'));
    if path.contains(|c: char| c.is_control() || c == '"' || c == '\\') {
        return format!("\"{}\"", path.chars().map(escaped).collect::<String>());
    }
    if path.contains(' ') { format!("{path}\t") } else { path }
}

fn escaped(c: char) -> String {
    match c {
        '"' | '\\' => format!("\\{c}"),
        _ if c.is_control() && u32::from(c) < 0x80 => format!("\\{:03o}", u32::from(c)),
        _ => c.to_string(),
    }
}
