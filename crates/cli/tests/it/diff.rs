//! `diff`: recordings, dumps and folders side by side.

use std::path::{Path, PathBuf};

use crate::session::{CLEAN, FLAWED, Folder};

#[test]
fn nothing_differs_from_itself() {
    let folder = Folder::with(&[("d/a.yaml", FLAWED), ("d/b.yaml", CLEAN)]);
    folder.run(&["record", "-o", "demo.trial", "--demo"]);
    folder.run(&["record", "-o", "d.trial", "d"]);
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../check/tests/golden/stateless_web.yaml");
    let golden = golden.to_str().unwrap();
    let recorded = std::env::var_os("SEATRIAL_CORPUS").map(|it| PathBuf::from(it).join("corpus/recordings/shop").display().to_string());
    if recorded.is_none() {
        eprintln!("the recorded cluster is left out: SEATRIAL_CORPUS does not name the shared folder");
    }
    let mut pairs = vec![("demo.trial", "demo.trial"), ("d", "d.trial"), ("d.trial", "d"), (golden, golden)];
    pairs.extend(recorded.iter().map(|it| (it.as_str(), it.as_str())));
    for (before, after) in pairs {
        for format in ["human", "json", "markdown"] {
            let ran = folder.run(&["diff", before, after, "--format", format]);
            assert_eq!(ran.code, 0, "{before} {after}: {}{}", ran.out, ran.err);
            assert!(format == "json" || ran.out.contains("No difference"), "{}", ran.out);
        }
    }
}

#[test]
fn a_change_is_shown_in_every_format() {
    let after = FLAWED.replace("image: shop/api", "image: shop/api:1.2.3").replace("replicas: 3", "replicas: 1");
    let folder = Folder::with(&[("a.yaml", FLAWED), ("b.yaml", &format!("{after}---\n{CLEAN}"))]);
    folder.run(&["record", "-o", "a.trial", "a.yaml"]);
    let human = folder.run(&["diff", "a.trial", "b.yaml"]);
    assert_eq!(human.code, 1, "{}", human.err);
    for line in [
        "      spec.template.spec.containers[api].image: shop/api -> shop/api:1.2.3",
        "      spec.replicas: 3 -> 1",
        "  + ConfigMap shop/settings",
        "  ~ Deployment shop/api",
    ] {
        assert!(human.out.lines().any(|it| it.starts_with(line)), "{line}:\n{}", human.out);
    }
    for (fate, check) in [("  gone [", "] image-tag-latest: "), ("  new [", "] single-replica: ")] {
        assert!(human.out.lines().any(|it| it.starts_with(fate) && it.contains(check)), "{fate}{check}:\n{}", human.out);
    }
    let json: serde_json::Value = serde_json::from_str(&folder.run(&["diff", "a.trial", "b.yaml", "--format", "json"]).out).unwrap();
    assert_eq!((json["schema"].as_str(), json["objects"].as_array().map(Vec::len)), (Some("seatrial.diff/1"), Some(2)));
    let ran = folder.run(&["diff", "a.trial", "b.yaml", "--format", "markdown", "-o", "changes.md"]);
    assert!(ran.code == 1 && folder.read("changes.md").contains("- changed **Deployment shop/api**"), "{}", folder.read("changes.md"));
    assert!(folder.run(&["diff", "a.trial", "b.yaml", "--color", "always"]).out.contains("\u{1b}["));
}

#[test]
fn what_cannot_be_read_and_wrong_use_are_told_apart() {
    let folder = Folder::with(&[("a.yaml", FLAWED), ("broken.yaml", "kind: [\n"), ("empty/none.txt", "")]);
    let ran = folder.run(&["diff", "a.yaml", "broken.yaml"]);
    assert!(ran.code == 3 && ran.out.contains("unread after: broken.yaml:"), "{}", ran.out);
    assert_eq!(folder.run(&["diff", "a.yaml", "empty"]).code, 3);
    for wrong in [&["diff", "a.yaml"][..], &["diff", "-", "-"], &["diff", "a.yaml", "none.yaml"], &["diff", "a.yaml", "a.yaml", "--format", "csv"]] {
        assert_eq!(folder.run(wrong).code, 2, "{wrong:?}");
    }
    let piped = folder.run_with(&["diff", "-", "a.yaml"], FLAWED.as_bytes());
    assert_eq!(piped.code, 0, "{}", piped.out);
}

#[test]
fn one_format_and_one_file_stand_in_any_order_and_several_in_theirs() {
    let folder = Folder::with(&[("a.yaml", FLAWED), ("b.yaml", CLEAN)]);
    for order in [["--format", "json", "-o", "x.json"], ["-o", "x.json", "--format", "json"]] {
        let ran = folder.run(&[&["diff", "a.yaml", "b.yaml"], &order[..]].concat());
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{}", ran.err);
        assert!(folder.read("x.json").starts_with('{'));
    }
    let both = folder.run(&["diff", "a.yaml", "b.yaml", "--format", "markdown", "-o", "x.md", "--format", "human"]);
    assert!(both.out.contains("Findings") && folder.read("x.md").contains("**"), "{}{}", both.out, both.err);
}
