//! Complete applications that follow the guide are silent; each mutant of them gives the one finding that names its cause.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use seatrial_check::{Places, Policy, Profile, Settings, all, evaluate};
use seatrial_model::{Origin, Path};
use seatrial_report::{Finding, Location, Role};
use seatrial_testkit::Fixture;

/// The guide's five patterns.
const APPLICATIONS: [(&str, &str); 5] = [
    ("stateless_web", include_str!("golden/stateless_web.yaml")),
    ("stateful", include_str!("golden/stateful.yaml")),
    ("worker", include_str!("golden/worker.yaml")),
    ("cron", include_str!("golden/cron.yaml")),
    ("multi_tier", include_str!("golden/multi_tier.yaml")),
];
/// What every application's cluster has besides: priority classes, the Ingress class, Karpenter's pools.
const PLATFORM: &str = include_str!("golden/platform.yaml");
/// The AWS account and the nodes below all of them.
const ACCOUNT: &str = include_str!("golden/account.yaml");
const MUTANTS: &str = include_str!("golden/mutants.txt");

/// Matters of taste that the golden applications leave open on purpose.
const REVIEWED: [(&str, &str); 2] =
    [("dns-failover-missing", "one region is enough for them"), ("access-entry-role-missing", "the account lists the roles of pods only")];

struct Nowhere;

impl Places for Nowhere {
    fn locate(&self, wanted: &[(Origin, &Path)]) -> Vec<Location> {
        let one = |path: &Path| Location {
            file: String::new(),
            line: 0,
            column: 0,
            end_line: 0,
            end_column: 0,
            path: path.to_string(),
            role: Role::Primary,
            note: None,
            approximate: false,
            snippet: None,
        };
        wanted.iter().map(|it| one(it.1)).collect()
    }
}

fn findings(text: &str, profile: Profile) -> Vec<Finding> {
    let fixture = Fixture::new(text);
    assert_eq!(fixture.snapshot.unread, [], "a golden application must be readable");
    let settings = Settings { profile, ..Settings::default() };
    evaluate(&fixture.snapshot, &settings, &Policy::default(), &all(), &Nowhere).findings
}

fn listed(findings: &[Finding]) -> String {
    findings.iter().fold(String::new(), |mut text, it| {
        let _ = writeln!(text, "  {}: {}", it.check, it.message);
        text
    })
}

/// The application of that name on its platform, or all of them on an account, too.
fn text_of(application: &str) -> String {
    let chosen = |it: &&(&str, &str)| application == "all" || application == it.0;
    let mut texts: Vec<&str> = APPLICATIONS.iter().filter(chosen).map(|it| it.1).collect();
    assert!(!texts.is_empty(), "no application {application}");
    texts.push(PLATFORM);
    if application == "all" {
        texts.push(ACCOUNT);
    }
    texts.join("---\n")
}

#[test]
fn a_golden_application_is_silent() {
    for name in APPLICATIONS.map(|it| it.0).into_iter().chain(["all"]) {
        let found = findings(&text_of(name), Profile::Prod);
        assert!(found.is_empty(), "{name}:\n{}", listed(&found));
    }
}

#[test]
fn a_golden_application_suits_most_tastes() {
    for name in APPLICATIONS.map(|it| it.0).into_iter().chain(["all"]) {
        let mut found = findings(&text_of(name), Profile::Pedantic);
        found.retain(|it| !REVIEWED.iter().any(|reviewed| reviewed.0 == it.check));
        assert!(found.is_empty(), "{name}:\n{}", listed(&found));
    }
}

#[test]
fn each_mutant_gives_the_one_finding_that_names_its_cause() {
    let mutants = mutants();
    assert!(mutants.len() >= 60, "only {} mutants", mutants.len());
    let mut wrong = String::new();
    for mutant in &mutants {
        let found = findings(&mutant.text, Profile::Prod);
        let mut ids: Vec<&str> = found.iter().map(|it| it.check.as_str()).collect();
        ids.sort_unstable();
        if ids != mutant.wanted {
            let _ = writeln!(wrong, "{}: wanted {:?}, found\n{}", mutant.title, mutant.wanted, listed(&found));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn a_mutant_wants_at_most_one_more_finding_and_only_checks_that_exist() {
    let ids: BTreeSet<&str> = all().into_iter().map(|it| it.id).collect();
    for mutant in mutants() {
        assert!((1..=2).contains(&mutant.wanted.len()), "{}", mutant.title);
        assert!(mutant.wanted.iter().all(|it| ids.contains(it)), "{}: {:?}", mutant.title, mutant.wanted);
    }
}

/// A broken application and what must be said of it.
struct Mutant {
    title: &'static str,
    wanted: Vec<&'static str>,
    text: String,
}

fn mutants() -> Vec<Mutant> {
    MUTANTS.split("\n## ").skip(1).map(mutant).collect()
}

fn mutant(block: &'static str) -> Mutant {
    let mut lines = block.lines();
    let title = lines.next().unwrap_or_default();
    let (application, rest) = title.split_once(": ").unwrap_or_else(|| panic!("{title}: no application"));
    let (_, wanted) = rest.split_once(" => ").unwrap_or_else(|| panic!("{title}: no check"));
    let mut wanted: Vec<&str> = wanted.split(", ").collect();
    wanted.sort_unstable();
    let mut documents = Documents::of(&text_of(application));
    for step in steps(title, lines) {
        documents.apply(title, &step);
    }
    Mutant { title, wanted, text: documents.0.join("\n---\n") + "\n" }
}

/// One line or block of a mutant's description.
enum Step<'a> {
    Drop(&'a str),
    Add(Vec<&'a str>),
    Replace { object: &'a str, old: Vec<&'a str>, new: Vec<&'a str> },
}

fn steps<'a>(title: &str, lines: impl Iterator<Item = &'a str>) -> Vec<Step<'a>> {
    let mut steps: Vec<Step<'a>> = Vec::new();
    let mut object = None;
    for line in lines.filter(|it| !it.is_empty()) {
        let piece = line.get(2..).unwrap_or_default();
        if let Some(it) = line.strip_prefix("drop ") {
            steps.push(Step::Drop(it));
        } else if let Some(it) = line.strip_prefix("in ") {
            object = Some(it);
        } else if line == "add" {
            steps.push(Step::Add(Vec::new()));
            object = None;
        } else {
            match (line.as_bytes()[0], object, steps.last_mut()) {
                (b'+', None, Some(Step::Add(text))) => text.push(piece),
                (b'+', Some(_), Some(Step::Replace { new, .. })) => new.push(piece),
                (b'-', Some(at), Some(Step::Replace { object, old, new })) if new.is_empty() && *object == at => old.push(piece),
                (b'-', Some(object), _) => steps.push(Step::Replace { object, old: vec![piece], new: Vec::new() }),
                _ => panic!("{title}: {line}"),
            }
        }
    }
    steps
}

/// The documents of a text.
struct Documents(Vec<String>);

impl Documents {
    fn of(text: &str) -> Self {
        Self(text.trim_end().split("\n---\n").map(str::to_owned).collect())
    }

    fn apply(&mut self, title: &str, step: &Step<'_>) {
        match step {
            Step::Drop(object) => {
                let at = self.find(title, object);
                self.0.remove(at);
            }
            Step::Add(text) => self.0.push(text.join("\n")),
            Step::Replace { object, old, new } => {
                let (at, old) = (self.find(title, object), old.join("\n"));
                assert_eq!(self.0[at].matches(&old).count(), 1, "{title}: {object} must have once:\n{old}");
                self.0[at] = self.0[at].replace(&old, &new.join("\n"));
            }
        }
    }

    /// The document of `KIND NAME` or `KIND NAME NAMESPACE`.
    fn find(&self, title: &str, object: &str) -> usize {
        let words: Vec<&str> = object.split(' ').collect();
        let found: Vec<usize> = (0..self.0.len()).filter(|it| identity(&self.0[*it]).starts_with(&words)).collect();
        assert_eq!(found.len(), 1, "{title}: {object} must be one object");
        found[0]
    }
}

/// Kind, name and namespace, as the golden files write them.
fn identity(document: &str) -> Vec<&str> {
    let value = |key: &str| document.lines().find_map(|it| it.strip_prefix(key));
    let metadata = document.split_once("\nmetadata:\n").map_or("", |it| it.1);
    let of_metadata = |key: &str| metadata.lines().take_while(|it| it.starts_with("  ")).find_map(|it| it.strip_prefix(key));
    [value("kind: "), of_metadata("  name: "), of_metadata("  namespace: ")].into_iter().flatten().collect()
}
