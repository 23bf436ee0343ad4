//! Where created objects go, before and after.

use super::*;

fn created(text: &str) -> String {
    let yaml = "kind: X\n";
    let edit = edit(text, 0, None, Change::Create { name: "x".to_owned(), yaml: yaml.to_owned() });
    apply(text, &[edit.clone(), edit], Placement::SameFile).unwrap().text
}

#[test]
fn documents_are_set_apart() {
    assert_eq!(created("a: 1\n"), "a: 1\n---\nkind: X\n");
    assert_eq!(created("a: 1"), "a: 1\n---\nkind: X\n");
    assert_eq!(created("# c\na: 1\n# end\n"), "# c\na: 1\n# end\n---\nkind: X\n");
    assert_eq!(created("a: 1\n...\n"), "a: 1\n...\n---\nkind: X\n");
    assert_eq!(created("a: 1\n---\n"), "a: 1\n---\nkind: X\n");
    assert_eq!(created("a: 1\r\n"), "a: 1\r\n---\r\nkind: X\r\n");
    assert_eq!(created(""), "kind: X\n");
    assert_eq!(created("# only\n"), "# only\n---\nkind: X\n");
}

#[test]
fn a_leading_marker_is_not_doubled() {
    let text = "a: 1\n";
    let edit = edit(text, 0, None, Change::Create { name: "x".to_owned(), yaml: "---\n# why\nkind: X".to_owned() });
    assert_eq!(apply(text, &[edit], Placement::SameFile).unwrap().text, "a: 1\n---\n# why\nkind: X\n");
}

#[test]
fn objects_are_handed_back_where_asked_and_from_json() {
    for (text, placement) in [("a: 1\n", Placement::Separate), ("{\"a\": 1}", Placement::SameFile)] {
        let edit = edit(text, 0, None, Change::Create { name: "x".to_owned(), yaml: "kind: X\n".to_owned() });
        let edited = apply(text, &[edit], placement).unwrap();
        assert_eq!((edited.text.as_str(), edited.created.len()), (text, 1));
    }
}

#[test]
fn a_patch_names_the_file_and_the_missing_last_break() {
    let expected = "--- a/d/x.yaml\n+++ b/d/x.yaml\n@@ -1,2 +1,2 @@\n a: 1\n-b: 2\n\\ No newline at end of file\n+b: 3\n\\ No newline at end of file\n";
    assert_eq!(diff("d/x.yaml", "a: 1\nb: 2", "a: 1\nb: 3"), expected);
    assert_eq!(diff("x", "a\n", "a\n"), "");
    assert!(diff("a b.yaml", "", "a\n").starts_with("--- /dev/null\n+++ b/a b.yaml\t\n"));
}
