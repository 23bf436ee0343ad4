//! Canaries: values that look like secrets, or stand where secrets stand, appear in nothing that is written.

use crate::session::{Folder, Ran};

/// Every planted value holds this, whatever else it looks like.
const CANARY: &str = "kanari";

fn manifests() -> Vec<(&'static str, String)> {
    let pod = |name: &str, more: &str| {
        format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}, namespace: shop}}\nspec:\n  replicas: 3\n  selector: {{matchLabels: {{app: {name}}}}}\n  template:\n    \
             metadata: {{labels: {{app: {name}}}}}\n    spec:\n      containers:\n      - name: c\n        image: x/y\n{more}"
        )
    };
    vec![
        (
            "secret.yaml",
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: |\n      {\"stringData\":{\"a\":\"kanari01\"}}\n\
             data:\n  a: a2FuYXJp-kanari02\n  wrong: [kanari03]\n  number: 5\nstringData:\n  b: kanari04\n  c: |\n    kanari05\n    more\n  d: \"kanari06\n    folded\"\n"
                .to_owned(),
        ),
        ("wrong.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: w}\ndata: kanari07\nstringData: [kanari08]\ntype: [x]\nimmutable: soon\n".to_owned()),
        ("head.yaml", "apiVersion: v1\nkind: Secret\nmetadata: kanari11\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: b, labels: kanari12, annotations: {a: [kanari13]}}\n".to_owned()),
        ("broken.yaml", "apiVersion: v1\nkind: Secret\nstringData:\n  a: kanari14\n b: 'kanari15\n".to_owned()),
        ("broken.json", "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"stringData\":{\"a\":\"kanari16\" kanari17}".to_owned()),
        ("secret.json", "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"j\",\"bogus\":1},\n\"stringData\":{\"a\":\"kanari18\",\n\"b\":[\"kanari19\"]}}".to_owned()),
        ("live.json", "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"l\",\"uid\":\"1\"},\"stringData\":[\"kanari20\"],\"data\":\"kanari21\"}".to_owned()),
        (
            "config.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m, namespace: shop}\ndata:\n  db.password: kanari22\n  app.ini: |\n    user=x\n    password=kanari23\n    secret: kanari24 with blanks\n  \
             url: postgres://u:kanari25@db/x\n  app.json: '{\"token\": \"kanari26\"}'\n  key.pem: |\n    -----BEGIN RSA PRIVATE KEY-----\n    kanari27\n    -----END RSA PRIVATE KEY-----\n"
                .to_owned(),
        ),
        (
            "env.yaml",
            pod(
                "env",
                "        env:\n        - {name: DB_PASSWORD, value: kanari28}\n        - name: API_TOKEN\n          value: kanari29\n        - value: kanari30\n          name: CLIENT_SECRET\n        \
                 - {name: URL, value: 'https://u:kanari31@host/'}\n        - {name: AWS_SECRET_ACCESS_KEY, value: kanari32}\n        - name: DB_PASSWORD\n          value: [kanari33]\n",
            ),
        ),
        ("args.yaml", pod("args", "        args: [--password, kanari34, --token=kanari35]\n        command: [sh, -c, 'PGPASSWORD=kanari36 psql; mysql --password kanari37']\n        bogus: 1\n")),
        ("comments.yaml", pod("comments", "        # password: kanari38\n        imagePullPolicy: Sometimes # token=kanari39\n")),
        (
            "external.yaml",
            "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: e, namespace: shop}\nspec:\n  bogus: 1\n  target:\n    template:\n      data:\n        dsn: kanari40\n  data: []\n".to_owned(),
        ),
        (
            "annotations.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: n\n  annotations:\n    a/db-password: kanari42\n    b: '{\"token\":\"kanari43\"}'\n    c: see amqp://u:kanari44@host/\n".to_owned(),
        ),
        (
            "event.json",
            "{\"apiVersion\":\"v1\",\"kind\":\"Event\",\"metadata\":{\"name\":\"e\",\"uid\":\"2\"},\"message\":\"cannot pull from https://u:kanari45@registry/x\"}".to_owned(),
        ),
        ("scaler.yaml", "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: {name: k, namespace: shop}\nspec:\n  scaleTargetRef: {name: env}\n  triggers:\n  - {type: rabbitmq, metadata: {host: 'amqp://u:kanari46@rabbit/'}}\n".to_owned()),
        ("list.yaml", "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Secret\n  metadata: {name: x, bogus: 1}\n  stringData: {a: kanari41}\n".to_owned()),
    ]
}

fn folder() -> Folder {
    let files = manifests();
    let folder = Folder::new();
    files.iter().for_each(|(name, text)| folder.write(name, text.as_bytes()));
    folder
}

fn assert_silent(what: &str, text: &str) {
    let leaks: Vec<&str> = text.lines().filter(|it| it.contains(CANARY)).map(|it| it.get(..it.len().min(400)).unwrap_or(it)).collect();
    assert!(leaks.is_empty(), "{what} shows secrets:\n{}", leaks.join("\n"));
}

fn silent(what: &str, ran: &Ran) {
    assert_silent(what, &ran.out);
    assert_silent(what, &ran.err);
}

#[test]
fn no_format_shows_a_secret() {
    let folder = folder();
    for format in ["human", "json", "sarif", "junit", "html", "markdown", "csv", "github"] {
        let ran = folder.run(&["check", ".", "--format", format, "--all", "--verbose", "--profile", "pedantic"]);
        assert_eq!(ran.code, 1, "{format}: {}", ran.err);
        silent(format, &ran);
    }
    silent("colours", &folder.run(&["check", ".", "--color", "always", "--all"]));
}

#[test]
fn no_baseline_patch_or_error_shows_a_secret() {
    let folder = folder();
    silent("baseline", &folder.run(&["check", ".", "--write-baseline", "known.json"]));
    assert_silent("baseline", &folder.read("known.json"));
    silent("diff", &folder.run(&["check", ".", "--diff"]));
    silent("fix", &folder.run(&["check", ".", "--fix", "--unsafe-fixes", "--format", "json"]));
    for (name, text) in manifests() {
        let single = Folder::new();
        silent(name, &single.run_with(&["check", "-", "--all"], text.as_bytes()));
    }
    folder.write("seatrial.yaml", b"profile: kanari\n");
    silent("configuration", &folder.run(&["check", "."]));
}

#[test]
fn no_recording_holds_a_secret() {
    let folder = folder();
    silent("record", &folder.run(&["record", "-o", "a.trial", "."]));
    let bytes = std::fs::read(folder.path().join("a.trial")).unwrap();
    let lines = zstd::decode_all(&bytes[8 + u32::from_le_bytes(bytes[4..8].try_into().unwrap()) as usize..]).unwrap();
    let lines = String::from_utf8(lines).unwrap();
    assert!(lines.contains("DB_PASSWORD") && lines.contains("\"part\":\"secrets\""), "the names are there");
    assert_silent("recording", &lines);
    for format in ["human", "json", "html"] {
        silent(format, &folder.run(&["check", "a.trial", "--format", format, "--all", "--profile", "pedantic"]));
    }
}
