//! Other tools' names for what our checks find: their suppressions are honoured, and their labelled cases judge us.

mod checkov;
mod hardeneks;
mod kube_linter;
mod kube_score;
mod kubescape;
mod polaris;
mod trivy;

/// A peer's check and ours.
pub struct Peer {
    /// The tool.
    pub tool: &'static str,
    /// The tool's id of the check.
    pub theirs: &'static str,
    /// Our ids; empty where we have on purpose not taken it over.
    pub ours: &'static [&'static str],
    /// Further checks of ours that report the same fault where those stand aside: one fault is one finding. A suppression does not reach them.
    pub instead: &'static [&'static str],
    /// Why not, or in what our judgement differs.
    pub note: &'static str,
    /// Words of which a finding's message or place must have one, where our check judges more than theirs; empty where it judges the same.
    pub about: &'static [&'static str],
}

/// Every mapping, by tool; each table is sorted by id.
pub const PEERS: [&[Peer]; 7] = [checkov::PEERS, hardeneks::PEERS, kube_linter::PEERS, kube_score::PEERS, kubescape::PEERS, polaris::PEERS, trivy::PEERS];

/// Every mapping.
pub fn all() -> impl Iterator<Item = &'static Peer> {
    PEERS.into_iter().flatten()
}

/// What is known of a peer's check.
pub fn find(tool: &str, theirs: &str) -> Option<&'static Peer> {
    let table = PEERS.into_iter().find(|it| it.first().is_some_and(|it| it.tool == tool))?;
    table.binary_search_by_key(&theirs, |it| it.theirs).ok().map(|at| &table[at])
}

/// Our ids behind a peer's.
pub fn ours(tool: &str, theirs: &str) -> Vec<&'static str> {
    find(tool, theirs).map(|it| it.ours.to_vec()).unwrap_or_default()
}

/// Checks that an annotation of a peer suppresses, with the reason as far as the peer lets one be given.
pub(crate) fn suppressed(key: &str, value: &str) -> Vec<(String, String)> {
    if key == "kube-score/ignore" {
        return value.split(',').flat_map(|it| reasons("kube-score", it.trim(), "ignored for kube-score")).collect();
    }
    if let Some(id) = key.strip_prefix("ignore-check.kube-linter.io/") {
        return reasons("kube-linter", id, if value.trim().is_empty() { "ignored for kube-linter" } else { value.trim() });
    }
    if let Some(id) = key.strip_prefix("polaris.fairwinds.com/").and_then(|it| it.strip_suffix("-exempt")).filter(|_| value == "true") {
        return reasons("polaris", &camel(id), "exempt for Polaris");
    }
    if key.starts_with("checkov.io/skip") {
        let (id, reason) = value.split_once('=').unwrap_or((value, ""));
        return reasons("checkov", id.trim(), if reason.trim().is_empty() { "skipped for Checkov" } else { reason.trim() });
    }
    Vec::new()
}

fn reasons(tool: &str, theirs: &str, reason: &str) -> Vec<(String, String)> {
    ours(tool, theirs).into_iter().map(|it| (it.to_owned(), reason.to_owned())).collect()
}

/// Polaris writes ids in camel case in its configuration and in kebab case in annotations.
fn camel(kebab: &str) -> String {
    let mut pieces = kebab.split('-');
    let mut text = pieces.next().unwrap_or("").to_owned();
    for it in pieces {
        let mut letters = it.chars();
        text.extend(letters.next().map(|c| c.to_ascii_uppercase()));
        text.push_str(letters.as_str());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::suppressed;

    #[test]
    fn peers_annotations_name_our_checks() {
        assert_eq!(suppressed("kube-score/ignore", "pod-probes,container-resources")[0].0, "readiness-probe-missing");
        assert_eq!(suppressed("unrelated", "x"), []);
    }
}
