//! Laws that hold for every card.

use seatrial_check::{Check, Outcomes, Persona, Places, Policy, Profile, Run, Settings, all, evaluate, evaluate_and_repair, run};
use seatrial_facts::guide::Row;
use seatrial_manifest::edit::{self, Placement};
use seatrial_model::{Edit, Graph, Origin, Path};
use seatrial_report::{Location, Role};
use seatrial_testkit::Fixture;

struct InFixture<'a>(&'a Fixture);

impl Places for InFixture<'_> {
    fn locate(&self, wanted: &[(Origin, &Path)]) -> Vec<Location> {
        wanted.iter().map(|(origin, path)| self.one(origin, path)).collect()
    }
}

impl InFixture<'_> {
    fn one(&self, origin: &Origin, path: &Path) -> Location {
        let span = self.0.place(origin, path);
        Location {
            file: "fixture.yaml".to_owned(),
            line: span.line,
            column: span.column,
            end_line: span.end_line,
            end_column: span.end_column,
            path: path.to_string(),
            role: Role::Primary,
            note: None,
            approximate: false,
            snippet: None,
        }
    }
}

fn settings() -> Settings {
    Settings { profile: Profile::Pedantic, ..Settings::default() }
}

/// Primary lines of the check's own findings, and whether it was assessed at all.
fn judge(check: &'static Check, text: &str) -> (Vec<u32>, bool, Fixture) {
    let fixture = Fixture::new(text);
    assert_eq!(fixture.snapshot.unread, [], "{}: an example must be readable", check.id);
    let settings = settings();
    let graph = Graph::new(&fixture.snapshot.cluster);
    let cx = seatrial_check::Cx::new(&fixture.snapshot, &graph, &settings);
    let outcomes = run(&cx, &[check]);
    let assessed = match &outcomes[0].result {
        Outcomes::Ran(subjects, _) => *subjects > 0,
        Outcomes::Partly(.., it) | Outcomes::Unknown(it) => panic!("{}: UNKNOWN on its own example: {} ({})", check.id, it.reason, it.remedy),
    };
    drop(outcomes);
    // Suppressions are judged against what all the others find.
    let checks = if matches!(check.run, Run::Policy) { all() } else { vec![check] };
    let report = evaluate(&fixture.snapshot, &settings, &Policy::default(), &checks, &InFixture(&fixture));
    let lines = report.findings.iter().filter(|it| it.check == check.id).map(|it| it.locations[0].line).collect();
    (lines, assessed, fixture)
}

/// An expired suppression stands in the configuration, which an example does not have.
fn with_examples() -> impl Iterator<Item = &'static Check> {
    all().into_iter().filter(|it| it.id != "ignore-expired")
}

#[test]
fn every_check_fires_on_its_bad_example_at_the_mark() {
    let mut wrong = Vec::new();
    for check in with_examples() {
        let (mut lines, _, fixture) = judge(check, check.bad);
        let mut marks: Vec<u32> = fixture.marks().into_iter().filter(|it| it.1 == check.id).map(|it| it.0).collect();
        lines.sort_unstable();
        marks.sort_unstable();
        // A finding on something outside the text (an AWS resource) has no line; its example has a mark on the fact.
        let elsewhere = lines.iter().all(|it| *it == 0) && lines.len() == marks.len();
        if marks.is_empty() || (lines != marks && !elsewhere) {
            wrong.push(format!("{}: findings on lines {lines:?}, marks on {marks:?}", check.id));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_check_is_assessed_and_silent_on_its_good_example() {
    let mut wrong = Vec::new();
    for check in with_examples() {
        let (lines, assessed, _) = judge(check, check.good);
        if !lines.is_empty() || !assessed {
            wrong.push(format!("{}: findings on lines {lines:?}, assessed: {assessed}", check.id));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Ids of everything that is found in a text.
fn found(text: &str) -> std::collections::BTreeSet<String> {
    let fixture = Fixture::new(text);
    assert_eq!(fixture.snapshot.unread, [], "a repaired example must be readable:\n{text}");
    let report = evaluate(&fixture.snapshot, &settings(), &Policy::default(), &all(), &InFixture(&fixture));
    report.findings.into_iter().map(|it| it.check).collect()
}

#[test]
fn every_repair_mends_its_example_and_adds_no_finding() {
    let mut wrong = Vec::new();
    for check in with_examples().filter(|it| it.repair.is_some()) {
        let fixture = Fixture::new(check.bad);
        let (_, proposals) = evaluate_and_repair(&fixture.snapshot, &settings(), &Policy::default(), &[check], &InFixture(&fixture));
        let edits: Vec<Edit> = proposals.into_iter().flat_map(|it| it.edits).collect();
        if edits.is_empty() {
            wrong.push(format!("{}: proposes nothing", check.id));
            continue;
        }
        let after = match edit::apply(check.bad, &edits, Placement::SameFile) {
            Ok(it) => it.text,
            Err(error) => {
                wrong.push(format!("{}: {error}", check.id));
                continue;
            }
        };
        let (before, now) = (found(check.bad), found(&after));
        if now.contains(check.id) {
            wrong.push(format!("{}: still found in\n{after}", check.id));
        }
        let added: Vec<_> = now.difference(&before).collect();
        if !added.is_empty() {
            wrong.push(format!("{}: adds {added:?} in\n{after}", check.id));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn ids_are_unique_and_kebab_case_and_prose_is_in_shape() {
    let mut seen = std::collections::BTreeSet::new();
    for it in all() {
        assert!(seen.insert(it.id), "{} twice", it.id);
        assert!(it.id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'), "{}", it.id);
        assert!(it.title.chars().count() <= 60 && !it.title.ends_with('.'), "{}: title", it.id);
        assert!(it.why.ends_with('.') && it.fix.ends_with('.'), "{}: why and fix are sentences", it.id);
        assert!(!it.rows.is_empty() && !it.verify.is_empty() && !it.sources.is_empty(), "{}", it.id);
    }
}

#[test]
fn every_row_of_the_guide_has_a_regular_check() {
    let covered: Vec<Row> = all().into_iter().filter(|it| it.persona == Persona::Regular).flat_map(|it| it.rows.iter().copied()).collect();
    // Suppressions are judged by the policy, which sees all findings.
    let missing: Vec<&str> = Row::ALL.iter().filter(|it| **it != Row::ValidIgnores && !covered.contains(it)).map(|it| it.id()).collect();
    assert!(missing.is_empty(), "no check for {missing:?}");
}
