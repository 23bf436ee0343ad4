//! The texts that objects were read from, and places in them.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;
use seatrial_check::Places;
use seatrial_manifest::places::Document;
use seatrial_model::{Handle, Origin, Path, SourceFile, Text as Name};
use seatrial_recording::{Explained, KnownPlace};
use seatrial_report::{Location, Report, Role, Snippet};

use crate::source::rendered::Rendered;
use crate::traced;

/// Lines shown above and below a place.
const AROUND: u32 = 1;

/// Every file that was read, by its number.
#[derive(Default)]
pub struct Texts {
    files: Vec<(SourceFile, Text)>,
    /// Of a running cluster: texts of objects by the number of their resource, namespace and name.
    objects: HashMap<u32, HashMap<(Name, Name), String>>,
    /// Places in rendered text of which more is known than where they are: notes and values, for [`Texts::explain`].
    explained: Mutex<Vec<Place>>,
}

/// A place, and for rendered text what it was made of.
#[derive(Clone)]
pub struct Place {
    /// Where it is.
    pub location: Location,
    /// Notes and values.
    pub explained: Option<Explained>,
}

/// Places that a recording knows; its texts are not at hand.
pub struct Known(HashMap<(Origin, Path), Place>);

impl Known {
    /// What a recording wrote down.
    pub fn of(places: Vec<KnownPlace>) -> Self {
        Self(places.into_iter().map(|it| ((it.origin, it.path), Place { location: it.location, explained: it.explained })).collect())
    }
}

/// A file's text, or where to get it again.
pub enum Text {
    /// Kept: small files, standard input.
    Kept(String),
    /// On disk: dumps that are too large to keep.
    OnDisk(PathBuf),
    /// What a renderer wrote: many files share one text.
    Rendered(Arc<Rendered>),
    /// A large dump out of a pipe: its objects have places, their fields have not.
    Gone,
    /// Was read when it was recorded: the places that checks asked for then are known.
    Recorded(Arc<Known>),
}

impl Texts {
    /// Texts of a running cluster's objects.
    #[cfg(feature = "live")]
    pub fn of_objects(objects: HashMap<u32, HashMap<(Name, Name), String>>) -> Self {
        Self { objects, ..Self::default() }
    }

    /// Whether the text is at hand that an object stands in: a recording keeps none.
    pub fn keeps(&self, object: &Handle<'_>) -> bool {
        match object.origin {
            Some(it) if it.is_api() => self.of_api(it, object).is_some(),
            Some(it) => self.files.get(it.file as usize).is_some_and(|it| !matches!(it.1, Text::Recorded(_) | Text::Gone)),
            None => false,
        }
    }

    fn of_api(&self, origin: Origin, object: &Handle<'_>) -> Option<&str> {
        self.objects.get(&origin.file)?.get(&(object.meta.ns().into(), object.meta.name.clone())).map(String::as_str)
    }

    /// The text of the document that an object stands in, or its own.
    pub fn around(&self, object: &Handle<'_>) -> Option<Cow<'_, str>> {
        let origin = object.origin?;
        if origin.is_api() {
            return self.of_api(origin, object).map(Into::into);
        }
        self.document(&Origin { item: None, ..origin })
    }

    /// Adds a file; its number.
    pub fn add(&mut self, file: SourceFile, text: Text) -> u32 {
        self.files.push((file, text));
        u32::try_from(self.files.len() - 1).unwrap_or(u32::MAX)
    }

    /// Gives a number to another file.
    pub fn rename(&mut self, id: u32, file: SourceFile) -> u32 {
        if let Some(it) = self.files.get_mut(id as usize) {
            it.0 = file;
        }
        id
    }

    /// Takes the last file away, if it has this number.
    pub fn drop_last(&mut self, id: u32) {
        if self.files.len() == id as usize + 1 {
            self.files.pop();
        }
    }

    /// Puts a file's text in place once it is read.
    pub fn set(&mut self, id: u32, text: Text) {
        if let Some(it) = self.files.get_mut(id as usize) {
            it.1 = text;
        }
    }

    /// The files as the snapshot lists them.
    pub fn source_files(&self) -> Vec<SourceFile> {
        self.files.iter().map(|it| it.0.clone()).collect()
    }

    /// The file of this number.
    pub fn file(&self, id: u32) -> Option<&SourceFile> {
        self.files.get(id as usize).map(|it| &it.0)
    }

    /// The kept text of a file; none for dumps and for what a renderer wrote.
    pub fn kept(&self, id: u32) -> Option<&str> {
        match &self.files.get(id as usize)?.1 {
            Text::Kept(text) => Some(text),
            Text::OnDisk(_) | Text::Rendered(_) | Text::Gone | Text::Recorded(_) => None,
        }
    }

    /// The text of one document.
    pub fn document(&self, origin: &Origin) -> Option<Cow<'_, str>> {
        let from = usize::try_from(origin.offset).ok()?;
        let len = usize::try_from(origin.len).ok()?;
        match &self.files.get(origin.file as usize)?.1 {
            Text::Kept(text) => text.get(from..from + len).map(Into::into),
            Text::Rendered(it) => it.text.get(from..from + len).map(Into::into),
            Text::Gone | Text::Recorded(_) => None,
            Text::OnDisk(path) => {
                let mut file = File::open(path).ok()?;
                file.seek(SeekFrom::Start(origin.offset)).ok()?;
                let mut bytes = vec![0; len];
                file.read_exact(&mut bytes).ok()?;
                String::from_utf8(bytes).ok().map(Into::into)
            }
        }
    }

    /// The rendered text that a file is part of.
    fn rendered(&self, id: u32) -> Option<&Arc<Rendered>> {
        match &self.files.get(id as usize)?.1 {
            Text::Rendered(it) => Some(it),
            _ => None,
        }
    }

    /// Adds to places in sources what they were rendered as, and where their values come from.
    pub fn explain(&self, report: &mut Report) {
        let explained = self.explained.lock().unwrap_or_else(PoisonError::into_inner);
        if !explained.is_empty() {
            traced::explain(report, &explained);
        }
    }

    /// What a recording knows of a place.
    fn known(&self, origin: &Origin, path: &Path) -> Option<&Place> {
        match &self.files.get(origin.file as usize)?.1 {
            Text::Recorded(it) => it.0.get(&(*origin, path.clone())),
            _ => None,
        }
    }

    /// Places in the sources of rendered documents: root by root, so that its templates are read once.
    fn locate_rendered(&self, documents: Vec<(Origin, Vec<Wanted<'_>>)>) -> Vec<(usize, Place)> {
        let mut by_root: Vec<(&Arc<Rendered>, Vec<traced::Wanted<'_>>)> = Vec::new();
        for (origin, wanted) in documents {
            let paths = wanted.iter().map(|it| (it.at, it.path)).collect();
            let Some(rendered) = self.rendered(origin.file) else { continue };
            let file = self.file(origin.file).map_or("", |it| it.path.as_str());
            let wanted = traced::Wanted { file, origin, paths };
            match by_root.iter_mut().find(|it| Arc::ptr_eq(it.0, rendered)) {
                Some(it) => it.1.push(wanted),
                None => by_root.push((rendered, vec![wanted])),
            }
        }
        by_root.iter().flat_map(|(rendered, wanted)| traced::locate(rendered, wanted)).collect()
    }

    /// Places in one document, in the order of `wanted`.
    fn locate_in(&self, origin: Origin, wanted: &[Wanted<'_>]) -> Vec<(usize, Place)> {
        let file = self.file(origin.file);
        let name = file.map_or("", |it| it.path.as_str());
        let text = self.document(&origin).unwrap_or_default();
        let document = Document::new(origin, &text);
        let location = |it: &Wanted<'_>| {
            let span = document.place(it.item, it.path);
            let snippet = document.snippet(span, AROUND).map(|(first_line, text)| Snippet { first_line, text });
            Location {
                file: name.to_owned(),
                line: span.line,
                column: span.column,
                end_line: span.end_line,
                end_column: span.end_column,
                path: it.path.to_string(),
                role: Role::Primary,
                note: None,
                approximate: false,
                snippet,
            }
        };
        wanted.iter().map(|it| (it.at, Place { location: location(it), explained: None })).collect()
    }
}

/// A path in one object of a document, and where its place goes.
struct Wanted<'a> {
    at: usize,
    item: Option<u32>,
    path: &'a Path,
}

impl Texts {
    /// Places with all that is known of them, in the order asked.
    pub fn places(&self, wanted: &[(Origin, &Path)]) -> Vec<Place> {
        let mut located: Vec<(usize, Place)> = Vec::with_capacity(wanted.len());
        // The objects of a List share its document, which is parsed once for all of them.
        let mut by_document: HashMap<Origin, Vec<Wanted<'_>>> = HashMap::new();
        for (at, (origin, path)) in wanted.iter().enumerate() {
            match self.known(origin, path) {
                Some(it) => located.push((at, it.clone())),
                None => by_document.entry(Origin { item: None, ..*origin }).or_default().push(Wanted { at, item: origin.item, path }),
            }
        }
        let (rendered, documents): (Vec<_>, Vec<_>) = by_document.into_iter().partition(|it| self.rendered(it.0.file).is_some());
        located.par_extend(documents.par_iter().flat_map_iter(|(origin, wanted)| self.locate_in(*origin, wanted)));
        located.extend(self.locate_rendered(rendered));
        located.sort_unstable_by_key(|it| it.0);
        located.into_iter().map(|it| it.1).collect()
    }
}

impl Places for Texts {
    fn locate(&self, wanted: &[(Origin, &Path)]) -> Vec<Location> {
        let places = self.places(wanted);
        let locations = places.iter().map(|it| it.location.clone()).collect();
        self.explained.lock().unwrap_or_else(PoisonError::into_inner).extend(places.into_iter().filter(|it| it.explained.is_some()));
        locations
    }
}
