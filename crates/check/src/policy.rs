//! What the user decided about findings: severities, suppressions, baseline. Every suppression has a reason, and shows when it is no longer needed.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use seatrial_model::{Handle, Snapshot};
use seatrial_report::{Confidence, Finding, Fix, Ignored, Location, ObjectId, Report, Role, Safety, Severity};

use crate::peers;

/// The user's decisions.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// Severities by check id, in place of the cards' own.
    pub severities: BTreeMap<String, Severity>,
    /// Suppressions of the configuration.
    pub ignores: Vec<Ignore>,
    /// Fingerprints of findings that are known and accepted for now, by what accepted them.
    pub known: Vec<KnownFindings>,
    /// Ids of the user's own rules, which suppressions may name.
    pub rules: BTreeSet<String>,
    /// Whether suppressions count at all (`--no-ignores` switches them off).
    pub disabled: bool,
}

/// Findings that were there before.
#[derive(Clone, Debug, Default)]
pub struct KnownFindings {
    /// Where they are listed: a baseline file, a git revision.
    pub source: String,
    /// Their fingerprints.
    pub fingerprints: BTreeSet<String>,
}

/// A suppression of the configuration. What is not given matches everything; `*` in a pattern matches any text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ignore {
    /// Check ids.
    pub checks: Vec<String>,
    /// Kind.
    pub kind: Option<String>,
    /// Pattern of the namespace.
    pub namespace: Option<String>,
    /// Pattern of the name.
    pub name: Option<String>,
    /// Container.
    pub container: Option<String>,
    /// Pattern of the file's path.
    pub file: Option<String>,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// From which day on it no longer counts.
    pub expires: Option<Date>,
    /// Where it stands, such as `seatrial.yaml:12:5`.
    pub place: Place,
}

/// A place in a configuration file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub file: String,
    /// 1-based line.
    pub line: u32,
    /// 1-based column.
    pub column: u32,
}

/// Ids of the cards that this file answers for.
pub const UNUSED: &str = "ignore-unused";
/// See [`UNUSED`].
pub const EXPIRED: &str = "ignore-expired";
/// See [`UNUSED`].
pub const WITHOUT_REASON: &str = "ignore-without-reason";

/// Marks what does not count, and adds findings on suppressions that are unused or expired. `ran`: ids of the checks that were run.
pub fn apply(report: &mut Report, snapshot: &Snapshot, policy: &Policy, ran: &BTreeSet<&str>) {
    for it in &mut report.findings {
        if let Some(severity) = policy.severities.get(&it.check) {
            it.severity = *severity;
        }
    }
    if policy.disabled {
        return;
    }
    let mut used = Used::default();
    let comments = Comments::of(snapshot);
    let annotations = Annotations::of(snapshot);
    let today = snapshot.meta.taken_at.to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
    for finding in &mut report.findings {
        finding.ignored = comments
            .matching(finding, &mut used)
            .or_else(|| annotations.matching(finding))
            .or_else(|| configured(finding, policy, today, &mut used))
            .or_else(|| known(finding, policy));
    }
    let stale = stale(snapshot, policy, today, &used, ran);
    report.findings.extend(stale);
}

/// Which suppressions matched something.
#[derive(Default)]
struct Used {
    comments: BTreeSet<(usize, String)>,
    configured: BTreeSet<usize>,
}

/// Suppressions in comments, by file and line.
struct Comments<'a> {
    by_file: BTreeMap<&'a str, Vec<(usize, &'a seatrial_model::InlineIgnore)>>,
}

impl<'a> Comments<'a> {
    fn of(snapshot: &'a Snapshot) -> Self {
        let mut by_file: BTreeMap<&str, Vec<_>> = BTreeMap::new();
        for (at, it) in snapshot.ignores.iter().enumerate() {
            let file = snapshot.files.get(it.file as usize).map_or("", |it| it.path.as_str());
            by_file.entry(file).or_default().push((at, it));
        }
        Self { by_file }
    }

    fn matching(&self, finding: &Finding, used: &mut Used) -> Option<Ignored> {
        let place = finding.locations.first()?;
        let mine = self.by_file.get(place.file.as_str())?;
        let covers = |it: &seatrial_model::InlineIgnore| it.covers.0 <= place.line && place.line <= it.covers.1;
        let source = |it: &seatrial_model::InlineIgnore| format!("{}:{}", place.file, it.line);
        // A peer's comment has no room for a reason, and may hide nothing of ours.
        if let Some((_, it)) = mine.iter().find(|(_, it)| covers(it) && it.checks.iter().any(|id| peers::suppressed_by_comment(id, &finding.check))) {
            return Some(Ignored { reason: "ignored for Trivy".to_owned(), source: source(it) });
        }
        let (at, it) = mine.iter().find(|(_, it)| covers(it) && it.checks.contains(&finding.check))?;
        used.comments.insert((*at, finding.check.clone()));
        // Without a reason it does not count, and is a finding of its own.
        (!it.reason.is_empty()).then(|| Ignored { reason: it.reason.clone(), source: source(it) })
    }
}

/// Suppressions in annotations: our own and the peers'.
struct Annotations {
    by_object: BTreeMap<ObjectId, Vec<(String, Ignored)>>,
}

/// `ignore.seatrial.dev/CHECK: reason`.
const OWN: &str = "ignore.seatrial.dev/";

impl Annotations {
    fn of(snapshot: &Snapshot) -> Self {
        let mut by_object: BTreeMap<ObjectId, Vec<(String, Ignored)>> = BTreeMap::new();
        for handle in snapshot.cluster.handles() {
            let found = suppressions(&handle);
            if !found.is_empty() {
                by_object.entry(object_id(&handle)).or_default().extend(found);
            }
        }
        Self { by_object }
    }

    fn matching(&self, finding: &Finding) -> Option<Ignored> {
        if self.by_object.is_empty() {
            return None;
        }
        let object = ObjectId { container: None, ..finding.object.clone() };
        let mine = self.by_object.get(&object)?;
        mine.iter().find(|(check, _)| *check == finding.check).map(|(_, it)| it.clone())
    }
}

fn object_id(handle: &Handle<'_>) -> ObjectId {
    let it = handle.object_ref();
    ObjectId {
        api_version: it.api_version.to_string(),
        kind: it.kind.to_string(),
        namespace: it.namespace.map(|it| it.to_string()),
        name: it.name.to_string(),
        container: None,
    }
}

fn suppressions(handle: &Handle<'_>) -> Vec<(String, Ignored)> {
    let mut found = Vec::new();
    for (key, value) in handle.meta.annotations.iter() {
        let source = format!("annotation {key}");
        match key.strip_prefix(OWN) {
            Some(check) if !value.trim().is_empty() => found.push((check.to_owned(), Ignored { reason: value.trim().to_owned(), source })),
            Some(_) => {}
            None => found.extend(peers::suppressed(key, value).into_iter().map(|(check, reason)| (check, Ignored { reason, source: source.clone() }))),
        }
    }
    found
}

fn configured(finding: &Finding, policy: &Policy, today: Date, used: &mut Used) -> Option<Ignored> {
    let (at, it) = policy.ignores.iter().enumerate().find(|(_, it)| it.matches(finding))?;
    used.configured.insert(at);
    let expired = it.expires.is_some_and(|day| day <= today);
    (!expired).then(|| Ignored { reason: it.reason.clone(), source: it.place.to_string() })
}

fn known(finding: &Finding, policy: &Policy) -> Option<Ignored> {
    let it = policy.known.iter().find(|it| it.fingerprints.contains(&finding.fingerprint))?;
    Some(Ignored { reason: "known before".to_owned(), source: it.source.clone() })
}

impl Ignore {
    fn matches(&self, finding: &Finding) -> bool {
        let object = &finding.object;
        let ns = object.namespace.as_deref().unwrap_or("");
        let file = finding.locations.first().map_or("", |it| it.file.as_str());
        let fits = |pattern: &Option<String>, text: &str| pattern.as_deref().is_none_or(|it| glob(it, text));
        self.checks.iter().any(|it| glob(it, &finding.check))
            && self.kind.as_deref().is_none_or(|it| it == object.kind)
            && fits(&self.namespace, ns)
            && fits(&self.name, &object.name)
            && fits(&self.file, file)
            && self.container.as_deref().is_none_or(|it| object.container.as_deref() == Some(it))
    }
}

/// `*` matches any text; a pattern without it also matches the end of a path.
fn glob(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else {
        return pattern == text || (pattern.contains('/') && text.ends_with(&format!("/{pattern}")));
    };
    let Some(mut left) = text.strip_prefix(first) else { return false };
    let mut pieces: Vec<&str> = rest.split('*').collect();
    let last = pieces.pop().unwrap_or("");
    for piece in pieces {
        match left.find(piece) {
            Some(at) => left = &left[at + piece.len()..],
            None => return false,
        }
    }
    left.ends_with(last)
}

/// Findings on suppressions that do nothing, or should not.
fn stale(snapshot: &Snapshot, policy: &Policy, today: Date, used: &Used, ran: &BTreeSet<&str>) -> Vec<Finding> {
    let mut found = Vec::new();
    let place = |it: &seatrial_model::InlineIgnore| {
        let file = snapshot.files.get(it.file as usize).map_or("", |it| it.path.as_str());
        Place { file: file.to_owned(), line: it.line, column: 1 }
    };
    if ran.contains(WITHOUT_REASON) {
        for it in snapshot.ignores.iter().filter(|it| !it.checks.iter().any(|id| peers::is_of_peer(id))) {
            let unknown: Vec<&str> = it.checks.iter().map(String::as_str).filter(|id| crate::find(id).is_none() && !policy.rules.contains(*id)).collect();
            if !unknown.is_empty() {
                found.push(on_suppression(WITHOUT_REASON, &place(it), format!("ignore[{}] names no check that exists", unknown.join(", "))));
            } else if it.checks.is_empty() || it.reason.is_empty() {
                found.push(on_suppression(WITHOUT_REASON, &place(it), "the suppression gives no reason, so it does not count".to_owned()));
            }
        }
    }
    if ran.contains(UNUSED) {
        for (at, it) in snapshot.ignores.iter().enumerate().filter(|(_, it)| !it.reason.is_empty()) {
            for check in it.checks.iter().filter(|id| ran.contains(id.as_str()) && *id != UNUSED && !used.comments.contains(&(at, (*id).clone()))) {
                found.push(on_suppression(UNUSED, &place(it), format!("nothing is suppressed by ignore[{check}] any more")));
            }
        }
        for (_, it) in
            policy.ignores.iter().enumerate().filter(|(at, it)| !used.configured.contains(at) && it.checks.iter().all(|id| ran.contains(id.as_str())))
        {
            found.push(on_suppression(UNUSED, &it.place, format!("nothing is suppressed by the ignore of {} any more", it.checks.join(", "))));
        }
    }
    if ran.contains(EXPIRED) {
        for (at, it) in policy.ignores.iter().enumerate() {
            if let Some(day) = it.expires.filter(|day| *day <= today && used.configured.contains(&at)) {
                let owner = it.owner.as_ref().map(|it| format!(" (owner: {it})")).unwrap_or_default();
                found.push(on_suppression(
                    EXPIRED,
                    &it.place,
                    format!("the ignore of {} expired on {day}{owner}; what it hid counts again", it.checks.join(", ")),
                ));
            }
        }
    }
    found
}

fn on_suppression(check: &str, place: &Place, message: String) -> Finding {
    let card = crate::find(check);
    let location = Location {
        file: place.file.clone(),
        line: place.line,
        column: place.column,
        end_line: place.line,
        end_column: place.column,
        path: String::new(),
        role: Role::Primary,
        note: None,
        approximate: false,
        snippet: None,
    };
    Finding {
        check: check.to_owned(),
        row: card.and_then(|it| it.rows.first()).map_or("", |it| it.id()).to_owned(),
        severity: card.map_or(Severity::Low, |it| it.severity),
        confidence: Confidence::High,
        object: ObjectId {
            api_version: "seatrial.dev/v1alpha1".to_owned(),
            kind: "Ignore".to_owned(),
            namespace: None,
            name: place.to_string(),
            container: None,
        },
        fingerprint: format!("{check}:{place}"),
        message: format!("{place}: {message}"),
        locations: vec![location],
        evidence: Vec::new(),
        fix: Fix { safety: Safety::Manual, description: card.map_or("", |it| it.fix).to_owned() },
        ignored: None,
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

#[cfg(test)]
mod tests {
    use super::glob;

    #[test]
    fn patterns_match_as_people_expect() {
        for (pattern, text, fits) in [
            ("shop", "shop", true),
            ("shop-*", "shop-eu", true),
            ("*-job", "nightly-job", true),
            ("a*c*e", "abcde", true),
            ("a*c*e", "abde", false),
            ("deploy/api.yaml", "repo/deploy/api.yaml", true),
            ("*", "", true),
            ("shop", "shopping", false),
        ] {
            assert_eq!(glob(pattern, text), fits, "{pattern} on {text}");
        }
    }
}
