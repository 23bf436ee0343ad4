//! `record`: one file that gives the reports which its inputs gave.

use std::path::{Path, PathBuf};

use crate::session::{CLEAN, FLAWED, Folder};

const FORMATS: [&str; 3] = ["json", "human", "sarif"];

/// Reports on `inputs` and on their recording are the same bytes, and a recording of the recording is the same file.
fn assert_same(folder: &Folder, inputs: &[&str], flags: &[&str]) {
    let record = |from: &[&str], to: &str| folder.run(&[&["record", "--force", "-o", to], from].concat());
    let ran = record(inputs, "a.trial");
    assert!(ran.code == 0 || ran.code == 3, "{inputs:?}: {}", ran.err);
    for format in FORMATS {
        let check = |from: &[&str]| folder.run(&[&["check", "--all", "--verbose", "--format", format], flags, from].concat());
        let (direct, recorded) = (check(inputs), check(&["a.trial"]));
        assert!(direct.code < 2 || direct.code == 3, "{}", direct.err);
        assert_eq!(direct.code, recorded.code, "{inputs:?} {format}: {}", recorded.err);
        let differs = direct.out.lines().zip(recorded.out.lines()).find(|it| it.0 != it.1);
        assert!(direct.out == recorded.out, "{inputs:?} {format}: {differs:#?}");
    }
    record(&["a.trial"], "b.trial");
    assert!(bytes(folder, "a.trial") == bytes(folder, "b.trial"), "{inputs:?}: recorded again, other bytes");
}

fn bytes(folder: &Folder, name: &str) -> Vec<u8> {
    std::fs::read(folder.path().join(name)).unwrap()
}

/// The lines of a recording.
fn text(folder: &Folder, name: &str) -> String {
    let bytes = bytes(folder, name);
    let label = 8 + u32::from_le_bytes(bytes[4..8].try_into().unwrap()) as usize;
    String::from_utf8(zstd::decode_all(&bytes[label..]).unwrap()).unwrap()
}

#[test]
fn a_recording_gives_the_report_of_its_inputs() {
    let ignored = format!("# seatrial: ignore[pdb-missing] run by hand\n{}", FLAWED.replace("name: api", "name: web"));
    let folder = Folder::with(&[("d/a.yaml", FLAWED), ("d/b.yaml", CLEAN), ("d/c.yaml", &ignored), ("d/values.yaml", "a: 1\n"), ("broken.yaml", "kind: [\n")]);
    let part = format!("apiVersion: seatrial.dev/v1alpha1\nkind: Snapshot\nscope: cluster\nnamespaces: [shop]\n---\n{FLAWED}");
    folder.write("part.yaml", part.as_bytes());
    assert_same(&folder, &["part.yaml"], &[]);
    assert!(text(&folder, "a.trial").contains("\"namespaces\":[\"shop\"]"));
    assert_same(&folder, &["--demo"], &[]);
    assert_same(&folder, &["--demo"], &["--profile", "pedantic"]);
    assert_same(&folder, &["d"], &["--profile", "test"]);
    assert_same(&folder, &["d", "broken.yaml"], &["--no-ignores"]);
    assert_same(&folder, &["--from", "d/a.yaml", "d/b.yaml"], &["--fail-on", "error"]);
}

#[test]
fn golden_applications_give_the_same_reports() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../check/tests/golden");
    let account = golden.join("account.yaml");
    for it in ["cron", "multi_tier", "platform", "stateful", "stateless_web", "worker"] {
        let file = golden.join(format!("{it}.yaml"));
        assert_same(&Folder::new(), &[file.to_str().unwrap(), account.to_str().unwrap()], &[]);
    }
}

#[test]
fn charts_give_the_same_reports() {
    if std::process::Command::new("helm").arg("version").output().is_err() {
        eprintln!("skipped: helm is not installed");
        return;
    }
    let template = format!("# seatrial: ignore[probe-port-unknown] none\n{}", FLAWED.replace("replicas: 3", "replicas: {{ .Values.replicas }}"));
    let folder = Folder::with(&[
        ("chart/Chart.yaml", "apiVersion: v2\nname: shop\nversion: 1.0.0\n"),
        ("chart/values.yaml", "replicas: 1\n"),
        ("chart/templates/api.yaml", &template),
    ]);
    assert_same(&folder, &["chart"], &[]);
}

#[test]
fn recorded_clusters_give_the_same_reports() {
    let Some(folder) = std::env::var_os("SEATRIAL_CORPUS").map(|it| PathBuf::from(it).join("corpus/recordings/shop")) else {
        eprintln!("skipped: SEATRIAL_CORPUS does not name the shared folder");
        return;
    };
    assert_same(&Folder::new(), &[folder.to_str().unwrap()], &[]);
}

#[test]
fn recordings_come_out_of_pipes_and_mix_with_files() {
    let other = FLAWED.replace("api", "web");
    let folder = Folder::with(&[("a.yaml", FLAWED), ("b.yaml", &other), ("c.yaml", CLEAN)]);
    assert_eq!(folder.run(&["record", "-o", "a.trial", "a.yaml", "c.yaml"]).code, 0);
    let piped = folder.run_with(&["check", "-", "--format", "json"], &bytes(&folder, "a.trial"));
    assert_eq!(piped.out, folder.run(&["check", "a.yaml", "c.yaml", "--format", "json"]).out);
    let stdout = folder.command(&["record", "-o", "-", "a.yaml", "c.yaml"]).output().unwrap().stdout;
    assert!(!stdout.is_empty() && std::fs::write(folder.path().join("s.trial"), stdout).is_ok());
    assert_eq!(folder.run(&["check", "s.trial", "--format", "json"]).out, piped.out);
    // Findings of the second file are found in it, though the recording brought files of its own.
    let together = |paths: &[&str]| {
        let report = folder.report(paths);
        let places: Vec<String> = report["findings"].as_array().unwrap().iter().map(|it| format!("{} {}", it["check"], it["locations"])).collect();
        (places, report["coverage"]["files"].clone(), report["coverage"]["kinds"].clone())
    };
    assert_eq!(together(&["a.trial", "b.yaml"]), together(&["a.yaml", "c.yaml", "b.yaml"]));
    assert_eq!(together(&["b.yaml", "a.trial"]), together(&["b.yaml", "a.yaml", "c.yaml"]));
}

#[test]
fn nothing_is_overwritten_and_nothing_is_left_behind() {
    let folder = Folder::with(&[("a.yaml", FLAWED), ("there.trial", "mine")]);
    let ran = folder.run(&["record", "-o", "there.trial", "a.yaml"]);
    assert!(ran.code == 2 && ran.err.contains("--force") && folder.read("there.trial") == "mine", "{}", ran.err);
    assert_eq!(folder.run(&["record", "-o", "there.trial", "a.yaml", "--force"]).code, 0);
    assert!(bytes(&folder, "there.trial").len() > 100);
    let ran = folder.run(&["record", "-o", "no/such/folder.trial", "a.yaml"]);
    assert!(ran.code == 2 && ran.err.contains("cannot write no/such/folder.trial"), "{}", ran.err);
    folder.write("empty/nothing.txt", b"");
    let ran = folder.run(&["record", "-o", "none.trial", "empty"]);
    assert!(ran.code == 3 && ran.err.contains("nothing is recorded"), "{}", ran.err);
    assert_eq!(folder.run(&["record", "a.yaml"]).code, 2, "a file must be named");
    let mut left: Vec<String> = std::fs::read_dir(folder.path()).unwrap().map(|it| it.unwrap().file_name().to_string_lossy().into_owned()).collect();
    left.sort();
    assert_eq!(left, ["a.yaml", "empty", "there.trial"]);
}

#[test]
fn a_damaged_recording_is_unread_and_never_smaller() {
    let folder = Folder::with(&[]);
    folder.run(&["record", "-o", "a.trial", "--demo"]);
    let whole = bytes(&folder, "a.trial");
    folder.write("cut.trial", &whole[..whole.len() / 2]);
    folder.write("newer.trial", &whole.iter().enumerate().map(|(at, it)| if at == 27 { b'9' } else { *it }).collect::<Vec<u8>>());
    for (file, reason) in [("cut.trial", "cut off after line"), ("newer.trial", "newer Seatrial (seatrial.recording/9")] {
        let ran = folder.run(&["check", file, "--format", "json"]);
        let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!((ran.code, report["coverage"]["objects"].as_u64()), (3, Some(0)), "{}", ran.err);
        let said = report["coverage"]["unread"][0]["reason"].as_str().unwrap_or_default();
        assert!(said.contains(reason), "{said}");
        assert_eq!(folder.run(&["record", "-o", "again.trial", file]).code, 3);
        assert!(!folder.path().join("again.trial").exists());
    }
}

#[test]
fn another_target_version_is_said() {
    let folder = Folder::with(&[("a.yaml", FLAWED)]);
    folder.run(&["record", "-o", "a.trial", "a.yaml"]);
    let notes = |version: &str| folder.report(&["a.trial", "--target-version", version])["coverage"]["notes"].to_string();
    assert!(notes("1.33").contains("record with --target-version 1.33"), "{}", notes("1.33"));
    assert!(!notes("1.36").contains("record with"), "{}", notes("1.36"));
}

#[test]
fn a_recording_is_for_its_owner_and_holds_no_text() {
    let folder = Folder::with(&[("a.yaml", &format!("# a remark\n{FLAWED}"))]);
    folder.run(&["record", "-o", "a.trial", "a.yaml"]);
    assert!(!text(&folder, "a.trial").contains("a remark"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(folder.path().join("a.trial")).unwrap().permissions().mode() & 0o077, 0);
    }
}
