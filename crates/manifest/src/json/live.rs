//! Reading the pages of an API server's lists: objects without a place in text.

use std::io::{self, Read};

use super::BATCH;
use super::scanner::{Item, JsonError, ListMeta, Scanner};
use crate::read::{FileRef, Options, Part, read_chunk};
use crate::split::Chunk;
use rayon::prelude::*;
use seatrial_model::{Head, Origin};

/// How the objects of an API server's list are taken.
pub struct Live<'a> {
    /// Their resource, as the snapshot names it.
    pub file: FileRef<'a>,
    /// What objects are that do not say it themselves.
    pub api_version: &'a str,
    /// See `api_version`.
    pub kind: &'a str,
    /// The version that runs.
    pub options: &'a Options,
    /// Looks at an object's own text before it is gone, and may add what is hidden in it.
    pub inspect: &'a (dyn Fn(&Head, &str, &mut Part) + Sync),
}

/// Reads one page of an API server's list. Objects get no place in text, and their suppressions stand in annotations only.
///
/// # Errors
/// Reading fails, or the text is not a whole list; what is in `part` then is to be thrown away.
pub fn read_list(live: &Live<'_>, source: impl Read, part: &mut Part) -> io::Result<Result<ListMeta, JsonError>> {
    let mut scanner = Scanner::new(source);
    let width = rayon::current_num_threads().max(1);
    loop {
        let (batches, ended) = match next_batches(&mut scanner, width)? {
            Ok(it) => it,
            Err(error) => return Ok(Err(error)),
        };
        let parts: Vec<Part> = batches.into_par_iter().map(|batch| read_batch(live, &batch)).collect();
        parts.into_iter().for_each(|it| part.append(it));
        if ended {
            let is_list = scanner.head.kind.ends_with("List") && scanner.saw_items;
            return Ok(if is_list { Ok(scanner.head.metadata) } else { Err(scanner.error("the answer is not a list")) });
        }
    }
}

/// Enough objects for every core, and whether the stream ended.
type Batches = (Vec<Vec<Item>>, bool);

fn next_batches<R: Read>(scanner: &mut Scanner<R>, width: usize) -> io::Result<Result<Batches, JsonError>> {
    let mut batches: Vec<Vec<Item>> = Vec::new();
    while batches.len() < width {
        let mut batch = Vec::new();
        let mut bytes = 0;
        while bytes < BATCH {
            match scanner.next_item()? {
                // What has no index stands outside of the items: the list itself, where its items are null.
                Ok(Some(item)) if item.index.is_none() => {}
                Ok(Some(item)) => {
                    bytes += item.text.len();
                    batch.push(item);
                }
                Ok(None) => {
                    batches.push(batch);
                    return Ok(Ok((batches, true)));
                }
                Err(error) => return Ok(Err(error)),
            }
        }
        batches.push(batch);
    }
    Ok(Ok((batches, false)))
}

fn read_batch(live: &Live<'_>, batch: &[Item]) -> Part {
    let mut part = Part::default();
    for item in batch {
        read_object(live, item, &mut part);
    }
    part
}

fn read_object(live: &Live<'_>, item: &Item, part: &mut Part) {
    part.tally.objects += 1;
    let Ok(text) = std::str::from_utf8(&item.text) else {
        return part.unread(live.file, 0, 0, "an object that is not UTF-8");
    };
    // What the parser says of values may repeat them, secrets included: it is not passed on.
    let Ok(mut head) = serde_json::from_str::<Head>(text) else {
        return part.unread(live.file, 0, 0, "an object whose metadata cannot be read");
    };
    let says_its_kind = !head.kind.is_empty();
    if !says_its_kind {
        head.kind = live.kind.into();
        head.api_version = live.api_version.into();
    }
    (live.inspect)(&head, text, part);
    let before = head.clone();
    let read = part.cluster.add(head, Some(Origin::api(live.file.id)), &mut serde_json::Deserializer::from_str(text));
    if read.is_err() {
        read_leniently(live, &before, text, says_its_kind, part);
    }
}

/// Nulls and odd types: the tree reader is lenient where serde_json is strict.
fn read_leniently(live: &Live<'_>, head: &Head, text: &str, says_its_kind: bool, part: &mut Part) {
    let rest = text.trim_start().strip_prefix('{').unwrap_or("}");
    let named = format!("{{\"apiVersion\":\"{}\",\"kind\":\"{}\",{rest}", head.api_version, head.kind);
    let text = if says_its_kind { text } else { named.as_str() };
    let mut lenient = Part::default();
    read_chunk(live.file, &Chunk { text, offset: 0, line: 1, column: 1, document: 0 }, live.options, &mut lenient);
    if lenient.unread.is_empty() && lenient.tally.objects == 1 {
        lenient.cluster.set_origins(Origin::api(live.file.id));
        return part.cluster.append(lenient.cluster);
    }
    let namespace = head.metadata.namespace.as_deref().unwrap_or("");
    let path = live.file.path.replace("{namespace}", namespace).replace("{name}", &head.metadata.name);
    let reason = lenient.unread.first().map_or("cannot be read", |it| it.reason.as_str());
    part.unread(FileRef { path: &path, ..live.file }, 0, 0, reason);
}

#[cfg(test)]
mod tests {
    use seatrial_model::Version;

    use super::*;

    fn read(text: &str) -> (Part, Result<ListMeta, JsonError>) {
        let mut part = Part::default();
        let options = Options::new(Version::minor(36));
        let file = FileRef { id: 3, path: "/api/v1/namespaces/{namespace}/pods/{name}" };
        let live = Live { file, api_version: "v1", kind: "Pod", options: &options, inspect: &|_, _, _| {} };
        let end = read_list(&live, text.as_bytes(), &mut part).expect("a slice does not fail");
        (part, end)
    }

    const ITEM: &str = r#"{"metadata":{"name":"a","namespace":"shop","uid":"1"},"spec":{"containers":[{"name":"c"}]}}"#;

    #[test]
    fn a_page_gives_its_objects_and_the_next_token() {
        let (part, end) =
            read(&format!(r#"{{"kind":"PodList","apiVersion":"v1","metadata":{{"resourceVersion":"7","continue":"abc"}},"items":[{ITEM},{ITEM}]}}"#));
        assert_eq!(end, Ok(ListMeta { next: "abc".to_owned(), resource_version: "7".to_owned() }));
        assert_eq!((part.cluster.pods.len(), part.tally.objects), (2, 2));
        assert_eq!(part.cluster.pods[0].origin, Some(Origin::api(3)));
    }

    #[test]
    fn lists_of_custom_kinds_tell_of_themselves_after_their_items() {
        let item = r#"{"apiVersion":"keda.sh/v1alpha1","kind":"ScaledObject","metadata":{"name":"a"}}"#;
        let (part, end) = read(&format!(
            r#"{{"apiVersion":"keda.sh/v1alpha1","items":[{item}],"kind":"ScaledObjectList","metadata":{{"continue":"x","resourceVersion":"9"}}}}"#
        ));
        assert_eq!((part.cluster.scaled_objects.len(), end.map(|it| it.next)), (1, Ok("x".to_owned())));
    }

    #[test]
    fn null_items_are_an_empty_list() {
        let (part, end) = read(r#"{"kind":"PodList","apiVersion":"v1","metadata":{},"items":null}"#);
        assert_eq!((end, part.tally.objects), (Ok(ListMeta::default()), 0));
    }

    #[test]
    fn what_is_cut_off_or_no_list_is_an_error() {
        assert!(read(&format!(r#"{{"kind":"PodList","apiVersion":"v1","metadata":{{}},"items":[{ITEM},"#)).1.is_err());
        assert!(read(r#"{"kind":"Status","apiVersion":"v1","status":"Failure"}"#).1.is_err());
        assert!(read("").1.is_err());
    }

    #[test]
    fn odd_types_do_not_lose_an_object_and_no_value_is_repeated() {
        let odd = r#"{"metadata":{"name":"a","namespace":"shop"},"spec":{"containers":[{"name":"c"}],"priority":"hunter2-is-not-a-number"}}"#;
        let (part, _) = read(&format!(r#"{{"kind":"PodList","apiVersion":"v1","metadata":{{}},"items":[{odd}]}}"#));
        assert_eq!(part.cluster.pods.len(), 1);
        assert_eq!(part.cluster.pods[0].origin, Some(Origin::api(3)));
        let broken = r#"{"metadata":{"name":["hunter2"]}}"#;
        let (part, _) = read(&format!(r#"{{"kind":"PodList","apiVersion":"v1","metadata":{{}},"items":[{broken}]}}"#));
        assert_eq!(part.unread.len(), 1);
        assert!(!part.unread[0].reason.contains("hunter2"));
    }
}
