//! 0 clean, 1 findings, 2 wrong use, 3 too little was assessed.

use crate::session::{CLEAN, FLAWED, Folder};

fn code(files: &[(&str, &str)], arguments: &[&str]) -> (i32, String) {
    let ran = Folder::with(files).run(arguments);
    (ran.code, ran.err)
}

#[test]
fn clean_is_0_and_findings_are_1() {
    assert_eq!(code(&[("a.yaml", CLEAN)], &["check", "a.yaml"]).0, 0);
    assert_eq!(code(&[("a.yaml", FLAWED)], &["check", "a.yaml"]).0, 1);
}

#[test]
fn the_threshold_decides_what_fails() {
    let only = ["check", "a.yaml", "--only", "pdb-missing", "--fail-on"];
    let severity = Folder::with(&[("a.yaml", FLAWED)]).report(&["a.yaml", "--only", "pdb-missing"])["findings"][0]["severity"].clone();
    assert_ne!(severity, "error");
    assert_eq!(code(&[("a.yaml", FLAWED)], &[&only[..], &["low"]].concat()).0, 1);
    assert_eq!(code(&[("a.yaml", FLAWED)], &[&only[..], &["error"]].concat()).0, 0);
}

#[test]
fn wrong_use_is_2_with_the_way_out() {
    for (arguments, said) in [
        (&["check", "no-such-file.yaml"][..], "cannot read no-such-file.yaml"),
        (&["check", "*.nothing"], "no file matches"),
        (&["check", "a.yaml", "--only", "pdb-mising"], "did you mean `pdb-missing`?"),
        (&["check", "a.yaml", "--format", "xml"], "`xml` is not a format"),
        (&["check", "a.yaml", "--baseline", "no.json"], "cannot read no.json"),
        (&["check", "a.yaml", "--config", "no.yaml"], "cannot read no.yaml"),
        (&["check", "a.yaml", "--since", "no-such-revision"], "git"),
        (&["check", "a.yaml", "--unsafe-fixes"], "--fix"),
        (&["check", "a.yaml", "--target-version", "latest"], "--target-version"),
        (&["check", "a.yaml", "--format", "json", "-o", "no/such/folder/x.json"], "cannot write"),
        (&["explain", "pdb-mising"], "did you mean `pdb-missing`?"),
        (&["frobnicate"], "unrecognized subcommand"),
    ] {
        let (code, err) = code(&[("a.yaml", CLEAN)], arguments);
        assert_eq!(code, 2, "{arguments:?}: {err}");
        assert!(err.contains(said), "{arguments:?}: {err}");
    }
}

#[test]
fn nothing_read_is_3() {
    for (name, text) in [("a.yaml", ""), ("a.yaml", "# only a comment\n"), ("a.yaml", "just: values\n"), ("a.json", "{}"), ("notes.txt", "x")] {
        assert_eq!(code(&[(name, text)], &["check", "."]).0, 3, "{name}: {text}");
    }
    let folder = Folder::new();
    assert_eq!(folder.run(&["check", "."]).code, 3);
    assert_eq!(folder.run_with(&["check", "-"], b"").code, 3);
}

#[test]
fn what_could_not_be_read_is_3_unless_there_are_findings() {
    let broken = ("b.yaml", "a: [1\n");
    assert_eq!(code(&[("a.yaml", CLEAN), broken], &["check", "."]).0, 3);
    assert_eq!(code(&[("a.yaml", FLAWED), broken], &["check", "."]).0, 1);
}

#[test]
fn strict_wants_every_check_assessed() {
    assert_eq!(code(&[("a.yaml", CLEAN)], &["check", "."]).0, 0);
    assert_eq!(code(&[("a.yaml", CLEAN)], &["check", ".", "--strict"]).0, 3, "an account cannot be assessed from manifests");
}
