//! Suppressions written as comments: `# seatrial: ignore[pdb-missing] the job is run by hand`, and Trivy's `#trivy:ignore:KSV-0014`.

use seatrial_model::InlineIgnore;

use crate::split::Chunk;
use crate::tree::{NodeId, Tree, Value};

const MARK: &str = "seatrial: ignore[";
/// Source: Trivy documentation, filtering by inline comments.
const TRIVY: &str = "trivy:ignore:";

/// The suppressions of one document.
pub fn find(file: u32, chunk: &Chunk<'_>, tree: &Tree<'_>) -> Vec<InlineIgnore> {
    if !chunk.text.contains(MARK) && !chunk.text.contains(TRIVY) {
        return Vec::new();
    }
    let first = tree.node(tree.root()).span.line;
    let mut found = Vec::new();
    for (at, text) in chunk.text.lines().enumerate() {
        let Some((before, checks, reason)) = parse(text).or_else(|| parse_trivy(text)) else { continue };
        let line = u32::try_from(at + 1).unwrap_or(u32::MAX);
        let covers = if !before.trim().is_empty() {
            (line, line)
        } else if line < first {
            (1, u32::try_from(chunk.text.lines().count()).unwrap_or(u32::MAX))
        } else {
            block_after(tree, line).unwrap_or((line + 1, line + 1))
        };
        let shift = chunk.line - 1;
        found.push(InlineIgnore { file, line: line + shift, covers: (covers.0 + shift, covers.1 + shift), checks, reason });
    }
    found
}

/// Text before the comment, check ids and reason of a line that has a suppression.
fn parse(line: &str) -> Option<(&str, Vec<String>, String)> {
    let hash = line.find('#').filter(|at| line[*at..].trim_start_matches(['#', ' ']).starts_with(MARK))?;
    let rest = line[hash..].split_once(MARK)?.1;
    let (checks, reason) = rest.split_once(']')?;
    let checks = checks.split(',').map(|it| it.trim().to_owned()).filter(|it| !it.is_empty()).collect();
    // A further comment behind the reason is not part of it.
    let reason = reason.split('#').next().unwrap_or("");
    Some((&line[..hash], checks, reason.trim().to_owned()))
}

/// The same of a line with a suppression for Trivy, whose id becomes `trivy:KSV-0014`; it has no room for a reason.
fn parse_trivy(line: &str) -> Option<(&str, Vec<String>, String)> {
    let hash = line.find('#').filter(|at| line[*at..].trim_start_matches(['#', ' ']).starts_with(TRIVY))?;
    let checks = line[hash..].split_whitespace().filter_map(|it| it.trim_start_matches('#').strip_prefix(TRIVY)).map(trivy_id).collect();
    Some((&line[..hash], checks, String::new()))
}

/// Ids are also written `AVD-KSV-0014` and, by older versions, `KSV014`.
fn trivy_id(text: &str) -> String {
    let text = text.strip_prefix("AVD-").unwrap_or(text);
    let number = text.strip_prefix("KSV").and_then(|it| it.trim_start_matches('-').parse::<u16>().ok());
    number.map_or_else(|| format!("trivy:{text}"), |it| format!("trivy:KSV-{it:04}"))
}

/// The lines of the first block that starts after `line`.
fn block_after(tree: &Tree<'_>, line: u32) -> Option<(u32, u32)> {
    let mut best: Option<(u32, u32)> = None;
    for at in 0..tree.len() {
        let id = NodeId(u32::try_from(at).ok()?);
        let children: Vec<(u32, u32)> = match &tree.node(id).value {
            Value::Mapping(entries) => entries.iter().map(|it| (tree.node(it.key).span.line, tree.node(it.value).span.end_line)).collect(),
            Value::Sequence(items) => items.iter().map(|it| (tree.node(*it).span.line, tree.node(*it).span.end_line)).collect(),
            _ => continue,
        };
        for (from, to) in children.into_iter().filter(|it| it.0 > line) {
            let better = best.is_none_or(|it| from < it.0 || (from == it.0 && to > it.1));
            if better {
                best = Some((from, to.max(from)));
            }
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::split::documents;
    use crate::tree;

    fn covers(text: &str) -> Vec<(u32, u32)> {
        let chunk = documents(text)[0];
        let (trees, _) = tree::parse(chunk.text);
        find(0, &chunk, &trees[0]).into_iter().map(|it| it.covers).collect()
    }

    #[test]
    fn a_comment_covers_its_line_its_block_or_the_document() {
        assert_eq!(covers("a: 1 # seatrial: ignore[x] why\nb: 2\n"), [(1, 1)]);
        assert_eq!(covers("a: 1\n# seatrial: ignore[x] why\nb:\n  c: 2\n  d: 3\ne: 4\n"), [(3, 5)]);
        assert_eq!(covers("# seatrial: ignore[x] why\na: 1\nb: 2\n"), [(1, 3)]);
    }

    #[test]
    fn each_form_of_trivys_comment_becomes_one_id() {
        for id in ["KSV-0014", "AVD-KSV-0014", "KSV014"] {
            let line = format!("  a: 1 #trivy:ignore:{id}");
            assert_eq!(parse_trivy(&line).map(|it| it.1), Some(vec!["trivy:KSV-0014".to_owned()]), "{line}");
        }
        assert_eq!(covers("# trivy:ignore:KSV-0014\na: 1\nb: 2\n"), [(1, 3)]);
        assert_eq!(covers("a: 'trivy:ignore:KSV-0014'\n"), []);
    }
}
