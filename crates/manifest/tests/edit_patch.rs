//! Patches are taken by the tools that they are written for.

use std::path::Path;
use std::process::Command;

use seatrial_manifest::edit::diff;

const CASES: &[(&str, &str, &str)] = &[
    ("plain.yaml", "a: 1\nb: 2\n", "a: 1\nb: 3\n"),
    ("in/a folder.yaml", "a: 1\nb: 2", "a: 1\nb: 3\nc: 4"),
    ("crlf.yaml", "a: 1\r\nb: 2\r\n", "a: 1\r\nb: 2\r\nc: 3\r\n"),
    ("end.yaml", "a: 1", "a: 1\n"),
    ("é \"quoted\".yaml", "a: 1\n", "a: 2\n"),
    ("lone-cr.yaml", "a: 1\rb: 2\nc: 3\n", "a: 1\rb: 2\nc: 4\n"),
    ("new.yaml", "", "kind: X\n"),
];

fn run(tool: &str, arguments: &[&str], folder: &Path) -> Option<bool> {
    let patch = folder.join("it.patch");
    Command::new(tool).args(arguments).arg(patch).current_dir(folder).output().ok().map(|it| it.status.success())
}

fn check(tool: &str, arguments: &[&str]) {
    let root = std::env::temp_dir().join(format!("seatrial-patch-{tool}-{}", std::process::id()));
    for (number, (name, before, after)) in CASES.iter().enumerate() {
        let folder = root.join(number.to_string());
        let file = folder.join(name);
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("temporary folder");
        if !before.is_empty() {
            std::fs::write(&file, before).expect("temporary file");
        }
        std::fs::write(folder.join("it.patch"), diff(name, before, after)).expect("temporary file");
        match run(tool, arguments, &folder) {
            Some(done) => assert!(done, "{tool} refused the patch of {name}:\n{}", diff(name, before, after)),
            None => return println!("skipped: no {tool}"),
        }
        assert_eq!(std::fs::read_to_string(&file).expect("edited file"), *after, "{tool}, {name}");
    }
    std::fs::remove_dir_all(root).expect("temporary folder");
}

#[test]
fn git_applies_them() {
    check("git", &["apply"]);
}

#[test]
fn patch_applies_them() {
    check("patch", &["--binary", "-p1", "-s", "-i"]);
}
