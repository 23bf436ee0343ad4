//! Whatever is wrong with an input is said with its place, and the rest is assessed.

use crate::session::{CLEAN, FLAWED, Folder, found, unread};

/// Reads `bytes` beside a flawed Deployment, whose finding must be there all the same.
fn beside_others(name: &str, bytes: &[u8]) -> Vec<String> {
    let folder = Folder::with(&[("good.yaml", FLAWED)]);
    folder.write(name, bytes);
    let report = folder.report(&["."]);
    assert!(found(&report).contains(&"pdb-missing".to_owned()), "the rest is not assessed");
    unread(&report)
}

#[test]
fn broken_text_is_named_by_file_line_and_column() {
    let cases: [(&str, &[u8], &str, &str); 10] = [
        ("x.yaml", b"a: 1\nb: [1\n", "./x.yaml:3:1:", "not valid YAML"),
        ("x.yaml", b"a: 1\n\tb: 2\n", "./x.yaml:2:1:", "a tab in the indentation"),
        ("x.yaml", b"kind: A\n---\nkind: B\n", "./x.yaml:1:1:", "without an apiVersion"),
        ("x.yaml", b"a: 1\nb: \xff\n", "./x.yaml:2:4:", "not UTF-8"),
        ("x.yaml", b"a: 1\nb: x\0y\n", "./x.yaml:2:5:", "NUL"),
        ("x.yaml", b"\xff\xfea\0:\0 \x001\0", "./x.yaml:1:1:", "UTF-16"),
        ("x.json", b"{\"kind\": \"Pod\", \"apiVersion\" \"v1\"}", "./x.json:1:30:", "`:`"),
        ("x.json", b"{\"kind\": \"List\", \"apiVersion\": \"v1\", \"items\": [", "./x.json:1:", "the text ends"),
        ("x.yaml", b"apiVersion: v1\nkind: ConfigMap\nmetadata: text\n", "./x.yaml:3:", "not a Kubernetes object"),
        ("x.yaml", b"metadata:\n  name: {{ .Values.name }}\n", "./x.yaml:2:", "template"),
    ];
    for (name, bytes, place, reason) in cases {
        let said = beside_others(name, bytes);
        assert!(said.iter().any(|it| it.starts_with(place) && it.contains(reason)), "{}: {said:?}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn a_broken_document_does_not_lose_its_neighbours() {
    let text = format!("{FLAWED}---\na: [\n---\n{}", CLEAN);
    let report = Folder::with(&[("a.yaml", &text)]).report(&["a.yaml"]);
    assert_eq!(report["coverage"]["objects"], 2);
    assert_eq!(unread(&report).len(), 1);
}

#[test]
fn deep_nests_and_alias_bombs_are_refused() {
    let mut bomb = String::from("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for level in 1..12 {
        bomb.push_str(&format!("a{level}: &a{level} [{}]\n", vec![format!("*a{}", level - 1); 10].join(",")));
    }
    let merges: String = (1..40).map(|it| format!("m{it}: &m{it} {{<<: [*m{0}, *m{0}]}}\n", it - 1)).collect();
    let block: String = (0..10_000).map(|it| format!("{}a:\n", " ".repeat(it % 5000))).collect();
    for (name, text, reason) in [
        ("x.yaml", bomb, "aliases expand"),
        ("x.yaml", format!("m0: &m0 {{a: 1}}\n{merges}"), "expand"),
        ("x.yaml", "[".repeat(10_000), ""),
        ("x.yaml", "{a: ".repeat(10_000), ""),
        ("x.yaml", "- ".repeat(10_000), "nested deeper"),
        ("x.yaml", block, ""),
        ("x.json", format!("{{\"a\":{}1{}}}", "[".repeat(10_000), "]".repeat(10_000)), "nested deeper"),
        ("x.yaml", "a: &a [*a]\n".to_owned(), ""),
    ] {
        let said = beside_others(name, text.as_bytes());
        assert!(said.len() == 1 && said[0].contains(reason), "{reason}: {said:?}");
    }
}

#[test]
fn doubled_keys_are_findings_and_the_last_one_counts() {
    let text = FLAWED.replace("  replicas: 3\n", "  replicas: 3\n  replicas: 5\n");
    let report = Folder::with(&[("a.yaml", &text)]).report(&["a.yaml"]);
    let doubled = report["findings"].as_array().unwrap().iter().find(|it| it["message"].as_str().unwrap().contains("replicas")).unwrap();
    assert_eq!(doubled["locations"][0]["line"], 6, "{doubled}");
}

#[test]
fn a_wrong_type_is_a_finding_and_the_rest_of_the_object_is_assessed() {
    let text = FLAWED.replace("replicas: 3", "replicas: three").replace("image: shop/api", "image: [shop/api]");
    let report = Folder::with(&[("a.yaml", &text)]).report(&["a.yaml"]);
    assert_eq!(report["coverage"]["objects"], 1);
    let findings = report["findings"].as_array().unwrap();
    let lines: Vec<_> =
        findings.iter().flat_map(|it| it["locations"].as_array().unwrap().iter().map(|at| (it["check"].as_str().unwrap(), at["line"].as_u64()))).collect();
    assert!(lines.contains(&("value-wrong-type", Some(5))) && lines.contains(&("value-wrong-type", Some(12))), "{lines:?}");
    assert!(lines.iter().any(|it| it.0 == "requests-missing"), "{lines:?}");
}

#[test]
fn unknown_versions_and_kinds_are_counted() {
    let text = format!(
        "{FLAWED}---\napiVersion: example.com/v9\nkind: Thing\nmetadata: {{name: x}}\n---\napiVersion: apps/v9\nkind: Deployment\nmetadata: {{name: y}}\n"
    );
    let report = Folder::with(&[("a.yaml", &text)]).report(&["a.yaml"]);
    assert_eq!(report["coverage"]["objects"], 3);
    let says = |part: &str| report.to_string().contains(part);
    assert!(says("example.com/v9") || says("Thing"), "the unknown kind is not named");
    assert!(report["findings"].as_array().unwrap().iter().any(|it| it["message"].as_str().unwrap().contains("apps/v9")));
}

#[test]
fn columns_hold_with_a_byte_order_mark_and_carriage_returns() {
    let crlf = format!("\u{feff}{}", FLAWED.replace('\n', "\r\n"));
    let plain = Folder::with(&[("a.yaml", FLAWED)]).report(&["a.yaml"]);
    let marked = Folder::with(&[("a.yaml", &crlf)]).report(&["a.yaml"]);
    let places = |it: &serde_json::Value| -> Vec<String> {
        it["findings"].as_array().unwrap().iter().map(|it| format!("{} {} {}", it["check"], it["locations"][0]["line"], it["locations"][0]["column"])).collect()
    };
    assert!(!places(&plain).is_empty());
    assert_eq!(places(&plain), places(&marked));
    let json = "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"😀\"},\"spec\":{\"containers\":[{\"name\":\"c\"}]}}";
    let [plain, marked] = [json.to_owned(), format!("\u{feff}{json}")].map(|it| places(&Folder::with(&[("a.json", &it)]).report(&["a.json"])));
    assert!(!plain.is_empty());
    assert_eq!(plain, marked);
}

#[test]
fn json_with_surrogate_pairs_is_read() {
    let json = r#"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x","annotations":{"a":"\ud83d\ude00"}},"data":{}}"#;
    let report = Folder::with(&[("a.json", json)]).report(&["a.json"]);
    assert_eq!((report["coverage"]["objects"].as_u64(), unread(&report)), (Some(1), vec![]));
}

#[cfg(unix)]
#[test]
fn links_in_circles_folders_and_pipes_named_like_manifests_are_said() {
    let folder = Folder::with(&[("good.yaml", FLAWED), ("sub/x.yaml", CLEAN)]);
    std::os::unix::fs::symlink(folder.path(), folder.path().join("sub/up")).unwrap();
    std::os::unix::fs::symlink("nowhere", folder.path().join("dangling.yaml")).unwrap();
    std::fs::create_dir(folder.path().join("folder.yaml")).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(folder.path().join("pipe.yaml")).status().unwrap().success());
    let report = folder.report(&["."]);
    let said = unread(&report).join("\n");
    assert_eq!(report["coverage"]["objects"], 2, "{said}");
    assert!(said.contains("leads back to") && said.contains("./dangling.yaml") && said.contains("not a regular file"), "{said}");
}

#[cfg(unix)]
#[test]
fn a_pipe_that_is_named_is_read() {
    let folder = Folder::new();
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let writer = std::thread::spawn(move || std::fs::write(pipe, FLAWED).unwrap());
    assert_eq!(folder.report(&["pipe"])["coverage"]["objects"], 1);
    writer.join().unwrap();
}
