//! Places in resources and patches, traced on small overlays.

use super::*;

fn place(files: &[(&str, &str)], document: &str, path: &str) -> String {
    let texts: SourceTexts = files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    let origin = Origin::File("base/a.yaml".to_owned());
    let trace = Trace::new(&texts, "prod", Some(&origin), document).expect("a document");
    let Some(it) = trace.place(&Path::of(path)) else { return "nowhere".to_owned() };
    format!("{}:{}:{}{}", it.file, it.span.line, it.span.column, if it.proved { "" } else { " ~" })
}

const BASE: &str = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n  - name: side\n    image: x:1\n  - name: main\n    image: y:1\n";

fn rendered(name: &str, image: &str) -> String {
    format!("apiVersion: v1\nkind: Pod\nmetadata:\n  name: {name}\nspec:\n  containers:\n  - image: {image}\n    name: main\n  - image: x:1\n    name: side\n")
}

fn with(kustomization: &str, patch: &str, document: &str, path: &str) -> String {
    let files =
        [("prod/kustomization.yaml", kustomization), ("prod/p.yaml", patch), ("base/kustomization.yaml", "resources: [a.yaml]\n"), ("base/a.yaml", BASE)];
    place(&files, document, path)
}

#[test]
fn equal_values_are_proved_wherever_the_list_element_moved() {
    let kustomization = "resources: [../base]\n";
    assert_eq!(with(kustomization, "", &rendered("a", "y:1"), "spec.containers[0].image"), "base/a.yaml:10:5");
    assert_eq!(with(kustomization, "", &rendered("a", "y:1"), "spec.containers[0].resources.limits"), "base/a.yaml:9:5");
    assert_eq!(with(kustomization, "", &rendered("a", "y:1"), ""), "base/a.yaml:4:3");
}

#[test]
fn what_something_else_changed_is_approximate() {
    assert_eq!(with("resources: [../base]\n", "", &rendered("a", "z:9"), "spec.containers[0].image"), "base/a.yaml:10:5 ~");
}

#[test]
fn patches_are_found_by_name_and_by_target() {
    let patch = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: main\n    image: z:9\n";
    let document = rendered("a", "z:9");
    assert_eq!(with("resources: [../base]\npatches:\n- path: p.yaml\n", patch, &document, "spec.containers[0].image"), "prod/p.yaml:7:5");
    let other = patch.replace("{name: a}", "{name: b}");
    assert_eq!(with("resources: [../base]\npatches:\n- path: p.yaml\n", &other, &document, "spec.containers[0].image"), "base/a.yaml:10:5 ~");
    let target = "resources: [../base]\npatches:\n- path: p.yaml\n  target: {kind: Pod, name: a.*}\n";
    assert_eq!(with(target, &other, &document, "spec.containers[0].image"), "prod/p.yaml:7:5");
}

#[test]
fn entries_that_transform_are_named() {
    let names = "resources: [../base]\nnamePrefix: x-\n";
    assert_eq!(with(names, "", &rendered("x-a", "y:1"), "metadata.name"), "prod/kustomization.yaml:2:1");
    let images = "resources: [../base]\nimages:\n- name: y\n  newName: q/y\n  newTag: v2\n";
    assert_eq!(with(images, "", &rendered("a", "q/y:v2"), "spec.containers[0].image"), "prod/kustomization.yaml:5:3");
}

#[test]
fn a_field_that_a_patch_removed_is_missed_there() {
    let kustomization = "resources: [../base]\npatches:\n- target: {kind: Pod}\n  patch: |\n    - op: remove\n      path: /spec/hostNetwork\n";
    assert_eq!(with(kustomization, "", &rendered("a", "y:1"), "spec.hostNetwork"), "prod/kustomization.yaml:6:7");
}

#[test]
fn circles_end() {
    let files =
        [("prod/kustomization.yaml", "resources: [../prod, ../base]\n"), ("base/kustomization.yaml", "resources: [../prod, a.yaml]\n"), ("base/a.yaml", BASE)];
    assert_eq!(place(&files, &rendered("a", "y:1"), "kind"), "base/a.yaml:2:1");
}

#[test]
fn origins_are_read_from_annotations() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  annotations:\n    config.kubernetes.io/origin: |\n      path: ../base/a.yaml\n";
    let found = origins(text);
    assert_eq!(found[0].1, Origin::File("../base/a.yaml".to_owned()));
    assert_eq!(found[0].0.name, "a");
}
