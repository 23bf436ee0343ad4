//! Edits that are refused, and why.

use super::*;

#[test]
fn what_an_anchor_shares_is_refused_by_name() {
    let text = "a: &x\n  b: 1\nc: *x\n";
    assert_eq!(refusal(text, &[set("c.b", "2")]), Refusal::Shared("c".to_owned()));
    assert_eq!(refusal(text, &[set("a.b", "2")]), Refusal::Shared("a".to_owned()));
    assert_eq!(refusal(text, &[set("a", "2")]), Refusal::Shared("a".to_owned()));
    assert_eq!(refusal(text, &[remove("a")]), Refusal::Shared("a".to_owned()));
    assert_eq!(after(text, &[remove("c")]), "a: &x\n  b: 1\n");
    let text = "m: &m {r: {x: 1}}\na:\n  <<: *m\n";
    assert_eq!(refusal(text, &[set("a.r.x", "2")]), Refusal::Shared("a.r".to_owned()));
    assert_eq!(refusal(text, &[remove("a.r")]), Refusal::Shared("a.r".to_owned()));
}

#[test]
fn documents_without_one_meaning_are_refused() {
    assert_eq!(refusal("a: 1\na: 2\n", &[set("b", "2")]), Refusal::DuplicateKey("a".to_owned()));
    assert!(matches!(refusal("a: [1\n", &[set("b", "2")]), Refusal::Unreadable(_)));
    assert!(matches!(refusal("? a\n: 1\n", &[set("b", "2")]), Refusal::Unsupported(_)));
    assert!(matches!(refusal("# nothing\n", &[set("b", "2")]), Refusal::Unsupported(_)));
}

#[test]
fn ways_that_lead_nowhere_are_refused() {
    assert_eq!(refusal("a: 1\n", &[set("a.b", "2")]), Refusal::NotABlock("a".to_owned()));
    assert_eq!(refusal("a:\n- 1\n", &[set("a.b", "2")]), Refusal::NotABlock("a".to_owned()));
    assert_eq!(refusal("a:\n- 1\n", &[set("a[3]", "2")]), Refusal::NoSuchElement("a[3]".to_owned()));
    assert_eq!(refusal("a: x\n", &[append("a", "2")]), Refusal::NotABlock("a".to_owned()));
}

#[test]
fn contradictions_are_refused() {
    assert_eq!(refusal("a: 1\n", &[set("a", "2"), set("a", "3")]), Refusal::Conflict(0));
    assert_eq!(refusal("a: 1\n", &[set("a", "2"), remove("a")]), Refusal::Conflict(0));
    assert_eq!(refusal("a:\n  b: 1\n", &[set("a.b", "2"), set("a", "{}")]), Refusal::Conflict(1));
    assert!(matches!(refusal("a: 1\n", &[set("a", "[")]), Refusal::Unreadable(_)));
}

#[test]
fn a_file_that_changed_is_refused() {
    let it = edit("a: 1\n", 0, None, set("a", "2"));
    let error = apply("a: 1\nb: 1\n", &[it], Placement::SameFile).unwrap_err();
    assert_eq!(error.why, Refusal::Moved);
}

#[test]
fn an_error_says_where() {
    let text = "x: 1\n---\na:\n  b: 1\n";
    let error = apply(text, &[edit(text, 1, None, set("a.b.c", "2"))], Placement::SameFile).unwrap_err();
    assert_eq!(error.to_string(), "line 4: a.b.c: a.b is not a block that can hold it");
}
