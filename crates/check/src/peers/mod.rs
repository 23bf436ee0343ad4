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

impl Peer {
    const fn of(tool: &'static str, theirs: &'static str, ours: &'static [&'static str]) -> Self {
        Self { tool, theirs, ours, instead: &[], note: "", about: &[] }
    }

    const fn instead(self, instead: &'static [&'static str]) -> Self {
        Self { instead, ..self }
    }

    const fn note(self, note: &'static str) -> Self {
        Self { note, ..self }
    }

    const fn about(self, about: &'static [&'static str]) -> Self {
        Self { about, ..self }
    }
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
    if key == "kube-linter.io/ignore-all" {
        let reason = if value.trim().is_empty() { "ignored for kube-linter" } else { value.trim() };
        return kube_linter::PEERS.iter().flat_map(|it| reasons("kube-linter", it.theirs, reason)).collect();
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

/// Whether a comment names a peer's check: `trivy:KSV-0014`.
pub(crate) fn is_of_peer(id: &str) -> bool {
    id.contains(':')
}

/// Whether a comment for a peer suppresses our check.
pub(crate) fn suppressed_by_comment(id: &str, check: &str) -> bool {
    id.split_once(':').is_some_and(|(tool, theirs)| ours(tool, theirs).contains(&check))
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
    use std::collections::BTreeSet;

    use seatrial_testkit::Fixture;

    use super::{PEERS, all, suppressed, suppressed_by_comment};

    fn ids(key: &str, value: &str) -> Vec<String> {
        suppressed(key, value).into_iter().map(|it| it.0).collect()
    }

    #[test]
    fn peers_annotations_name_our_checks() {
        assert!(ids("kube-score/ignore", "pod-probes, container-resources").contains(&"readiness-probe-missing".to_owned()));
        assert_eq!(ids("ignore-check.kube-linter.io/latest-tag", ""), ["image-tag-latest"]);
        assert_eq!(suppressed("ignore-check.kube-linter.io/latest-tag", "a demo")[0].1, "a demo");
        assert_eq!(ids("polaris.fairwinds.com/read-only-root-filesystem-exempt", "true"), [""; 0]);
        assert_eq!(ids("polaris.fairwinds.com/privilege-escalation-allowed-exempt", "true"), ["privilege-escalation-allowed"]);
        assert_eq!(ids("polaris.fairwinds.com/privilege-escalation-allowed-exempt", "false"), [""; 0]);
        assert_eq!(suppressed("checkov.io/skip1", "CKV_K8S_22=writes to /tmp"), [("root-filesystem-writable".to_owned(), "writes to /tmp".to_owned())]);
        assert_eq!(ids("unrelated", "x"), [""; 0]);
    }

    #[test]
    fn kube_linters_ignore_all_reaches_only_what_it_checks() {
        let found = ids("kube-linter.io/ignore-all", "generated");
        assert!(found.contains(&"image-tag-latest".to_owned()) && !found.contains(&"image-not-pinned".to_owned()));
    }

    #[test]
    fn a_comment_for_trivy_suppresses_our_check() {
        assert!(suppressed_by_comment("trivy:KSV-0014", "root-filesystem-writable"));
        assert!(!suppressed_by_comment("trivy:KSV-0014", "run-as-root"));
        let fixture = Fixture::new("# trivy:ignore:AVD-KSV-0014\napiVersion: v1\nkind: Pod\nmetadata: {name: a}\n");
        assert_eq!(fixture.snapshot.ignores[0].checks, ["trivy:KSV-0014"]);
    }

    #[test]
    fn tables_are_sorted_and_name_checks_that_exist() {
        let known: BTreeSet<&str> = crate::all().into_iter().map(|it| it.id).collect();
        for table in PEERS {
            assert!(table.is_sorted_by_key(|it| it.theirs), "{}", table[0].tool);
        }
        for it in all() {
            assert!(it.ours.iter().chain(it.instead).all(|id| known.contains(id)), "{} {}", it.tool, it.theirs);
            assert!(!it.ours.is_empty() || !it.note.is_empty(), "{} {}: a check that is not taken over needs a reason", it.tool, it.theirs);
        }
    }
}
