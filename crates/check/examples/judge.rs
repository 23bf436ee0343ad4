//! Prints what the checks find in files: `cargo run -p seatrial-check --example judge -- [--only ID] [--pedantic] PATH...`
use seatrial_check::*;
use seatrial_manifest::{places::Document, read::*};
use seatrial_model::*;
use seatrial_report::*;

struct Texts(Vec<String>, Vec<SourceFile>);
impl Places for Texts {
    fn locate(&self, wanted: &[(Origin, &Path)]) -> Vec<Location> {
        wanted.iter().map(|(o, path)| self.one(o, path)).collect()
    }
}
impl Texts {
    fn one(&self, o: &Origin, path: &Path) -> Location {
        let t = &self.0[o.file as usize];
        let s = Document::new(*o, &t[o.offset as usize..(o.offset + o.len) as usize]).place(o.item, path);
        Location {
            file: self.1[o.file as usize].path.clone(),
            line: s.line,
            column: s.column,
            end_line: s.end_line,
            end_column: s.end_column,
            path: path.to_string(),
            role: Role::Primary,
            note: None,
            approximate: false,
            snippet: None,
        }
    }
}
fn files(p: &std::path::Path, out: &mut Vec<std::path::PathBuf>) {
    if p.is_dir() {
        let mut all: Vec<_> = std::fs::read_dir(p).expect("dir").map(|e| e.expect("entry").path()).collect();
        all.sort();
        all.iter().for_each(|it| files(it, out));
    } else if p.extension().is_some_and(|e| e == "yaml" || e == "yml" || e == "json") {
        out.push(p.to_owned());
    }
}
fn main() {
    let mut only = None;
    let mut settings = Settings::default();
    let mut paths = Vec::new();
    let mut args = std::env::args().skip(1);
    while let Some(a) = args.next() {
        match a.as_str() {
            "--only" => only = args.next(),
            "--pedantic" => settings.profile = Profile::Pedantic,
            _ => files(std::path::Path::new(&a), &mut paths),
        }
    }
    let mut snapshot = Snapshot::empty(Scope::Manifests, "2026-11-24T12:00:00Z".parse().expect("time"));
    let mut part = Part::default();
    let mut texts = Vec::new();
    for p in paths {
        let Ok(text) = std::fs::read_to_string(&p) else { continue };
        let id = texts.len() as u32;
        let path = p.display().to_string();
        part.append(read_yaml(FileRef { id, path: &path }, &text, &Options { target: Version::minor(36) }));
        snapshot.files.push(SourceFile { path, rendered_from: None });
        texts.push(text);
    }
    if part.from_cluster {
        snapshot.meta.scope = Scope::Cluster;
    }
    part.into_snapshot(&mut snapshot);
    let checks: Vec<_> = all().into_iter().filter(|c| only.as_deref().is_none_or(|o| c.id == o)).collect();
    let files = snapshot.files.clone();
    let report = evaluate(&snapshot, &settings, &Policy::default(), &checks, &Texts(texts, files));
    for f in &report.findings {
        println!("{:?} {} {}", f.severity, f.check, f.message);
        for l in &f.locations {
            println!("    {}:{}:{} {} {}", l.file, l.line, l.column, l.path, l.note.as_deref().unwrap_or(""));
        }
        for e in &f.evidence {
            println!("    = {e}");
        }
    }
    for r in &report.rows {
        println!("{:8} {} — {}", r.verdict.word(), r.title, r.reason);
    }
    for u in &report.coverage.unread {
        println!("unread {}:{} {}", u.file, u.line, u.reason);
    }
    println!("{} findings, {} objects", report.findings.len(), report.coverage.objects);
}
