//! Rules that are not taken, and where the fault is said to be.

use seatrial_rules::{Fault, Rule};
use serde_json::{Value, json};

use crate::spec;

fn refused(fields: Value) -> Fault {
    match Rule::compile(spec(fields)) {
        Err(fault) => fault,
        Ok(rule) => panic!("taken: {}", rule.spec.condition),
    }
}

#[test]
fn faults_in_an_expression_have_a_place_in_it() {
    for (condition, at, words) in [
        ("object.spec.replicas >", (1, 23), "is not valid CEL"),
        ("true &&\n  obj.x", (2, 3), "names `obj`: only `object`, `namespaceObject` and the variables of loops"),
        ("item.x == 1", (1, 1), "`item` needs `forEach`"),
        ("object.x.exists(it, it.y) && it.z", (1, 30), "names `it`"),
        ("object.metadata.name.lower() == 'a'", (1, 27), "calls `lower`"),
        ("lists.range(1000000000).size() > 1", (1, 12), "calls `range`"),
        ("object.metadata.name.matches('(a')", (1, 29), "no regular expression: unclosed group"),
        ("'%.999999999f'.format([1.5]) == ''", (1, 22), "calls `format`"),
    ] {
        let fault = refused(json!({"condition": condition}));
        assert!(fault.field == "condition" && fault.message.contains(words), "{condition}: {fault}");
        assert_eq!(fault.at, Some(at), "{condition}: {fault}");
    }
}

#[test]
fn other_fields_are_refused_by_name() {
    for (fields, field) in [
        (json!({"condition": "true", "id": "Bad_Id"}), "id"),
        (json!({"condition": "true", "id": "-x"}), "id"),
        (json!({"condition": "true", "title": " "}), "title"),
        (json!({"condition": "true", "message": "{what}"}), "message"),
        (json!({"condition": "true", "messageExpression": "nothing"}), "messageExpression"),
        (json!({"condition": "true", "path": "a..b"}), "path"),
        (json!({"condition": "true", "forEach": "spec.ports"}), "forEach"),
        (json!({"condition": "x".repeat(5000)}), "condition"),
    ] {
        assert_eq!(refused(fields.clone()).field, field, "{fields}");
    }
}
