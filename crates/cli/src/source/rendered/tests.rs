//! Real renderers on small charts and overlays.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use seatrial_model::Version;

use super::run::Program;
use super::{Helm, Kustomize, RenderError, Rendered, Renderer, Request};
use crate::args::RenderArgs;
use crate::source::{Source, collect};

pub fn target() -> Version {
    "1.36".parse().expect("version")
}

/// Whether both programs are on the PATH. With `CI=true` they must be.
pub fn programs_are_there() -> bool {
    let missing: Vec<&str> = ["helm", "kustomize"].into_iter().filter(|it| Program::named(it).run(&["version".to_owned()]).is_err()).collect();
    if missing.is_empty() {
        return true;
    }
    assert!(!std::env::var("CI").is_ok_and(|it| it == "true"), "with CI=true no renderer may be missing: {missing:?}");
    eprintln!("skipped: {missing:?} not on the PATH");
    false
}

/// Files in a temporary folder that goes away.
struct Files(PathBuf);

impl Files {
    fn new(files: &[(&str, &str)]) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let folder = std::env::temp_dir().join(format!("seatrial-rendered-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed)));
        for (name, text) in files {
            let path = folder.join(name);
            std::fs::create_dir_all(path.parent().expect("folder")).expect("create");
            std::fs::write(path, text).expect("write");
        }
        Self(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Paths without the temporary folder.
    fn short(&self, text: &str) -> String {
        text.replace(&format!("{}/", self.0.display()), "").replace(&self.0.display().to_string(), ".")
    }

    fn error(&self, result: Result<Rendered, RenderError>) -> String {
        let it = result.expect_err("an error");
        self.short(&format!("{}:{}:{}: {}", it.file, it.line, it.column, it.reason))
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn request(values: &[PathBuf]) -> Request<'_> {
    Request { values, sets: &[], release: None, namespace: None, target: target() }
}

fn helm(root: &Path) -> Result<Rendered, RenderError> {
    Helm::default().render(root, &request(&[]))
}

fn kustomize(root: &Path) -> Result<Rendered, RenderError> {
    Kustomize::default().render(root, &request(&[]))
}

/// The places of all findings: file, line, whether approximate, notes.
fn places(files: &Files, source: &Source, only: &str) -> Vec<String> {
    let collected = collect(source, target()).expect("collect");
    let settings = seatrial_check::Settings { target: target(), ..seatrial_check::Settings::default() };
    let checks = [seatrial_check::find(only).expect("check")];
    let mut report = seatrial_check::evaluate(&collected.snapshot, &settings, &seatrial_check::Policy::default(), &checks, &collected.texts);
    collected.texts.explain(&mut report);
    let shown = |it: &seatrial_report::Location| {
        let about = if it.approximate { " ~" } else { "" };
        files.short(&format!("{}:{}:{}{about} {}", it.file, it.line, it.column, it.note.as_deref().unwrap_or("")))
    };
    report.findings.iter().flat_map(|it| it.locations.iter().map(shown).collect::<Vec<_>>()).collect()
}

const CHART: &str = "apiVersion: v2\nname: shop\nversion: 0.1.0\n";
const DEPLOYMENT: &str = r#"apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  replicas: {{ .Values.replicas }}
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
      - name: web
        image: {{ .Values.image }}
        {{- with .Values.resources }}
        resources:
          {{- toYaml . | nindent 10 }}
        {{- end }}
"#;

#[test]
fn a_finding_in_a_chart_sits_in_the_template_and_names_the_value() {
    if !programs_are_there() {
        return;
    }
    let files = Files::new(&[
        ("shop/Chart.yaml", CHART),
        ("shop/values.yaml", "replicas: 2\nimage: nginx:1.29\nresources: {}\n"),
        ("shop/templates/deployment.yaml", DEPLOYMENT),
        ("prod.yaml", "# production\nimage: nginx:latest\n"),
    ]);
    let source = Source {
        paths: vec![files.path("shop").display().to_string()],
        render: RenderArgs { values: vec![files.path("prod.yaml")], ..RenderArgs::default() },
        ..Source::default()
    };
    assert_eq!(
        places(&files, &source, "image-tag-latest"),
        ["shop/templates/deployment.yaml:15:9 ~ approximate place; rendered as line 17 of shop (helm)", "prod.yaml:2:1 the value comes from here"]
    );
}

#[test]
fn charts_in_a_folder_are_rendered() {
    if !programs_are_there() {
        return;
    }
    let files = Files::new(&[
        ("all/shop/Chart.yaml", CHART),
        ("all/shop/values.yaml", "replicas: 2\nimage: nginx:latest\nresources: {}\n"),
        ("all/shop/templates/deployment.yaml", DEPLOYMENT),
        ("all/plain.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"),
    ]);
    let source = Source { paths: vec![files.path("all").display().to_string()], ..Source::default() };
    let collected = collect(&source, target()).expect("collect");
    assert_eq!(collected.snapshot.tally.objects, 2);
    assert_eq!(collected.snapshot.unread, []);
    assert_eq!(places(&files, &source, "image-tag-latest").len(), 2);
}

#[test]
fn suppressions_in_templates_and_resources_count() {
    if !programs_are_there() {
        return;
    }
    let template = DEPLOYMENT.replace("        image:", "        # seatrial: ignore[image-tag-latest] built daily\n        image:");
    let plain = template.replace("{{ .Values.image }}", "nginx:latest").replace("{{ .Release.Name }}", "web").replace("{{ .Values.replicas }}", "1");
    let plain: String = plain.lines().filter(|it| !it.contains("{{") && !it.contains("resources:")).map(|it| format!("{it}\n")).collect();
    let files = Files::new(&[
        ("shop/Chart.yaml", CHART),
        ("shop/values.yaml", "replicas: 2\nimage: nginx:latest\nresources: {}\n"),
        ("shop/templates/deployment.yaml", &template),
        ("root/kustomization.yaml", "resources: [web.yaml]\n"),
        ("root/web.yaml", &plain),
    ]);
    for root in ["shop", "root"] {
        let source = Source { paths: vec![files.path(root).display().to_string()], ..Source::default() };
        let collected = collect(&source, target()).expect("collect");
        let checks = [seatrial_check::find("image-tag-latest").expect("check")];
        let settings = seatrial_check::Settings { target: target(), ..seatrial_check::Settings::default() };
        let report = seatrial_check::evaluate(&collected.snapshot, &settings, &seatrial_check::Policy::default(), &checks, &collected.texts);
        let ignored: Vec<bool> = report.findings.iter().map(|it| it.ignored.is_some()).collect();
        assert_eq!(ignored, [true], "{root}: {:#?}", report.findings);
    }
}

const WEB: &str = "apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
      - name: web
        image: nginx:1.29
";

#[test]
fn a_finding_in_an_overlay_sits_where_the_field_is_set() {
    if !programs_are_there() {
        return;
    }
    let patch = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n      - name: web\n        image: nginx:latest\n";
    let place = |kustomization: &str, base: &str| {
        let files = Files::new(&[
            ("base/kustomization.yaml", "resources: [web.yaml]\n"),
            ("base/web.yaml", base),
            ("prod/kustomization.yaml", kustomization),
            ("prod/patch.yaml", patch),
        ]);
        let source = Source { paths: vec![files.path("prod").display().to_string()], ..Source::default() };
        places(&files, &source, "image-tag-latest").join(" ")
    };
    let head = "resources: [../base]\nnamePrefix: prod-\n";
    assert_eq!(place(head, &WEB.replace("1.29", "latest")), "base/web.yaml:13:9 rendered as line 15 of prod (kustomize)");
    assert_eq!(place(&format!("{head}patches: [{{path: patch.yaml}}]\n"), WEB), "prod/patch.yaml:9:9 rendered as line 15 of prod (kustomize)");
    assert_eq!(place(&format!("{head}images:\n- name: nginx\n  newTag: latest\n"), WEB), "prod/kustomization.yaml:5:3 rendered as line 15 of prod (kustomize)");
    let operation = "patches:\n- target: {kind: Deployment}\n  patch: |-\n    - op: replace\n      path: /spec/template/spec/containers/0/image\n      value: nginx:latest\n";
    assert_eq!(place(&format!("{head}{operation}"), WEB), "prod/kustomization.yaml:7:7 rendered as line 15 of prod (kustomize)");
}

#[test]
fn what_is_missing_is_missed_in_the_base() {
    if !programs_are_there() {
        return;
    }
    let files =
        Files::new(&[("base/kustomization.yaml", "resources: [web.yaml]\n"), ("base/web.yaml", WEB), ("prod/kustomization.yaml", "resources: [../base]\n")]);
    let source = Source { paths: vec![files.path("prod").display().to_string()], ..Source::default() };
    assert_eq!(places(&files, &source, "single-replica"), ["base/web.yaml:4:1 rendered as line 5 of prod (kustomize)"]);
}

#[test]
fn what_helm_refuses_is_told_with_its_place_and_a_remedy() {
    if !programs_are_there() {
        return;
    }
    let error = |chart: &str, template: &str| {
        let files = Files::new(&[("shop/Chart.yaml", chart), ("shop/templates/web.yaml", template)]);
        files.error(helm(&files.path("shop")))
    };
    let place = |it: String| it.split(": ").next().unwrap_or("").to_owned();
    assert_eq!(place(error(CHART, "a: 1\nb: {{ .Values.x.y }}\n")), "shop/templates/web.yaml:2:14");
    assert_eq!(place(error(CHART, "a: 1\nb: {{ nothing }}\n")), "shop/templates/web.yaml:2:0");
    assert_eq!(
        error(CHART, "a: {{ required \"say x\" .Values.x }}\n"),
        "shop/templates/web.yaml:1:7: helm template failed: say x; give the values that it needs: -f FILE or --set KEY=VALUE"
    );
    let dependency = format!("{CHART}dependencies: [{{name: redis, version: 1.0.0, repository: \"https://charts.example\"}}]\n");
    let said = error(&dependency, "a: 1\n");
    assert!(said.ends_with("redis; run: helm dependency build shop"), "{said}");
}

#[test]
fn what_kustomize_refuses_is_told_with_its_place_and_a_remedy() {
    if !programs_are_there() {
        return;
    }
    let error = |text: &str| {
        let files = Files::new(&[("base/kustomization.yaml", "resources: [gone.yaml]\n"), ("prod/kustomization.yaml", text)]);
        files.error(kustomize(&files.path("prod")))
    };
    let absent = "does not exist; add the file, or take its entry out";
    assert_eq!(error("resources:\n- web.yaml\n"), format!("prod/kustomization.yaml:2:3: kustomize build failed: prod/web.yaml {absent}"));
    assert_eq!(error("resources: [../base]\n"), format!("base/kustomization.yaml:1:13: kustomize build failed: base/gone.yaml {absent}"));
    assert_eq!(error("resources: [../prod]\n"), "prod/kustomization.yaml:1:13: kustomize build failed: `../prod` leads back to itself; break the circle");
    assert!(error("helmCharts: [{name: a, repo: \"https://charts.example\"}]\n").contains("kustomize build --enable-helm prod | seatrial check -"));
}

#[test]
fn a_missing_program_is_named_with_a_way_out() {
    let nowhere = Program { path: "no-such-program".into(), ..Program::named("helm") };
    let files = Files::new(&[("shop/Chart.yaml", CHART), ("root/kustomization.yaml", "resources: []\n")]);
    let said = files.error(Helm(nowhere.clone()).render(&files.path("shop"), &request(&[])));
    assert_eq!(said, "shop:0:0: a Helm chart, and helm was not found on the PATH: install it, or check what it writes: helm template shop | seatrial check -");
    let said = files.error(Kustomize { own: nowhere.clone(), kubectl: nowhere }.render(&files.path("root"), &request(&[])));
    assert!(said.starts_with("root:0:0: a Kustomize root, and neither kustomize nor kubectl was found on the PATH"), "{said}");
}
