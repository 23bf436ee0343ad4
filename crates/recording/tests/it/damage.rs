//! A file that was cut off, changed or written by someone else is an error that names the line.

use std::io::Write;

use seatrial_model::Snapshot;
use seatrial_recording::{Error, is_recording, read};
use seatrial_testkit::Fixture;

use crate::round_trip::{bytes, recording};

const LABEL: usize = 8 + "seatrial.recording/1\n".len();

fn small() -> Vec<u8> {
    let pods: String = (0..3)
        .map(|at| format!("---\napiVersion: v1\nkind: Pod\nmetadata: {{name: p{at}, uid: u{at}}}\nspec: {{containers: [{{name: c, image: x/y}}]}}\n"))
        .collect();
    bytes(&recording(Fixture::new(&pods).snapshot))
}

/// The lines of a recording, changed, and written as they would have been.
fn with_lines(whole: &[u8], change: impl FnOnce(&mut Vec<String>)) -> Vec<u8> {
    let text = String::from_utf8(zstd::decode_all(&whole[LABEL..]).unwrap()).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    change(&mut lines);
    let mut out = whole[..LABEL].to_vec();
    out.write_all(&zstd::encode_all(format!("{}\n", lines.join("\n")).as_bytes(), 1).unwrap()).unwrap();
    out
}

fn error_of(bytes: &[u8]) -> Error {
    read(bytes).map(|_| ()).unwrap_err()
}

#[test]
fn a_file_that_was_cut_off_anywhere_is_an_error() {
    let whole = small();
    assert!(is_recording(&whole) && read(&*whole).is_ok());
    for end in 0..whole.len() {
        let error = error_of(&whole[..end]);
        assert!(matches!(error, Error::Truncated { .. } | Error::Foreign), "{end}: {error:?}");
        assert!(end < LABEL || matches!(error, Error::Truncated { .. }), "{end}: {error:?}");
    }
}

#[test]
fn a_file_that_was_changed_anywhere_is_an_error() {
    let whole = small();
    let original = read(&*whole).unwrap();
    for at in 0..whole.len() {
        for bit in [0x01, 0x80] {
            let mut changed = whole.clone();
            changed[at] ^= bit;
            // A byte in zstd's frame header may say no more than how much memory to set aside.
            assert!(read(&*changed).map_or(true, |it| it == original), "byte {at}, bit {bit}");
        }
    }
    let mut longer = whole.clone();
    longer.push(b'\n');
    assert!(matches!(error_of(&longer), Error::Damaged { .. }));
}

#[test]
fn lines_that_are_missing_or_too_many_are_counted() {
    let whole = small();
    let pods = |lines: &[String]| lines.iter().position(|it| it.starts_with("{\"part\":\"pods\"")).unwrap();
    let damaged = |change: &dyn Fn(&mut Vec<String>, usize)| {
        error_of(&with_lines(&whole, |lines| {
            let at = pods(lines);
            change(lines, at);
        }))
        .to_string()
    };
    assert!(read(&*with_lines(&whole, |_| ())).is_ok());
    // The part, its batch, its shape, then five columns: name, uid, and three of the place.
    let mut line = 0;
    let error = error_of(&with_lines(&whole, |lines| {
        line = pods(lines) + 4;
        lines.truncate(line);
    }));
    assert_eq!(error.to_string(), format!("cut off after line {line}: 4 of 5 columns are not there"));
    assert!(damaged(&|lines, at| lines.truncate(at + 1)).contains("3 of 3 items of `pods` are not there"));
    for change in [
        |lines: &mut Vec<String>, at: usize| drop(lines.remove(at + 1)),
        |lines: &mut Vec<String>, at: usize| drop(lines.remove(at + 2)),
        |lines: &mut Vec<String>, at: usize| drop(lines.remove(at + 3)),
        |lines: &mut Vec<String>, at: usize| lines[at + 3] = "[\"p0\",\"p1\"]".to_owned(),
        |lines: &mut Vec<String>, at: usize| lines[at + 3] = "[\"p0\",\"p1\",p2]".to_owned(),
        |lines: &mut Vec<String>, at: usize| lines[at + 1] = lines[at + 1].replace("[[0,3]]", "[[0,2]]"),
        |lines: &mut Vec<String>, at: usize| lines[at + 1] = lines[at + 1].replace("[[0,3]]", "[[0,2],[1,1]]"),
        |lines: &mut Vec<String>, at: usize| lines[at + 1] = lines[at + 1].replace("[[0,3]]", "[[0,18446744073709551615],[0,4]]"),
        |lines: &mut Vec<String>, at: usize| lines[at] = lines[at].replace("\"items\":3", "\"items\":2"),
    ] {
        let said = damaged(&change);
        assert!(said.starts_with("damaged at line "), "{said}");
    }
    let said = damaged(&|lines, at| lines[at + 2] = lines[at + 2].replace("\"spec\":0", "\"spec\":7"));
    assert!(said.contains("no specification has the number 7"), "{said}");
    let error = error_of(&with_lines(&whole, |lines| lines.retain(|it| !it.starts_with("{\"part\":\"unread\""))));
    assert!(error.to_string().contains("the part `unread` is not there"), "{error}");
    let error = error_of(&with_lines(&whole, |lines| lines.push("{}".to_owned())));
    assert!(error.to_string().contains("a line after the last one"), "{error}");
}

#[test]
fn newer_and_foreign_files_are_told_apart() {
    let whole = small();
    let mut newer = whole.clone();
    newer[LABEL - 2] = b'2';
    assert!(is_recording(&newer));
    assert!(matches!(error_of(&newer), Error::Newer { found } if found == "seatrial.recording/2"));
    let error = error_of(&with_lines(&whole, |lines| lines.insert(1, "{\"part\":\"dreams\",\"items\":0}".to_owned())));
    assert!(matches!(&error, Error::Newer { found } if found.contains("dreams")), "{error:?}");
    for foreign in [&b""[..], b"kind: Pod\n", &whole[LABEL..], b"\x5a\x2a\x4d\x18\xff\xff\xff\xff", b"\x5a\x2a\x4d\x18\x03\0\0\0abc"] {
        assert!(!is_recording(foreign));
        assert!(matches!(error_of(foreign), Error::Foreign));
    }
}

#[test]
fn a_list_that_an_older_version_did_not_know_is_a_gap() {
    let older = with_lines(&small(), |lines| lines.retain(|it| !it.starts_with("{\"part\":\"nodePools\"") && !it.starts_with("{\"part\":\"node_pools\"")));
    let snapshot: Snapshot = read(&*older).unwrap().snapshot;
    let gap = snapshot.has(seatrial_model::Need::NodePools).unwrap_err();
    assert!(gap.why.contains("did not know them") && gap.remedy == "record again", "{gap:?}");
}
