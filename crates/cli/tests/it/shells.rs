//! Life in a shell: plugin name, completions, manual, pipes, colours, `explain`.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::session::{FLAWED, Folder, PROGRAM};

#[cfg(unix)]
#[test]
fn as_a_plugin_it_is_called_as_kubectl_calls_it() {
    let folder = Folder::new();
    let link = folder.path().join("kubectl-seatrial");
    std::os::unix::fs::symlink(PROGRAM, &link).unwrap();
    let help = |program: &std::path::Path| String::from_utf8(Command::new(program).args(["check", "--help"]).output().unwrap().stdout).unwrap();
    assert!(help(&link).contains("kubectl seatrial check"), "{}", help(&link));
    assert!(help(PROGRAM.as_ref()).contains("Usage: seatrial check"));
}

#[test]
fn completions_and_the_manual_are_printed() {
    let folder = Folder::new();
    for (shell, part) in [("bash", "complete -F"), ("zsh", "#compdef seatrial"), ("fish", "complete -c seatrial")] {
        let ran = folder.run(&["completions", shell]);
        assert_eq!((ran.code, ran.out.contains(part), ran.out.contains("check")), (0, true, true), "{shell}");
    }
    assert_eq!(folder.run(&["completions", "csh"]).code, 2);
    let man = folder.run(&["man"]);
    assert!(man.code == 0 && man.out.contains(".TH seatrial 1"));
}

#[test]
fn a_reader_that_goes_away_is_success() {
    let folder = Folder::with(&[("a.yaml", FLAWED)]);
    for arguments in
        [&["explain"][..], &["explain", "--format", "json"], &["completions", "bash"], &["man"], &["check", "a.yaml"], &["check", "a.yaml", "--format", "html"]]
    {
        let mut child = folder.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut first = String::new();
        BufReader::with_capacity(1, child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        let output = child.wait_with_output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert!(!first.is_empty() && !err.contains("panicked") && !err.contains("error:"), "{arguments:?}: {err}");
        assert!(matches!(output.status.code(), Some(0 | 1)), "{arguments:?}: {:?}", output.status);
    }
}

#[test]
fn colours_are_for_terminals_or_on_request() {
    let folder = Folder::with(&[("a.yaml", FLAWED)]);
    let escaped = |arguments: &[&str], no_color: Option<&str>| {
        let mut command = folder.command(&[&["check", "a.yaml"], arguments].concat());
        no_color.map(|it| command.env("NO_COLOR", it));
        String::from_utf8(command.output().unwrap().stdout).unwrap().contains('\u{1b}')
    };
    assert!(!escaped(&[], None));
    assert!(!escaped(&["--color", "never"], None));
    assert!(!escaped(&[], Some("1")));
    assert!(escaped(&["--color", "always"], None));
    assert!(escaped(&["--color", "always"], Some("1")), "what is asked for on the command line wins");
}

#[test]
fn explain_lists_shows_and_suggests() {
    let folder = Folder::new();
    let list = folder.run(&["explain"]);
    assert!(list.code == 0 && list.out.contains("pdb-missing"));
    let one = folder.run(&["explain", "pdb-missing"]);
    assert!(["Why", "Verify by hand", "Fix", "Sources"].iter().all(|it| one.out.contains(it)), "{}", one.out);
    let all: Value = serde_json::from_str(&folder.run(&["explain", "--format", "json"]).out).unwrap();
    assert_eq!(all["schema"], "seatrial.explain/1");
    assert!(all["checks"].as_array().unwrap().len() > 50);
    let card: Value = serde_json::from_str(&folder.run(&["explain", "pdb-missing", "--format", "json"]).out).unwrap();
    assert_eq!(card["id"], "pdb-missing");
    assert!(folder.run(&["explain", "pdb-mising"]).err.contains("did you mean `pdb-missing`?"));
}
