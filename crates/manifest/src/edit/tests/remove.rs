//! What `Remove` takes out, before and after.

use super::*;

#[test]
fn a_key_goes_with_its_value_and_its_line() {
    check("# a\na: 1 # one\n# b\nb:\n  c: 2\n  # d\nd: 3\n", &[remove("b")], "# a\na: 1 # one\n# b\n  # d\nd: 3\n");
    check("a: 1\nb: 2", &[remove("b")], "a: 1");
    check("a: 1\nb: |\n  x\n\nc: 1\n", &[remove("b")], "a: 1\n\nc: 1\n");
    check("a: 1\nb:\nc: 1\n", &[remove("b")], "a: 1\nc: 1\n");
    check("a: 1\r\nb: 2\r\nc: 3\r\n", &[remove("b")], "a: 1\r\nc: 3\r\n");
}

#[test]
fn the_first_key_of_an_element_makes_room_for_the_next() {
    check("a:\n- x: 1 # c\n  y: 2\n", &[remove("a[0].x")], "a:\n- y: 2\n");
    check("a:\n- x: 1\n  # about y\n  y: 2\n", &[remove("a[0].x")], "a:\n-\n  # about y\n  y: 2\n");
    check("a:\n- - x\n  - y\n", &[remove("a[0][0]")], "a:\n- - y\n");
}

#[test]
fn elements_go_from_the_back() {
    check("a:\n- x\n- y # c\n- z\n", &[remove("a[0]"), remove("a[1]")], "a:\n- z\n");
    check("a: [x, y, z]\n", &[remove("a[0]"), remove("a[2]")], "a: [y]\n");
    check("a: {x: 1, y: 2, z: 3}\n", &[remove("a.y")], "a: {x: 1, z: 3}\n");
    check("a: [\n  x, # one\n  y # two\n]\n", &[remove("a[0]")], "a: [\n  y # two\n]\n");
}

#[test]
fn blocks_that_become_empty_go_too() {
    check("a: 1\nb:\n  c:\n    d: 1\n", &[remove("b.c.d")], "a: 1\n");
    check("a: 1\nb: {c: {d: 1}}\n", &[remove("b.c.d")], "a: 1\n");
    check("a: 1\nb:\n- x\n", &[remove("b[0]")], "a: 1\n");
    check("a: 1\nb:\n  c: 1\n  d: 2\n", &[remove("b.c"), remove("b.d")], "a: 1\n");
}

#[test]
fn elements_and_objects_are_left_empty_rather_than_out() {
    check("a:\n- x: 1\n- y\n", &[remove("a[0].x")], "a:\n- {}\n- y\n");
    let text = "kind: List\nitems:\n- a: 1\n";
    let edits = [edit(text, 0, Some(0), remove("a"))];
    assert_eq!(apply(text, &edits, Placement::Separate).unwrap().text, "kind: List\nitems:\n- {}\n");
}

#[test]
fn what_is_not_there_is_no_change() {
    check("a: 1\nb:\n", &[remove("c.d"), remove("b.x")], "a: 1\nb:\n");
}

#[test]
fn a_block_removed_with_fields_of_it_goes_once() {
    check("a: 1\nb:\n  c: 1\n", &[remove("b.c"), remove("b")], "a: 1\n");
}
