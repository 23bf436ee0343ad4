//! `seatrial drill` as it is typed: exit codes, formats, comparison, and refusals with the way out.

use serde_json::Value;

use crate::session::{FLAWED, Folder};

/// Three replicas with requests and a budget.
fn spread() -> String {
    const BUDGET: &str = "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: api, namespace: shop}\nspec: {maxUnavailable: 1, selector: {matchLabels: {app: api}}}\n";
    format!("{FLAWED}        resources: {{requests: {{cpu: 500m, memory: 512Mi}}}}\n---\n{BUDGET}")
}

/// One replica instead of three: every loss interrupts it.
fn single() -> String {
    spread().replace("replicas: 3", "replicas: 1")
}

const NODES: [&str; 2] = ["--nodes", "3x1xm6i.large"];

#[test]
fn what_is_survived_ends_with_0_and_what_is_not_with_1() {
    let folder = Folder::with(&[("good/api.yaml", &spread()), ("bad/api.yaml", &single())]);
    let good = folder.run(&["drill", "az", "--each", NODES[0], NODES[1], "--from", "good"]);
    assert_eq!(good.code, 0, "{}{}", good.out, good.err);
    assert!(good.out.starts_with("All 3 rehearsals are survived"), "{}", good.out);
    let bad = folder.run(&["drill", "az", "--each", NODES[0], NODES[1], "--from", "bad"]);
    assert_eq!(bad.code, 1, "{}{}", bad.out, bad.err);
    assert!(bad.out.contains("Deployment shop/api is down for"), "{}", bad.out);
    let lenient = folder.run(&["drill", "pod", "--each", NODES[0], NODES[1], "--from", "good", "--fail-on", "down"]);
    assert_eq!(lenient.code, 0, "{}", lenient.out);
}

#[test]
fn what_cannot_be_answered_ends_with_3_and_a_slip_with_2() {
    let folder = Folder::with(&[("api.yaml", &spread())]);
    let no_nodes = folder.run(&["drill", "az", "--each", "--from", "api.yaml"]);
    assert_eq!(no_nodes.code, 3, "{}", no_nodes.err);
    assert!(no_nodes.err.contains("help: describe them with `--nodes 3x3xm6i.xlarge`"), "{}", no_nodes.err);
    folder.write("broken.yaml", b"kind: Deployment\nspec:\n\treplicas: 2\n");
    let nothing = folder.run(&["drill", "az", "--each", NODES[0], NODES[1], "--from", "broken.yaml"]);
    assert_eq!(nothing.code, 3, "{}{}", nothing.out, nothing.err);
    assert!(nothing.err.contains("nothing to rehearse: broken.yaml:3:1: "), "{}", nothing.err);
    let half = folder.run(&["drill", "az", "--each", NODES[0], NODES[1], "--from", "broken.yaml", "api.yaml"]);
    assert_eq!(half.code, 3, "what is read is survived, and what is not is not known: {}", half.out);
    assert!(half.out.starts_with("All 3 rehearsals are survived") && half.out.contains("broken.yaml:3:1 could not be read"), "{}", half.out);
    for (arguments, way_out) in [
        (vec!["drill", "flood", "--demo"], "choose of az, node"),
        (vec!["drill", "az", "mars", "--demo"], "us-east-1a"),
        (vec!["drill", "az", "--demo"], "--each"),
        (vec!["drill", "az", "--each", "--demo", "--nodes", "3x3"], "--nodes 3x3xm6i.xlarge"),
        (vec!["drill", "--demo", "--nodes", "3x3xm6i.large"], "leave --nodes out"),
        (vec!["drill", "--demo", "--format", "pdf"], "human"),
        (vec!["drill", "--demo", "--latency", "tea=5"], "pod-start"),
        (vec!["drill", "upgrade-nodegroup", "od", "--demo", "--max-unavailable", "lots"], "33%"),
    ] {
        let ran = folder.run(&arguments);
        assert_eq!(ran.code, 2, "{arguments:?}: {}", ran.err);
        assert!(ran.err.contains(way_out), "{arguments:?}: {}", ran.err);
    }
}

#[test]
fn the_demos_answer_is_the_contract() {
    let folder = Folder::new();
    let ran = folder.run(&["drill", "--demo", "--seeds", "3", "--format", "json"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    let answer: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(answer["schema"], "seatrial.drill/1");
    let drills = answer["drills"].as_array().unwrap();
    assert!(drills.len() > 40, "{}", drills.len());
    for drill in drills {
        for key in ["drill", "target", "verdict", "seeds", "witnessSeed", "summary", "workloads", "pods", "blocked", "timeline", "needs", "notModelled"] {
            assert!(!drill[key].is_null(), "{key} of {}", drill["drill"]);
        }
        for key in ["kept", "moved", "pending", "lost"] {
            assert!(drill["pods"][key].is_u64(), "{key}");
        }
    }
    let az = drills.iter().find(|it| it["drill"] == "az" && it["target"] == "us-east-1a").unwrap();
    assert_eq!(az["verdict"], "down");
    let down: Vec<&str> = az["workloads"].as_array().unwrap().iter().filter(|it| it["after"] == 0).filter_map(|it| it["object"].as_str()).collect();
    assert_eq!(down, ["StatefulSet data/postgres"], "its volume is in the zone that is lost");
    let order: Vec<&str> = drills.iter().filter_map(|it| it["verdict"].as_str()).collect();
    let rank = |it: &str| ["down", "stuck", "degraded", "unknown", "survives"].iter().position(|word| *word == it).unwrap();
    assert!(order.windows(2).all(|it| rank(it[0]) <= rank(it[1])), "worst first");
}

#[test]
fn every_format_tells_of_the_same_drill_and_escapes_what_it_quotes() {
    let folder = Folder::with(&[("api.yaml", &single().replace("name: api,", "name: \"<b>api\","))]);
    let ran = folder.run(&[
        "drill", "pod", "--each", NODES[0], NODES[1], "--from", "api.yaml", "--format", "json", "-o", "a.json", "--format", "sarif", "-o", "a.sarif",
        "--format", "junit", "-o", "a.xml", "--format", "html", "-o", "a.html", "--format", "markdown", "-o", "a.md", "--format", "human",
    ]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    let sarif: Value = serde_json::from_str(&folder.read("a.sarif")).unwrap();
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!((result["ruleId"].as_str(), result["level"].as_str()), (Some("drill/pod"), Some("error")), "{sarif}");
    assert_eq!(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "api.yaml");
    assert!(folder.read("a.xml").contains("<failure"), "{}", folder.read("a.xml"));
    let html = folder.read("a.html");
    assert!(html.contains("<svg") && !html.contains("<b>api") && html.contains("&lt;b&gt;api") && !html.contains("http://") && !html.contains("https://"));
    assert!(folder.read("a.md").contains("&lt;b&gt;api"));
    assert!(ran.out.contains("DOWN"), "{}", ran.out);
}

#[test]
fn two_states_are_compared_by_what_the_change_makes_worse() {
    let folder = Folder::with(&[("before/api.yaml", &spread()), ("after/api.yaml", &single())]);
    let worse = folder.run(&["drill", "az", "--each", NODES[0], NODES[1], "--diff", "before", "after"]);
    assert_eq!(worse.code, 1, "{}{}", worse.out, worse.err);
    assert!(worse.out.starts_with("This change makes az us-east-1"), "{}", worse.out);
    let better = folder.run(&["drill", "az", "--each", NODES[0], NODES[1], "--diff", "after", "before"]);
    assert_eq!(better.code, 0, "{}", better.out);
    assert!(better.out.contains("nothing worse"), "{}", better.out);
}

#[test]
fn a_revision_of_git_is_a_state_before() {
    let folder = Folder::with(&[("deploy/api.yaml", &spread())]);
    let git = |arguments: &[&str]| {
        let done =
            std::process::Command::new("git").args(["-c", "user.name=t", "-c", "user.email=t@t"]).args(arguments).current_dir(folder.path()).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    };
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-qm", "three replicas"]);
    folder.write("deploy/api.yaml", single().as_bytes());
    let ran = folder.run(&["drill", "az", "--each", NODES[0], NODES[1], "--from", "deploy", "--against", "HEAD"]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("worse") && ran.out.contains("survives -> down"), "{}", ran.out);
}

#[test]
fn a_drill_behind_the_paths_is_a_drill() {
    let folder = Folder::with(&[("good/api.yaml", &spread())]);
    let ran = folder.run(&["drill", NODES[0], NODES[1], "--from", "good", "az", "us-east-1a", "--seeds", "2"]);
    let same = folder.run(&["drill", "az", "us-east-1a", NODES[0], NODES[1], "--seeds", "2", "--from", "good"]);
    assert_eq!((ran.code, &ran.out), (same.code, &same.out), "{}", ran.err);
}
