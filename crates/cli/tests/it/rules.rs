//! The team's own rules: through the report, every format, suppressions and errors.

use crate::session::{FLAWED, Folder, found};

const RULES: &str = "\
rules:
- id: team-label-missing
  title: Nobody answers for it
  severity: high
  match: {kinds: [Deployment]}
  condition: |
    has(object.metadata.labels) &&
    'team' in object.metadata.labels
  path: metadata.labels
  message: \"{object} names no team\"
  why: On call starts with a name.
  fix: Add the label team.
  sources: [https://wiki.example.com/on-call]
";

fn with_rules(rules: &str) -> Folder {
    Folder::with(&[("seatrial.yaml", rules), ("a.yaml", FLAWED)])
}

#[test]
fn a_rule_is_a_row_and_its_findings_are_findings() {
    let folder = with_rules(RULES);
    let report = folder.report(&["a.yaml"]);
    let row = report["rows"].as_array().unwrap().iter().find(|it| it["table"] == "Your rules").unwrap();
    assert_eq!((row["row"].as_str(), row["verdict"].as_str()), (Some("rules/team-label-missing"), Some("fail")));
    let finding = report["findings"].as_array().unwrap().iter().find(|it| it["check"] == "team-label-missing").unwrap();
    assert_eq!((finding["message"].as_str(), finding["severity"].as_str()), (Some("Deployment shop/api names no team"), Some("high")));
    let place = &finding["locations"][0];
    assert_eq!((place["file"].as_str(), place["line"].as_u64(), place["path"].as_str()), (Some("a.yaml"), Some(3), Some("metadata.labels")));
    let card = report["cards"].as_array().unwrap().iter().find(|it| it["check"] == "team-label-missing").unwrap();
    assert_eq!(card["why"], "On call starts with a name.");
    let pass = RULES.replace("'team' in object.metadata.labels", "true").replace("has(object.metadata.labels)", "true");
    folder.write("seatrial.yaml", pass.as_bytes());
    let report = folder.report(&["a.yaml"]);
    let row = report["rows"].as_array().unwrap().iter().find(|it| it["table"] == "Your rules").unwrap();
    assert_eq!((row["verdict"].as_str(), row["reason"].as_str()), (Some("pass"), Some("1 subject")));
}

#[test]
fn every_format_names_the_rule() {
    let folder = with_rules(RULES);
    for format in ["human", "json", "sarif", "junit", "html", "markdown", "csv", "github"] {
        let ran = folder.run(&["check", "a.yaml", "--only", "team-label-missing", "--format", format]);
        assert!(ran.code == 1 && ran.out.contains("team-label-missing"), "{format}: {}", ran.out);
        assert!(ran.out.contains("Deployment shop/api names no team"), "{format}: {}", ran.out);
        assert!(["csv", "github", "sarif"].contains(&format) || ran.out.contains("Your rules"), "{format}: {}", ran.out);
    }
    let sarif: serde_json::Value = serde_json::from_str(&folder.run(&["check", "a.yaml", "--only", "team-label-missing", "--format", "sarif"]).out).unwrap();
    let rule = &sarif["runs"][0]["tool"]["driver"]["rules"][0];
    assert_eq!(rule["shortDescription"]["text"], "Nobody answers for it");
    assert_eq!(rule["fullDescription"]["text"], "On call starts with a name.");
    assert!(rule["help"]["text"].as_str().unwrap().contains("https://wiki.example.com/on-call"));
}

#[test]
fn rules_are_chosen_suppressed_and_known_as_checks_are() {
    let folder = with_rules(RULES);
    assert!(!found(&folder.report(&["a.yaml", "--skip", "team-label-missing"])).contains(&"team-label-missing".to_owned()));
    assert_eq!(found(&folder.report(&["a.yaml", "--only", "team-label-missing"])), ["team-label-missing"]);
    let ran = folder.run(&["check", "a.yaml", "--only", "team-label-mising"]);
    assert!(ran.code == 2 && ran.err.contains("did you mean `team-label-missing`?"), "{}", ran.err);
    assert_eq!(folder.run(&["check", "a.yaml", "--only", "team-label-missing", "--write-baseline", "known.json"]).code, 0);
    assert_eq!(folder.run(&["check", "a.yaml", "--only", "team-label-missing", "--baseline", "known.json"]).code, 0);
    let comment = format!("# seatrial: ignore[team-label-missing] a demo\n{FLAWED}");
    folder.write("a.yaml", comment.as_bytes());
    let ran = folder.run(&["check", "a.yaml", "--only", "team-label-missing,ignore-without-reason,ignore-unused"]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    folder.write("a.yaml", FLAWED.as_bytes());
    let configured = format!("{RULES}ignores:\n- {{checks: [team-label-missing], reason: a demo}}\n");
    folder.write("seatrial.yaml", configured.as_bytes());
    assert_eq!(folder.run(&["check", "a.yaml", "--only", "team-label-missing"]).code, 0);
    folder.write("seatrial.yaml", format!("{RULES}severities: {{team-label-missing: low}}\n").as_bytes());
    assert_eq!(folder.run(&["check", "a.yaml", "--only", "team-label-missing"]).code, 0);
    assert_eq!(folder.run(&["check", "a.yaml", "--only", "team-label-missing", "--fail-on", "low"]).code, 1);
}

#[test]
fn a_rule_can_stand_against_a_row_of_the_guide() {
    let folder = with_rules(&RULES.replace("  severity: high\n", "  severity: high\n  row: operations/runbooks\n"));
    let report = folder.report(&["a.yaml", "--only", "team-label-missing"]);
    let rows = report["rows"].as_array().unwrap();
    assert!(rows.iter().all(|it| it["table"] != "Your rules"));
    assert_eq!(rows.iter().find(|it| it["row"] == "operations/runbooks").unwrap()["verdict"], "fail");
    assert_eq!(report["findings"][0]["row"], "operations/runbooks");
}

#[test]
fn what_a_rule_cannot_judge_is_unknown() {
    let folder = with_rules("rules:\n- {id: few-replicas, title: Few, severity: low, condition: object.spec.shards > 1}\n");
    let report = folder.report(&["a.yaml", "--only", "few-replicas"]);
    let row = report["rows"].as_array().unwrap().iter().find(|it| it["table"] == "Your rules").unwrap();
    assert_eq!(row["verdict"], "unknown");
    assert!(row["reason"].as_str().unwrap().contains("Deployment shop/api (a.yaml:1): there is no key `shards`"), "{row}");
    assert_eq!(report["coverage"]["checks"]["unknown"][0]["check"], "few-replicas");
    assert_eq!(folder.run(&["check", "a.yaml", "--only", "few-replicas", "--strict"]).code, 3);
    // One object that can be judged does not make a pass of the other.
    folder.write("b.yaml", FLAWED.replace("name: api", "name: web").replace("replicas: 3", "shards: 3").as_bytes());
    let report = folder.report(&["a.yaml", "b.yaml", "--only", "few-replicas"]);
    let row = report["rows"].as_array().unwrap().iter().find(|it| it["table"] == "Your rules").unwrap();
    assert_eq!(row["verdict"], "unknown");
}

#[test]
fn errors_name_line_and_column_in_the_configuration() {
    let rule = |condition: &str| format!("rules:\n- id: a-rule\n  title: x\n  severity: low\n  condition: {condition}\n");
    for (config, place, words) in [
        (rule("object.spec >"), "seatrial.yaml:5:", "condition is not valid CEL"),
        (rule("obj.spec == 1"), "seatrial.yaml:5:14:", "names `obj`"),
        (rule("\"obj.spec == 1\""), "seatrial.yaml:5:15:", "names `obj`"),
        (rule("|\n    true &&\n      obj.spec"), "seatrial.yaml:7:7:", "names `obj`"),
        (rule("object.spec.matches('(')"), "seatrial.yaml:5:", "no regular expression"),
        (RULES.replace("severity: high", "severity: worst"), "seatrial.yaml:4:13:", "not one of error, high, medium, low"),
        (RULES.replace("  title: Nobody answers for it\n", ""), "seatrial.yaml:2:", "missing field `title`"),
        (RULES.replace("path:", "pfad:"), "seatrial.yaml:9:3:", "unknown field `pfad`"),
        (RULES.replace("id: team-label-missing", "id: pdb-missing"), "seatrial.yaml:2:7:", "the id of a built-in check"),
        (format!("{RULES}{}", RULES.trim_start_matches("rules:\n")), "seatrial.yaml:14:7:", "two rules are called `team-label-missing`"),
        (RULES.replace("  severity: high\n", "  severity: high\n  row: nowhere\n"), "seatrial.yaml:5:8:", "no row `nowhere`"),
        ("ruleFiles: [rules/*.yaml]\n".to_owned(), "seatrial.yaml:1:13:", "no file matches"),
    ] {
        let ran = with_rules(&config).run(&["check", "a.yaml"]);
        assert!(ran.code == 2 && ran.err.contains(place) && ran.err.contains(words), "{place} {words}: {}", ran.err);
        assert!(ran.err.contains("help: "), "{}", ran.err);
    }
}

#[test]
fn rules_come_out_of_further_files_and_are_explained() {
    let folder = with_rules("ruleFiles: [rules/*.yaml]\n");
    folder.write("rules/team.yaml", RULES.as_bytes());
    assert_eq!(found(&folder.report(&["a.yaml", "--only", "team-label-missing"])), ["team-label-missing"]);
    let ran = folder.run(&["explain", "team-label-missing"]);
    assert!(ran.code == 0 && ran.out.contains("On call starts with a name.") && ran.out.contains("Your rules"), "{}", ran.out);
    assert!(folder.run(&["explain"]).out.contains("Your rules\n  team-label-missing"));
    let json: serde_json::Value = serde_json::from_str(&folder.run(&["explain", "team-label-missing", "--format", "json"]).out).unwrap();
    assert_eq!((json["fix"]["description"].as_str(), json["rows"].as_array().map(Vec::len)), (Some("Add the label team."), Some(0)));
    folder.write("rules/broken.yaml", b"rules:\n- id: x\n");
    let ran = folder.run(&["check", "a.yaml"]);
    assert!(ran.code == 2 && ran.err.contains("rules/broken.yaml:2:"), "{}", ran.err);
    assert_eq!(folder.run(&["explain", "pdb-missing"]).code, 0, "a built-in card is shown whatever the configuration says");
}

#[test]
fn dumps_are_judged_item_by_item() {
    let folder = with_rules(RULES);
    let one = |name: &str, labels: &str| {
        format!(
            "{{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{{\"name\":\"{name}\",\"namespace\":\"shop\",\"uid\":\"{name}\"{labels}}},\"spec\":{{}}}}"
        )
    };
    let dump =
        format!("{{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[{},{}]}}", one("api", ",\"labels\":{\"team\":\"shop\"}"), one("web", ",\"labels\":{}"));
    folder.write("dump.json", dump.as_bytes());
    let report = folder.report(&["dump.json", "--only", "team-label-missing"]);
    let findings = report["findings"].as_array().unwrap();
    assert_eq!((findings.len(), findings[0]["object"]["name"].as_str(), findings[0]["locations"][0]["line"].as_u64()), (1, Some("web"), Some(1)));
}

#[test]
fn examples_are_run_and_a_wrong_one_fails() {
    let examples = "  bad: |\n    apiVersion: apps/v1\n    kind: Deployment\n    metadata:\n      name: a\n      labels: {a: b}  #~ team-label-missing\n  good: |\n    apiVersion: apps/v1\n    kind: Deployment\n    metadata: {name: a, labels: {team: a}}\n";
    let folder = with_rules(&format!("{RULES}{examples}"));
    let ran = folder.run(&["rules", "test"]);
    assert!(ran.code == 0 && ran.out.contains("team-label-missing: ok\n"), "{}", ran.out);
    let wrong = |from: &str, to: &str| {
        folder.write("seatrial.yaml", format!("{RULES}{}", examples.replace(from, to)).as_bytes());
        let ran = folder.run(&["rules", "test"]);
        assert_eq!(ran.code, 1, "{}", ran.out);
        ran.out
    };
    assert!(wrong("labels: {a: b}", "labels: {team: b}").contains("bad: the rule finds nothing"));
    assert!(wrong("{team: a}", "{tame: a}").contains("good: findings on lines [3]"));
    assert!(
        wrong("  good: |\n    apiVersion: apps/v1\n    kind: Deployment", "  good: |\n    apiVersion: v1\n    kind: Service")
            .contains("good: the rule matches no object")
    );
    assert!(wrong("      name: a\n", "      name: a  #~ team-label-missing\n").contains("bad: marks on lines [4, 5], findings on [5]"));
    folder.write("seatrial.yaml", RULES.as_bytes());
    assert!(folder.run(&["rules", "test"]).out.contains("team-label-missing: no examples"));
    folder.write("seatrial.yaml", b"profile: prod\n");
    let ran = folder.run(&["rules", "test"]);
    assert!(ran.code == 2 && ran.err.contains("help: "), "{}", ran.err);
}

#[test]
fn every_example_of_the_documentation_holds() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/rules.md")).unwrap();
    let blocks: Vec<&str> = text.split("```yaml\n").skip(1).map(|it| it.split("```").next().unwrap()).collect();
    assert!(blocks.len() >= 5, "the documentation has lost its examples");
    for block in blocks {
        let folder = with_rules(block);
        let ran = folder.run(&["rules", "test"]);
        assert!(ran.code == 0 && ran.out.contains(": ok\n") && !ran.out.contains("no examples"), "{block}\n{}{}", ran.out, ran.err);
        assert!([0, 1].contains(&folder.run(&["check", "a.yaml"]).code));
    }
}

#[test]
fn a_kind_that_was_not_read_of_a_cluster_is_unknown_whatever_stands_beside_it() {
    let rules = "\
rules:
- {id: bucket-public, title: A public bucket, severity: high, match: {kinds: [Bucket]}, condition: '!object.spec.public'}
- {id: service-unowned, title: A Knative service of nobody, severity: high, match: {kinds: [Service], apiVersions: ['serving.knative.dev/*']}, condition: 'has(object.metadata.labels)'}
- {id: name-long, title: A long name, severity: low, condition: 'size(object.metadata.name) < 60'}
";
    let dump = r#"{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"Service","metadata":{"name":"web","namespace":"shop","uid":"1"}}]}"#;
    let bucket = "apiVersion: storage.example.com/v1\nkind: Bucket\nmetadata: {name: b}\nspec: {public: false}\n";
    let folder = Folder::with(&[("seatrial.yaml", rules), ("dump.json", dump), ("bucket.yaml", bucket)]);
    folder.run(&["record", "-o", "dump.trial", "dump.json"]);
    let unknown = |inputs: &[&str], id: &str| -> bool {
        let report = folder.report(&[inputs, &["--only", id]].concat());
        report["coverage"]["checks"]["unknown"].as_array().unwrap().iter().any(|it| it["check"] == id)
    };
    for inputs in [&["dump.json"][..], &["dump.json", "bucket.yaml"], &["dump.trial", "bucket.yaml"]] {
        assert!(unknown(inputs, "bucket-public"), "{inputs:?}: nobody looked for the cluster's buckets");
        assert!(unknown(inputs, "service-unowned"), "{inputs:?}: a Service of another group is another kind");
    }
    assert!(!unknown(&["bucket.yaml"], "bucket-public"), "manifests hold what they hold");
    let report = folder.report(&["--demo", "--only", "name-long"]);
    assert!(!report["coverage"]["checks"]["unknown"].to_string().contains("resource usage"), "measurements are no objects: {}", report["coverage"]);
}
