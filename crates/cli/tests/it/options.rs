//! Options of `check`: outputs, inputs, baselines, fixes, suppressions, profiles.

use std::process::Command;

use crate::session::{CLEAN, FLAWED, Folder, found};

#[test]
fn each_format_goes_to_the_file_behind_it() {
    let folder = Folder::with(&[("a.yaml", FLAWED)]);
    let ran = folder.run(&["check", "a.yaml", "--format", "json", "-o", "r.json", "--format", "sarif", "-o", "r.sarif", "--format", "human"]);
    assert_eq!(ran.code, 1);
    assert!(
        folder.read("r.json").contains("seatrial.report/1") && folder.read("r.sarif").contains("\"version\": \"2.1.0\"")
            || folder.read("r.sarif").contains("2.1.0")
    );
    assert!(ran.out.contains("pdb-missing") && !ran.out.starts_with('{'));
    let ran = folder.run(&["check", "a.yaml", "-o", "a.txt", "--format", "json", "-o", "b.json", "-o", "c.json"]);
    assert_eq!(ran.code, 2, "{}", ran.err);
}

#[test]
fn standard_input_globs_and_folders_are_inputs() {
    let folder = Folder::with(&[
        ("x/a.yaml", FLAWED),
        ("x/b.yml", CLEAN),
        ("x/deep/c.json", "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"c\"}}"),
    ]);
    let objects = |arguments: &[&str]| folder.report(arguments)["coverage"]["objects"].as_u64();
    assert_eq!(
        (objects(&["x"]), objects(&["x/*.yaml"]), objects(&["x/**/*.json"]), objects(&["--from", "x/a.yaml", "x/b.yml"])),
        (Some(3), Some(1), Some(1), Some(2))
    );
    let ran = folder.run_with(&["check", "-", "--format", "json"], FLAWED.as_bytes());
    let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((ran.code, report["coverage"]["objects"].as_u64(), report["findings"][0]["locations"][0]["file"].as_str()), (1, Some(1), Some("-")));
}

#[test]
fn the_same_input_gives_the_same_bytes_in_any_order() {
    let other = FLAWED.replace("name: api", "name: web");
    let folder = Folder::with(&[("a.yaml", FLAWED), ("b.yaml", &other), ("c.yaml", CLEAN)]);
    let run = |files: &[&str]| {
        let mut report = folder.report(files);
        report["generated"].take();
        report["meta"].take();
        report
    };
    let first = run(&["a.yaml", "b.yaml", "c.yaml"]);
    assert_eq!(first, run(&["a.yaml", "b.yaml", "c.yaml"]));
    assert_eq!(first["findings"], run(&["c.yaml", "b.yaml", "a.yaml"])["findings"]);
    let human = |files: &[&str]| folder.run(&[&["check"], files].concat()).out;
    assert_eq!(human(&["a.yaml", "b.yaml"]), human(&["a.yaml", "b.yaml"]));
}

#[test]
fn a_baseline_hides_what_it_lists() {
    let folder = Folder::with(&[("a.yaml", FLAWED)]);
    assert_eq!(folder.run(&["check", "a.yaml", "--write-baseline", "known.json"]).code, 0);
    assert_eq!(folder.run(&["check", "a.yaml", "--baseline", "known.json"]).code, 0);
    assert_eq!(folder.run(&["check", "a.yaml", "--baseline", "known.json", "--no-ignores"]).code, 1);
    folder.write("b.yaml", FLAWED.replace("name: api", "name: web").as_bytes());
    assert_eq!(folder.run(&["check", "a.yaml", "b.yaml", "--baseline", "known.json"]).code, 1);
    folder.write("known.json", b"{\"schema\": \"other\", \"findings\": {}}");
    let ran = folder.run(&["check", "a.yaml", "--baseline", "known.json"]);
    assert!(ran.code == 2 && ran.err.contains("known.json:1:1"), "{}", ran.err);
}

#[test]
fn since_hides_what_a_revision_had() {
    let folder = Folder::with(&[("a.yaml", FLAWED)]);
    let git = |arguments: &[&str]| {
        let identity = ["-c", "user.name=t", "-c", "user.email=t@example.com"];
        assert!(Command::new("git").arg("-C").arg(folder.path()).args(identity).args(arguments).output().unwrap().status.success(), "{arguments:?}");
    };
    git(&["init", "-q"]);
    git(&["add", "a.yaml"]);
    git(&["commit", "-q", "-m", "first"]);
    assert_eq!(folder.run(&["check", ".", "--since", "HEAD"]).code, 0);
    folder.write("b.yaml", FLAWED.replace("name: api", "name: web").as_bytes());
    let report = folder.report(&[".", "--since", "HEAD"]);
    let new: Vec<_> = report["findings"].as_array().unwrap().iter().filter(|it| it["ignored"].is_null()).map(|it| it["object"]["name"].clone()).collect();
    assert!(!new.is_empty() && new.iter().all(|it| it == "web"), "{new:?}");
}

#[test]
fn a_diff_changes_nothing_and_a_fix_mends() {
    let folder = Folder::with(&[("a.yaml", FLAWED)]);
    let diff = folder.run(&["check", "a.yaml", "--diff"]);
    assert_eq!((diff.code, folder.read("a.yaml").as_str()), (1, FLAWED));
    assert!(diff.out.starts_with("--- a/a.yaml\n+++ b/a.yaml\n@@ "), "{}", diff.out);
    let before = found(&folder.report(&["a.yaml"])).len();
    let fixed = folder.run(&["check", "a.yaml", "--fix"]);
    assert!(fixed.err.contains("mended"), "{}", fixed.err);
    let safe = found(&folder.report(&["a.yaml"])).len();
    assert!(safe < before, "{safe} of {before}");
    folder.run(&["check", "a.yaml", "--fix", "--unsafe-fixes"]);
    assert!(found(&folder.report(&["a.yaml"])).len() <= safe);
    let again = folder.read("a.yaml");
    folder.run(&["check", "a.yaml", "--fix", "--unsafe-fixes"]);
    assert_eq!(folder.read("a.yaml"), again, "a second run changes nothing");
}

#[test]
fn a_patch_is_taken_by_git() {
    let folder = Folder::with(&[(
        "a.yaml",
        &FLAWED.replace("        image: shop/api\n", "        image: shop/api\n        env:\n        - {name: DB_PASSWORD, value: canary}\n"),
    )]);
    let diff = folder.run(&["check", "a.yaml", "--diff"]);
    folder.write("fix.patch", diff.out.as_bytes());
    let output = Command::new("git").arg("apply").arg("fix.patch").current_dir(folder.path()).output().unwrap();
    assert!(output.status.success(), "{}\n{}\n{}", String::from_utf8_lossy(&output.stderr), diff.out, diff.err);
    assert!(!diff.out.contains("canary"), "{}", diff.out);
}

#[test]
fn suppressions_count_until_they_expire() {
    let only = ["a.yaml", "--only", "pdb-missing"];
    let counting = |text: &str, config: &str| {
        let folder = Folder::with(&[("a.yaml", text), ("seatrial.yaml", config)]);
        found(&folder.report(&only)).len()
    };
    let ignore = "ignores:\n- checks: [pdb-missing]\n  reason: run by hand\n";
    assert_eq!(counting(FLAWED, ""), 1);
    assert_eq!(counting(&format!("# seatrial: ignore[pdb-missing] run by hand\n{FLAWED}"), ""), 0);
    assert_eq!(counting(&FLAWED.replace("namespace: shop}", "namespace: shop, annotations: {ignore.seatrial.dev/pdb-missing: run by hand}}"), ""), 0);
    assert_eq!(counting(FLAWED, ignore), 0);
    assert_eq!(counting(FLAWED, &format!("{ignore}  expires: 2999-01-01\n")), 0);
    assert_eq!(counting(FLAWED, &format!("{ignore}  expires: 2020-01-01\n")), 1);
}

#[test]
fn a_wrong_configuration_is_named_by_its_place() {
    for (config, place) in [
        ("profil: prod\n", "seatrial.yaml:1:1"),
        ("profile: prod\nprofile: test\n", "seatrial.yaml:2:1"),
        ("a: [\n", "seatrial.yaml:"),
        ("ignores:\n- checks: [pdb-missing]\n", "seatrial.yaml:2:3"),
    ] {
        let ran = Folder::with(&[("a.yaml", CLEAN), ("seatrial.yaml", config)]).run(&["check", "a.yaml"]);
        assert!(ran.code == 2 && ran.err.contains(place), "{config}: {}", ran.err);
    }
}

#[test]
fn profiles_relax_and_tighten() {
    let folder = Folder::with(&[("a.yaml", FLAWED)]);
    let count = |profile: &str| found(&folder.report(&["a.yaml", "--profile", profile])).len();
    assert!(count("test") < count("prod"), "{} {}", count("test"), count("prod"));
    assert!(count("pedantic") >= count("prod"));
}

#[test]
fn the_target_version_decides_which_apis_are_served() {
    let text = "apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: x, namespace: a}\nspec: {maxUnavailable: 1, selector: {matchLabels: {a: b}}}\n";
    let folder = Folder::with(&[("a.yaml", text)]);
    let says = |version: &str| folder.report(&["a.yaml", "--target-version", version])["findings"].to_string().contains("policy/v1beta1");
    assert!(says("1.36"));
}
