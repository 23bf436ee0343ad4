//! Suppressions that users wrote for other tools.

use seatrial_check::{Places, Policy, Profile, Settings, all, evaluate};
use seatrial_model::{Origin, Path};
use seatrial_report::{Location, Report, Role};
use seatrial_testkit::Fixture;

struct InFixture<'a>(&'a Fixture);

impl Places for InFixture<'_> {
    fn locate(&self, wanted: &[(Origin, &Path)]) -> Vec<Location> {
        let place = |(origin, path): &(Origin, &Path)| {
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
        };
        wanted.iter().map(place).collect()
    }
}

fn judge(text: &str) -> Report {
    let fixture = Fixture::new(text);
    let settings = Settings { profile: Profile::Pedantic, ..Settings::default() };
    evaluate(&fixture.snapshot, &settings, &Policy::default(), &all(), &InFixture(&fixture))
}

/// Whether the finding counts; `None` where there is none.
fn counts(report: &Report, check: &str) -> Option<bool> {
    report.findings.iter().find(|it| it.check == check).map(|it| it.ignored.is_none())
}

#[test]
fn a_comment_for_trivy_hides_its_check_alone_and_needs_no_reason() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - {name: a, image: a}\n";
    let report = judge(pod);
    assert_eq!(counts(&report, "root-filesystem-writable"), Some(true));
    let report = judge(&format!("# trivy:ignore:KSV-0014\n{pod}"));
    assert_eq!(counts(&report, "root-filesystem-writable"), Some(false));
    assert_eq!(counts(&report, "image-tag-latest"), Some(true));
    assert_eq!((counts(&report, "ignore-without-reason"), counts(&report, "ignore-unused")), (None, None));
}

#[test]
fn an_annotation_for_kube_score_does_not_reach_findings_that_stand_in_for_its_check() {
    let deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a, annotations: {kube-score/ignore: deployment-has-poddisruptionbudget}}\nspec:\n  replicas: N\n  selector: {matchLabels: {app: a}}\n  template:\n    metadata: {labels: {app: a}}\n    spec:\n      containers:\n      - {name: a, image: a}\n";
    assert_eq!(counts(&judge(&deployment.replace('N', "2")), "pdb-missing"), Some(false));
    assert_eq!(counts(&judge(&deployment.replace('N', "1")), "single-replica"), Some(true));
}
