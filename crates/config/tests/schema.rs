//! The schema says what the reader says: on the examples of the documents, and on what is wrong with them.

use seatrial_config::Config;
use seatrial_manifest::de::TreeDeserializer;
use seatrial_manifest::tree;
use serde::Deserialize;
use serde_json::Value;

fn examples(document: &str) -> Vec<String> {
    let path = format!("{}/../../{document}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).expect("a document");
    text.split("```yaml\n").skip(1).filter_map(|it| it.split("```").next()).map(str::to_owned).collect()
}

/// Whether the reader takes it, and whether the schema does.
fn taken(text: &str) -> (bool, bool) {
    let (trees, error) = tree::parse(text);
    assert!(error.is_none(), "{text}");
    let tree = &trees[0];
    let reader = || TreeDeserializer::new(tree, tree.root(), &[]);
    let value = Value::deserialize(reader()).expect("a value");
    let schema = schemars::schema_for!(Config).to_value();
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    (Config::deserialize(reader()).is_ok(), validator.is_valid(&value))
}

#[test]
fn the_examples_of_the_documents_are_valid() {
    for (document, at_least) in [("README.md", 1), ("docs/rules.md", 5)] {
        let all = examples(document);
        assert!(all.len() >= at_least, "{document} has lost its examples");
        for it in all {
            assert_eq!(taken(&it), (true, true), "{document}:\n{it}");
        }
    }
}

#[test]
fn what_the_reader_refuses_the_schema_refuses() {
    for text in [
        "profil: prod\n",
        "profile: staging\n",
        "failOn: worst\n",
        "thresholds: {backupMaxAgeHours: soon}\n",
        "thresholds: {unknown: 1}\n",
        "severities: {pdb-missing: severe}\n",
        "ignores: [{check: pdb-missing}]\n",
        "trustedRegistries: a\n",
        "ruleFiles: {a: b}\n",
        "rules: [{id: a, title: b, severity: low}]\n",
        "rules: [{id: a, title: b, severity: low, condition: 'true', match: {kind: Pod}}]\n",
        "rules: [{id: a, title: b, severity: low, condition: 'true', foreach: containers}]\n",
    ] {
        assert_eq!(taken(text), (false, false), "{text}");
    }
    assert_eq!(taken("rules: [{id: a, title: b, severity: low, condition: 'true', match: {labels: {a: b}}}]\n"), (true, true));
}
