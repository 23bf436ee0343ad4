//! What `Append` does to lists, before and after.

use super::*;

#[test]
fn elements_join_the_list_as_it_is_laid_out() {
    check("a:\n- x # c\n# end\nb: 1\n", &[append("a", "y")], "a:\n- x # c\n- y\n# end\nb: 1\n");
    check("a:\n    - k: 1\n      l: 2", &[append("a", "k: 3\nl:\n- 4")], "a:\n    - k: 1\n      l: 2\n    - k: 3\n      l:\n          - 4");
    check("a: [x]\n", &[append("a", "k: v")], "a: [x, {k: v}]\n");
}

#[test]
fn a_missing_list_is_made() {
    check("a: 1\n", &[append("b.c", "x: 1\nz: 2")], "a: 1\nb:\n  c:\n  - x: 1\n    z: 2\n");
    check("a: {b: 1}\n", &[append("a.c", "x")], "a: {b: 1, c: [x]}\n");
    check("a:\n  b:\n  c: 1\n", &[append("a.b", "x")], "a:\n  b:\n  - x\n  c: 1\n");
}

#[test]
fn several_elements_keep_their_order_and_equal_ones_count_once() {
    check("a:\n- x\n", &[append("a", "y"), append("a", "z"), append("a", "y")], "a:\n- x\n- y\n- z\n");
}
