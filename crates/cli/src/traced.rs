//! Places in rendered text, shown in the files that the text was made of.

use std::collections::BTreeMap;

use rayon::prelude::*;
use seatrial_manifest::snippet;
use seatrial_manifest::split::documents;
use seatrial_manifest::trace::{SourcePlace, helm, in_document, join, kustomize};
use seatrial_manifest::tree::Span;
use seatrial_model::{InlineIgnore, Origin, Path};
use seatrial_recording::Explained;
use seatrial_report::{Location, Report, Role, Snippet};

use crate::source::rendered::{Back, Rendered};
use crate::texts::Place;

/// Places wanted in one rendered document.
pub struct Wanted<'a> {
    /// The file that the document is shown to come from.
    pub file: &'a str,
    /// The document.
    pub origin: Origin,
    /// The paths, each with its number.
    pub paths: Vec<(usize, &'a Path)>,
}

/// Places in the sources of `rendered`.
pub fn locate(rendered: &Rendered, wanted: &[Wanted<'_>]) -> Vec<(usize, Place)> {
    let way = Way::new(rendered);
    wanted.par_iter().flat_map_iter(|it| way.document(it)).collect()
}

/// A root's way back, its templates read.
struct Way<'a> {
    rendered: &'a Rendered,
    chart: helm::Chart<'a>,
    templates: helm::Templates<'a>,
}

impl<'a> Way<'a> {
    fn new(rendered: &'a Rendered) -> Self {
        let values: &[String] = match &rendered.back {
            Back::Helm { values } => values,
            Back::Kustomize { .. } => &[],
        };
        let chart = helm::Chart { texts: &rendered.sources, root: &rendered.root, values };
        let templates = if matches!(rendered.back, Back::Helm { .. }) { helm::templates(&chart) } else { helm::Templates::new() };
        Self { rendered, chart, templates }
    }

    fn document(&self, wanted: &Wanted<'a>) -> Vec<(usize, Place)> {
        let from = usize::try_from(wanted.origin.offset).unwrap_or(usize::MAX);
        let to = from.saturating_add(usize::try_from(wanted.origin.len).unwrap_or(usize::MAX));
        let document = self.rendered.text.get(from..to).unwrap_or_default();
        let in_text = seatrial_manifest::places::Document::new(wanted.origin, document);
        let identity = kustomize::identity(document).unwrap_or_default();
        let places = self.places(wanted, document);
        let mut found = Vec::new();
        for ((at, path), place) in wanted.paths.iter().zip(places) {
            let line = in_text.place(wanted.origin.item, path).line;
            let place = place.unwrap_or_else(|| self.somewhere(wanted.file));
            let location = self.location(&place.file, place.span, path, !place.proved);
            let values = place.values.iter().map(|it| Location { role: Role::Related, ..self.location(&it.file, it.span, path, !it.proved) }).collect();
            let note = format!("rendered as line {line} of {} ({})", self.rendered.root, self.rendered.tool);
            let explained = Explained { kind: identity.kind.clone(), name: identity.name.clone(), note, values };
            found.push((*at, Place { location, explained: Some(explained) }));
        }
        found
    }

    fn places(&self, wanted: &Wanted<'a>, document: &'a str) -> Vec<Option<SourcePlace>> {
        let item = wanted.origin.item;
        let paths = wanted.paths.iter().map(|it| it.1);
        match &self.rendered.back {
            Back::Helm { .. } if self.templates.contains_key(wanted.file) => {
                let trace = helm::Trace::new(&self.chart, &self.templates, wanted.file, document);
                paths.map(|it| trace.place(&in_document(item, it))).collect()
            }
            Back::Helm { .. } => {
                let text = self.rendered.sources.get(wanted.file);
                paths.map(|it| kustomize::in_plain_text(wanted.file, text?, document, it)).collect()
            }
            Back::Kustomize { origins } => {
                let origin = origins.get(&wanted.origin.document);
                let trace = kustomize::Trace::new(&self.rendered.sources, &self.rendered.root, origin, document);
                paths.map(|it| trace.as_ref()?.place(&in_document(item, it))).collect()
            }
        }
    }

    /// Where only the file is known: its beginning, or that of the file which brings it in.
    fn somewhere(&self, file: &str) -> SourcePlace {
        let brings = ["Chart.yaml", "kustomization.yaml", "kustomization.yml", "Kustomization"].map(|it| join(&self.rendered.root, it));
        let known = |it: &&str| self.rendered.sources.contains_key(*it);
        let file = std::iter::once(file).chain(brings.iter().map(String::as_str)).find(known).unwrap_or(file);
        SourcePlace { file: file.to_owned(), span: Span { line: 1, column: 1, end_line: 1, end_column: 1 }, proved: false, values: Vec::new() }
    }

    fn location(&self, file: &str, span: Span, path: &Path, approximate: bool) -> Location {
        let text = self.rendered.sources.get(file).map_or("", String::as_str);
        let last = span.end_line.min(span.line + 2) + 1;
        let first = span.line.saturating_sub(1).max(1);
        let is_place = span.end_column > 1 || span.end_line > 1;
        let end_of_line = |line: u32| text.lines().nth(line.saturating_sub(1) as usize).map_or(1, |it| u32::try_from(it.chars().count()).unwrap_or(0) + 1);
        Location {
            file: file.to_owned(),
            line: span.line,
            column: span.column,
            end_line: span.end_line,
            end_column: if span.end_column == u32::MAX { end_of_line(span.end_line) } else { span.end_column },
            path: path.to_string(),
            role: Role::Primary,
            note: None,
            approximate,
            snippet: is_place.then(|| snippet::of_template(text, first, last)).flatten().map(|text| Snippet { first_line: first, text }),
        }
    }
}

/// Suppressions in the comments of rendered text, moved to the lines of the templates that they came from.
pub fn ignores_in_templates(rendered: &Rendered, names: &[String], ignores: Vec<InlineIgnore>) -> Vec<InlineIgnore> {
    if ignores.is_empty() {
        return ignores;
    }
    let way = Way::new(rendered);
    let mut found: Vec<InlineIgnore> = Vec::new();
    for (chunk, name) in documents(&rendered.text).iter().zip(names) {
        let last = chunk.line + u32::try_from(chunk.text.lines().count()).unwrap_or(0);
        let mine: Vec<&InlineIgnore> = ignores.iter().filter(|it| (chunk.line..last).contains(&it.line)).collect();
        if mine.is_empty() || !way.templates.contains_key(name.as_str()) {
            continue;
        }
        let trace = helm::Trace::new(&way.chart, &way.templates, name, chunk.text);
        let inside = |line: u32| line + 1 - chunk.line;
        for it in mine {
            let line = trace.lines(inside(it.line), inside(it.line)).map_or(it.line, |it| it.0);
            let covers = trace.lines(inside(it.covers.0), inside(it.covers.1)).unwrap_or(it.covers);
            // A loop renders a comment several times.
            match found.iter_mut().find(|other| other.file == it.file && other.line == line && other.checks == it.checks) {
                Some(other) => other.covers = (other.covers.0.min(covers.0), other.covers.1.max(covers.1)),
                None => found.push(InlineIgnore { line, covers, ..it.clone() }),
            }
        }
    }
    found
}

/// Adds to the report what is known of its places besides where they are.
pub fn explain(report: &mut Report, places: &[Place]) {
    type Key<'a> = (&'a str, u32, u32, &'a str);
    let mut by_place: BTreeMap<Key<'_>, Vec<&Explained>> = BTreeMap::new();
    for Place { location, explained } in places {
        let key = (location.file.as_str(), location.line, location.column, location.path.as_str());
        by_place.entry(key).or_default().extend(explained);
    }
    for finding in &mut report.findings {
        let mut values: Vec<Location> = Vec::new();
        for location in &mut finding.locations {
            let Some(known) = by_place.get(&(location.file.as_str(), location.line, location.column, location.path.as_str())) else { continue };
            // A template that is rendered several times has several objects at one place.
            let same = |it: &&&Explained| it.kind == finding.object.kind && it.name == finding.object.name;
            let Some(it) = known.iter().find(same).or_else(|| known.first()) else { continue };
            let about = if location.approximate { "approximate place" } else { "" };
            let rendered = if location.role == Role::Primary { it.note.as_str() } else { "" };
            let words: Vec<&str> = [location.note.as_deref().unwrap_or(""), about, rendered].into_iter().filter(|it| !it.is_empty()).collect();
            location.note = (!words.is_empty()).then(|| words.join("; "));
            if location.role == Role::Primary {
                values.extend(it.values.iter().cloned());
            }
        }
        let at = finding.locations.len().min(1);
        for it in values.into_iter().rev() {
            let note = if it.approximate { "this goes into it" } else { "the value comes from here" };
            finding.locations.insert(at, Location { note: Some(note.to_owned()), ..it });
        }
    }
}
