//! What `Set` does to fields, before and after.

use super::*;

#[test]
fn a_scalar_keeps_its_comment_quotes_and_spacing() {
    check("a:   1  # one\nb: 2\n", &[set("a", "7")], "a:   7  # one\nb: 2\n");
    check("a: \"x\" # q\n", &[set("a", "v: z")], "a: # q\n  v: z\n");
    check("a: \"x\" # q\n", &[set("a", "v")], "a: \"v\" # q\n");
    check("a: 'x'\n", &[set("a", "it's")], "a: 'it''s'\n");
    check("a: x\n", &[set("a", "\"true\"")], "a: \"true\"\n");
    check("a: 'x'\n", &[set("a", "5")], "a: 5\n");
    check("a: one\n  two # c\nb: 1\n", &[set("a", "x")], "a: x # c\nb: 1\n");
}

#[test]
fn a_missing_key_comes_with_its_blocks_in_the_files_own_steps() {
    check("spec:\n    a:\n        b: 1\n", &[set("spec.c.d", "1")], "spec:\n    a:\n        b: 1\n    c:\n        d: 1\n");
    check("spec:\n  x:\n  - a\n", &[set("spec.w", "[1]")], "spec:\n  x:\n  - a\n  w:\n  - 1\n");
    check("spec:\n  x:\n    - a\n", &[set("spec.w", "- 1\n- k: v\n  l: w")], "spec:\n  x:\n    - a\n  w:\n    - 1\n    - k: v\n      l: w\n");
    check("a: 1\n", &[set("b[0].c", "x")], "a: 1\nb:\n- c: x\n");
}

#[test]
fn inserts_go_before_the_comments_that_follow_and_behind_those_on_the_line() {
    check("a:\n  b: 1 # c\n  # about nothing\n# about d\nd: 1\n", &[set("a.x", "2")], "a:\n  b: 1 # c\n  x: 2\n  # about nothing\n# about d\nd: 1\n");
}

#[test]
fn list_elements_are_reached_by_index() {
    let before = "spec:\n  containers:\n  - name: a # first\n    image: x\n  # second\n  - name: b\n";
    let expected =
        "spec:\n  containers:\n  - name: a # first\n    image: x\n    resources:\n      limits:\n        memory: 1Gi\n  # second\n  - name: b\n    image: z\n";
    check(before, &[set("spec.containers[0].resources.limits.memory", "1Gi"), set("spec.containers[1].image", "z")], expected);
    check("a:\n- 1\n- 2 # two\n", &[set("a[1]", "b: 1\nc: 2")], "a:\n- 1\n- b: 1 # two\n  c: 2\n");
    check("a:\n-   k: 1\n", &[set("a[1]", "k: 2\nl: 3")], "a:\n-   k: 1\n-   k: 2\n    l: 3\n");
    check("a:\n- k: 1\n  l: 2\n- z\n", &[set("a[0]", "5")], "a:\n- 5\n- z\n");
    check("a:\n- - x\n  - y\n", &[set("a[0][1]", "q")], "a:\n- - x\n  - q\n");
}

#[test]
fn keys_with_dots_are_one_step() {
    let path = Path::of("metadata.annotations").key("a.b/c");
    check("metadata:\n  annotations:\n    a.b/c: \"1\"\n", &[set(path.clone(), "\"2\"")], "metadata:\n  annotations:\n    a.b/c: \"2\"\n");
    check("metadata:\n  name: x\n", &[set(path, "\"2\"")], "metadata:\n  name: x\n  annotations:\n    a.b/c: \"2\"\n");
}

#[test]
fn nothing_becomes_a_block() {
    check("a:\n  resources: # later\n  b: 1\n", &[set("a.resources.x", "1")], "a:\n  resources: # later\n    x: 1\n  b: 1\n");
    check("a: ~\nb: 1\n", &[set("a.x", "1")], "a:\n  x: 1\nb: 1\n");
    check("a: null # c\nb: 1\n", &[set("a.x", "1")], "a: # c\n  x: 1\nb: 1\n");
    check("a: {} # c\nb: 1\n", &[set("a.x", "1")], "a: # c\n  x: 1\nb: 1\n");
    check("a: []\nb: 1\n", &[append("a", "x: 1\nz: 2")], "a:\n- x: 1\n  z: 2\nb: 1\n");
    check("a:\n-\n- 1\n", &[set("a[0].k", "v")], "a:\n- k: v\n- 1\n");
    check("a:\n", &[set("a", "1")], "a: 1\n");
    check("a:", &[set("a", "1")], "a: 1");
    check("a: # c", &[set("a.b", "1")], "a: # c\n  b: 1");
}

#[test]
fn brackets_stay_brackets() {
    check("a: {b: 1, c: 2} # c\n", &[set("a.c", "3")], "a: {b: 1, c: 3} # c\n");
    check("a: {b: 1}\n", &[set("a.d.e", "[x, \"y,z\"]")], "a: {b: 1, d: {e: [x, \"y,z\"]}}\n");
    check("a: {b: 1}\n", &[set("a", "c: 2")], "a: {c: 2}\n");
    check("a: {b: {}}\n", &[set("a.b.c", "x")], "a: {b: {c: x}}\n");
    check("a: [x]\n", &[set("a", "- a -")], "a: [\"a -\"]\n");
    check("a: {b: , c: 1}\n", &[set("a.b", "x")], "a: {b: x, c: 1}\n");
    check("a: [1, 2]\n", &[set("a[1]", "5"), append("a", "6")], "a: [1, 5, 6]\n");
    check("a: [\n  x, # one\n  y  # two\n]\n", &[append("a", "z")], "a: [\n  x, # one\n  y,  # two\n  z\n]\n");
    check("a: [\n  x,\n  y,\n]\n", &[append("a", "z")], "a: [\n  x,\n  y,\n  z,\n]\n");
    check("a: {\"b\": \"1\"}\n", &[set("a.c", "x")], "a: {\"b\": \"1\", \"c\": \"x\"}\n");
}

#[test]
fn block_scalars_are_replaced_whole() {
    check("a: |\n  one\n  two\n\nb: 1\n", &[set("a", "x")], "a: x\n\nb: 1\n");
    check("a: x # c\nb: 1\n", &[set("a", "|\n  one\n\n  two\n")], "a: | # c\n  one\n\n  two\nb: 1\n");
    check("s:\n  a: |-\n    one\n  b: 1\n", &[set("s.a", "|\n  p\n  q\n")], "s:\n  a: |\n    p\n    q\n  b: 1\n");
    check("a:\n  k: |+\n    text\n\n\nb: 1\n", &[set("a.c", "1")], "a:\n  k: |+\n    text\n\n\n  c: 1\nb: 1\n");
    check("a: x", &[set("b", "|\n  one\n  two\n")], "a: x\nb: |\n  one\n  two\n");
    check("a: |\n  # not a comment\n  text\n# a comment\n", &[set("b", "1")], "a: |\n  # not a comment\n  text\nb: 1\n# a comment\n");
}

#[test]
fn blocks_are_replaced_whole_and_the_keys_comment_stays() {
    check("a: # why\n  b: 1\n  c: 2 # gone\nd: 1\n", &[set("a", "5")], "a: 5 # why\nd: 1\n");
    check("a: # why\n  b: 1\nd: 1\n", &[set("a", "[x]")], "a: # why\n- x\nd: 1\n");
    check("a: &x # why\n  b: 1\nd: 1\n", &[set("a", "q: 1")], "a: # why\n  q: 1\nd: 1\n");
    check("a:\n  b: 1\n", &[set("a", "{}")], "a: {}\n");
}

#[test]
fn line_breaks_and_the_last_lines_end_are_kept() {
    check("a:\r\n  b: 1\r\nc: 2\r\n", &[set("a.x.z", "1")], "a:\r\n  b: 1\r\n  x:\r\n    z: 1\r\nc: 2\r\n");
    check("a:\n  b: 1", &[set("a.c", "2")], "a:\n  b: 1\n  c: 2");
    check("a:\r\n  k: |\r\n    x\r\n  d: 1\r\n", &[set("a.k", "y"), set("e", "1")], "a:\r\n  k: y\r\n  d: 1\r\ne: 1\r\n");
    check("\u{feff}é: 1\nb: ü # ä\n", &[set("b", "2")], "\u{feff}é: 1\nb: 2 # ä\n");
}

#[test]
fn tabs_beside_tokens_stay() {
    check("a: 1\t# c\nb: \tx\nd: \t\n", &[set("a", "2"), set("b", "3"), set("d", "4")], "a: 2\t# c\nb: \t3\nd: 4 \t\n");
}

#[test]
fn documents_and_list_items_are_told_apart() {
    let text = "# head\n---\na: 1\n---\na: 1 # second\n...\n---\na: 1\n";
    let edits = [edit(text, 1, None, set("a", "2")), edit(text, 0, None, set("b", "2"))];
    assert_eq!(apply(text, &edits, Placement::Separate).unwrap().text, "# head\n---\na: 1\nb: 2\n---\na: 2 # second\n...\n---\na: 1\n");
    let text = "kind: List\nitems:\n- kind: A\n  a: 1\n- kind: B\n";
    let edits = [edit(text, 0, Some(1), set("spec.x", "2")), edit(text, 0, Some(0), set("a", "3")), edit(text, 0, Some(0), remove("kind"))];
    assert_eq!(apply(text, &edits, Placement::Separate).unwrap().text, "kind: List\nitems:\n- a: 3\n- kind: B\n  spec:\n    x: 2\n");
}

#[test]
fn an_alias_is_replaced_without_touching_its_anchor() {
    check("a: &x 1\nb: *x # c\n", &[set("b", "2")], "a: &x 1\nb: 2 # c\n");
    check("a: &x 1\n", &[set("a", "2")], "a: &x 2\n");
    check("a: !!str 1\n", &[set("a", "2")], "a: 2\n");
    check("m: &m {x: 1}\na:\n  <<: *m\n  y: 2\n", &[set("a.x", "5")], "m: &m {x: 1}\na:\n  <<: *m\n  y: 2\n  x: 5\n");
}

#[test]
fn a_value_that_is_there_already_is_left_as_it_is_written() {
    check("a: 0x10\nb: {c: 'x'}\n", &[set("a", "16"), set("b", "c: x")], "a: 0x10\nb: {c: 'x'}\n");
}

#[test]
fn edits_that_need_the_same_missing_block_share_it() {
    let changes = [set("r.limits.memory", "1Gi"), set("r.requests.memory", "1Gi"), set("r.limits.cpu", "1"), set("r.limits.memory", "1Gi")];
    check("a: 1\n", &changes, "a: 1\nr:\n  limits:\n    memory: 1Gi\n    cpu: 1\n  requests:\n    memory: 1Gi\n");
}

#[test]
fn strings_that_would_be_read_as_something_else_are_quoted() {
    let yaml =
        "a: \"1\"\nb: \"yes\"\nc: \"2020-01-01\"\nd: \"a: b\"\ne: \"# x\"\nf: \"\"\ng: \"*.example.com\"\nh: http://x:80\ni: \"1.20\"\nj: 100m\nk: \"12:30\"";
    check("z: 1\n", &[set("w", yaml)], &format!("z: 1\nw:\n  {}\n", yaml.replace('\n', "\n  ")));
}
