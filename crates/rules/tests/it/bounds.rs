//! A rule must not be able to hang, to fill the memory or to end the program.

use std::time::{Duration, Instant};

use seatrial_rules::Rule;
use serde_json::json;

use crate::{evaluated, judged, spec};

#[test]
fn expressions_that_could_run_away_are_refused() {
    let deep = |n: usize| (0..n).fold("true".to_owned(), |inner, at| format!("object.data.all(v{at}, {inner})"));
    let grows = "['a'].map(a, a + a + a + a + a + a + a + a + a + a)".to_owned();
    let nested =
        (0..6).fold("'a'".to_owned(), |inner, at| format!("[{inner}].map(v{at}, v{at} + v{at} + v{at} + v{at} + v{at} + v{at} + v{at} + v{at} + v{at})[0]"));
    assert!(Rule::compile(spec(json!({"condition": deep(4)}))).is_ok());
    assert!(Rule::compile(spec(json!({"condition": format!("{grows}.size() > 0")}))).is_ok());
    for condition in [deep(5), format!("{nested} == ''")] {
        let fault = Rule::compile(spec(json!({"condition": condition}))).map(|_| ()).unwrap_err();
        assert!(fault.message.contains("costs too much"), "{fault}");
    }
}

#[test]
fn nesting_beyond_reason_is_an_error_and_no_crash() {
    for (open, close) in [("(", ")"), ("[", "]"), ("!", ""), ("-", ""), ("{'a':", "}"), ("f(", ")")] {
        let n = 4000 / (open.len() + close.len()).max(1);
        let condition = format!("{}true{}", open.repeat(n), close.repeat(n));
        let fault = Rule::compile(spec(json!({"condition": condition})));
        assert!(fault.is_err() || open == "!" || open == "-", "{open}");
    }
    for chain in ["object".to_owned() + &".a".repeat(1900), vec!["true"; 500].join(" && "), vec!["1"; 900].join("+") + " == 1", "true ? ".repeat(500) + "true"]
    {
        // Taken or refused: what counts is that it comes back.
        let _ = Rule::compile(spec(json!({"condition": chain}))).map(|_| evaluated(&chain));
    }
}

#[test]
fn a_large_object_and_deep_loops_are_unknown_not_slow() {
    let keys: String = (0..3000).map(|at| format!("  k{at}: v\n")).collect();
    let text = format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata:\n{keys}");
    let started = Instant::now();
    let three = judged(json!({"condition": "object.data.all(a, object.data.all(b, object.data.all(c, a + b + c != '')))"}), &text);
    assert!(three.unknown.unwrap().ends_with("too large for what the expression loops over"));
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
    let one = judged(json!({"condition": "object.data.all(a, a.startsWith('k'))"}), &text);
    assert_eq!((one.assessed, one.violations.len(), one.unknown), (1, 0, None));
}

#[test]
fn odd_values_are_errors_and_no_panics() {
    for condition in [
        "1 / 0 == 1",
        "1 % 0 == 1",
        "9223372036854775807 + 1 > 0",
        "-(-9223372036854775807 - 1) > 0",
        "'abc'.substring(2, 1) == ''",
        "'abc'.charAt(-1) == ''",
        "[1][-1] == 1",
        "[1][1] == 1",
        "object['absent'] == 1",
        "int(1e300) == 1",
        "quantity('many') > 1.0",
        "quantity('') > 1.0",
    ] {
        assert!(evaluated(condition).is_err(), "{condition}: {:?}", evaluated(condition));
    }
}

#[test]
fn seeds_and_changes_of_them_are_refused_or_judged() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/rule");
    let seeds: Vec<Vec<u8>> = std::fs::read_dir(folder).unwrap().flatten().map(|it| std::fs::read(it.path()).unwrap()).collect();
    assert!(!seeds.is_empty(), "seeds are kept");
    let tokens: Vec<&[u8]> =
        [" ", "(", ")", "[", "]", "{", "}", ".", "?", "'", "!", "-", "+", "1u", "all(", "x", "in", "&&", "=="].iter().map(|it| it.as_bytes()).collect();
    for seed in &seeds {
        crate::entry::condition(seed);
        for at in (0..seed.len()).step_by(7) {
            let token = tokens[at % tokens.len()];
            crate::entry::condition(&[&seed[..at], token, &seed[at..]].concat());
            crate::entry::condition(&[&seed[..at], &seed[(at + token.len()).min(seed.len())..]].concat());
        }
    }
}
