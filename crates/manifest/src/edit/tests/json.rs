//! Edits of JSON documents, before and after.

use super::*;

#[test]
fn json_stays_json() {
    let before = "{\n  \"a\": 1,\n  \"b\": {\n    \"c\": \"x\"\n  },\n  \"e\": {}\n}\n";
    let changes = [set("b.d", "x: 1\ny: [t]"), set("a", "\"5\""), set("e.f", "yes"), set("g", "1Gi")];
    let expected = "{\n  \"a\": \"5\",\n  \"b\": {\n    \"c\": \"x\",\n    \"d\": {\n      \"x\": 1,\n      \"y\": [\n        \"t\"\n      ]\n    }\n  },\n  \"e\": {\n    \"f\": true\n  },\n  \"g\": \"1Gi\"\n}\n";
    check(before, &changes, expected);
    serde_json::from_str::<serde_json::Value>(&after(before, &changes)).unwrap();
}

#[test]
fn dense_json_stays_dense() {
    check("{\"a\":1,\"b\":[\"x\"]}", &[set("c.d", "1"), append("b", "q"), remove("a")], "{\"b\":[\"x\",\"q\"],\"c\":{\"d\":1}}");
}

#[test]
fn commas_go_with_what_is_taken_out() {
    check("{\n\t\"a\": 1,\n\t\"b\": 2\n}", &[remove("b")], "{\n\t\"a\": 1\n}");
    check("{\n\t\"a\": 1,\n\t\"b\": 2\n}", &[remove("a")], "{\n\t\"b\": 2\n}");
    check("{\n\t\"a\": 1\n}", &[set("b.c", "1")], "{\n\t\"a\": 1,\n\t\"b\": {\n\t\t\"c\": 1\n\t}\n}");
}

#[test]
fn an_object_cut_out_of_a_json_list_keeps_its_indentation() {
    let text = "{\n  \"items\": [\n    {\n      \"a\": 1\n    },\n    {\"a\": 2}\n  ]\n}\n";
    let from = text.find("{\n      ").unwrap();
    let len = text[from..].find('}').unwrap() + 1;
    let origin = Origin { offset: from as u64, len: len as u64, line: 3, ..documents(text)[0].origin(0) };
    let edited = apply(text, &[Edit { origin, change: set("b.c", "2") }], Placement::Separate).unwrap().text;
    assert_eq!(edited, text.replace("\"a\": 1\n", "\"a\": 1,\n      \"b\": {\n        \"c\": 2\n      }\n"));
}
