//! Places in templates and values, traced on small charts.

use super::*;

/// `file:line:column`, `~` where it is not proved, then the values behind it.
fn place(files: &[(&str, &str)], values: &[&str], document: &str, path: &str) -> String {
    let texts: SourceTexts = files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    let values: Vec<String> = values.iter().map(|it| (*it).to_owned()).collect();
    let chart = Chart { texts: &texts, root: "shop", values: &values };
    let templates = templates(&chart);
    let trace = Trace::new(&chart, &templates, files[0].0, document);
    let Some(it) = trace.place(&Path::of(path)) else { return "nowhere".to_owned() };
    let about = if it.proved { "" } else { " ~" };
    let values: String =
        it.values.iter().map(|it| format!(" <- {}:{}:{}{}", it.file, it.span.line, it.span.column, if it.proved { "" } else { " ~" })).collect();
    format!("{}:{}:{}{about}{values}", it.file.trim_start_matches("shop/"), it.span.line, it.span.column)
}

const TEMPLATE: &str = "kind: A
{{- if .Values.debug }}
debug: yes
{{- end }}
spec:
  replicas: {{ .Values.replicas | default 1 }}
  literal: 5
  resources:
    {{- toYaml .Values.resources | nindent 4 }}
  ports:
  {{- range .Values.ports }}
  - port: {{ . }}
    protocol: TCP
  {{- end }}
";
const RENDERED: &str = "kind: A
spec:
  replicas: 3
  literal: 5
  resources:
    limits:
      cpu: 1
  ports:
  - port: 80
    protocol: TCP
  - port: 443
    protocol: TCP
";
const VALUES: &str = "replicas: 3\nresources:\n  limits:\n    cpu: 1\nports: [80, 443]\n";

fn in_chart(path: &str) -> String {
    place(&[("shop/templates/a.yaml", TEMPLATE), ("shop/values.yaml", VALUES)], &[], RENDERED, path)
}

#[test]
fn literal_lines_are_proved() {
    assert_eq!(in_chart("spec.literal"), "templates/a.yaml:7:3");
    assert_eq!(in_chart("kind"), "templates/a.yaml:1:1");
}

#[test]
fn actions_lead_to_values() {
    assert_eq!(in_chart("spec.replicas"), "templates/a.yaml:6:3 ~ <- shop/values.yaml:1:1");
    assert_eq!(in_chart("spec.resources.limits.cpu"), "templates/a.yaml:9:5 ~ <- shop/values.yaml:4:5");
    assert_eq!(in_chart("spec.ports[1].port"), "templates/a.yaml:12:5 ~ <- shop/values.yaml:5:13");
}

#[test]
fn the_last_values_file_that_sets_a_key_wins() {
    let files = [("shop/templates/a.yaml", TEMPLATE), ("shop/values.yaml", VALUES), ("one.yaml", "replicas: 3\n"), ("two.yaml", "other: 1\n")];
    assert_eq!(place(&files, &["one.yaml", "two.yaml"], RENDERED, "spec.replicas"), "templates/a.yaml:6:3 ~ <- one.yaml:1:1");
}

#[test]
fn values_of_a_chart_below_stand_under_its_name() {
    let files =
        [("shop/charts/db/templates/a.yaml", "a: {{ .Values.size }}\n"), ("shop/values.yaml", "db:\n  size: 5\n"), ("shop/charts/db/values.yaml", "size: 1\n")];
    assert_eq!(place(&files, &[], "a: 5\n", "a"), "charts/db/templates/a.yaml:1:1 ~ <- shop/values.yaml:2:3");
}

#[test]
fn included_defines_are_where_their_lines_stand() {
    let helpers = "{{- define \"labels\" -}}\napp: web\nteam: {{ .Values.team }}\n{{- end }}\n";
    let template = "kind: A\nlabels:\n  {{- include \"labels\" . | nindent 2 }}\nspec: {}\n";
    let files = [("shop/templates/a.yaml", template), ("shop/templates/_helpers.tpl", helpers), ("shop/values.yaml", "team: x\n")];
    let rendered = "kind: A\nlabels:\n  app: web\n  team: x\nspec: {}\n";
    assert_eq!(place(&files, &[], rendered, "labels.app"), "templates/_helpers.tpl:2:1");
    assert_eq!(place(&files, &[], rendered, "labels.team"), "templates/_helpers.tpl:3:1 ~ <- shop/values.yaml:1:1");
}

#[test]
fn equal_lines_in_different_blocks_are_told_apart() {
    let template = "a:\n  size: 1\nb:\n  size: 1\n";
    let files = [("shop/templates/a.yaml", template)];
    assert_eq!(place(&files, &[], template, "b.size"), "templates/a.yaml:4:3");
    let twice = "{{ if .Values.x }}\na:\n  size: 1\n{{ else }}\na:\n  size: 1\n{{ end }}\n";
    assert!(place(&[("shop/templates/a.yaml", twice)], &[], "a:\n  size: 1\n", "a.size").ends_with('~'), "either branch can have written it");
}

mod laws {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_template_without_actions_is_its_own_source(keys in prop::collection::btree_set("[a-z]{4,8}", 1..20)) {
            let text: String = keys.iter().map(|it| format!("{it}:\n  inner: 1\n")).collect();
            for (at, key) in keys.iter().enumerate() {
                let found = place(&[("shop/templates/a.yaml", &text)], &[], &text, &format!("{key}.inner"));
                prop_assert_eq!(found, format!("templates/a.yaml:{}:3", 2 * at + 2));
            }
        }

        #[test]
        fn no_template_and_no_text_break_it(template in "[a-z{}:. \n|-]{0,200}", rendered in "[a-z: \n-]{0,100}") {
            place(&[("shop/templates/a.yaml", &template)], &[], &rendered, "a.b");
        }
    }
}
