//! Reading JSON of any size: a List's items are cut out of the stream one by one, so that memory is bounded by the largest item.

pub mod live;
mod scanner;

use std::io::{self, Read};

use rayon::prelude::*;
use seatrial_model::{Cluster, Head, Origin};

use scanner::{Item, ListHead, Scanner};
pub use scanner::{JsonError, ListMeta};

use crate::read::{self, FileRef, Options, Part, read_chunk, typed_list};
use crate::split::Chunk;

/// How many bytes of objects are read before they are worked on, for each core.
const BATCH: usize = 1 << 20;

/// Reads a JSON stream: an object, a List, an array of objects, or several of them one after another.
///
/// # Errors
/// Reading fails, or the text is not JSON; what was read before that is in `part`.
pub fn read_json(file: FileRef<'_>, source: impl Read, options: &Options, part: &mut Part) -> io::Result<Result<(), JsonError>> {
    let mut scanner = Scanner::new(source);
    let width = rayon::current_num_threads().max(1);
    loop {
        let mut batches: Vec<Vec<Item>> = Vec::new();
        let mut ended = None;
        while batches.len() < width && ended.is_none() {
            let mut batch = Vec::new();
            let mut bytes = 0;
            while bytes < BATCH {
                match scanner.next_item()? {
                    Ok(Some(item)) => {
                        bytes += item.text.len();
                        batch.push(item);
                    }
                    Ok(None) => {
                        ended = Some(Ok(()));
                        break;
                    }
                    Err(error) => {
                        ended = Some(Err(error));
                        break;
                    }
                }
            }
            batches.push(batch);
        }
        let head = scanner.head.clone();
        let parts: Vec<Part> = batches.into_par_iter().map(|batch| read_batch(file, &batch, &head, options)).collect();
        parts.into_iter().for_each(|it| part.append(it));
        if let Some(end) = ended {
            part.tally.documents += u64::from(scanner.document);
            if let Some(need) = typed_list(&head.api_version, &head.kind).and_then(|(api_version, kind)| Cluster::need_of(api_version, kind)) {
                part.listed.insert(need);
            }
            return Ok(end);
        }
    }
}

fn read_batch(file: FileRef<'_>, batch: &[Item], list: &ListHead, options: &Options) -> Part {
    let mut part = Part::default();
    for item in batch {
        read_item(file, item, list, options, &mut part);
    }
    part
}

fn read_item(file: FileRef<'_>, item: &Item, list: &ListHead, options: &Options, part: &mut Part) {
    let Ok(text) = std::str::from_utf8(&item.text) else {
        return part.unread(file, item.line, item.column, "not UTF-8");
    };
    let mut head = match serde_json::from_str::<Head>(text) {
        Ok(head) => head,
        Err(error) => return unread(file, item, &error, part),
    };
    if let (true, Some((api_version, kind))) = (head.kind.is_empty(), typed_list(&list.api_version, &list.kind)) {
        head.kind = kind.into();
        head.api_version = api_version.into();
    }
    let is_live = head.metadata.uid.is_some();
    let ours = head.api_version.starts_with("seatrial.dev/");
    if !is_live || head.kind.is_empty() || ours {
        // A manifest written as JSON gets the same judgement as one in YAML.
        let chunk = Chunk { text, offset: item.offset, line: item.line, column: item.column, document: item.document };
        return read_chunk(file, &chunk, options, part);
    }
    part.from_cluster |= item.index.is_some();
    part.tally.objects += 1;
    let origin =
        Origin { file: file.id, offset: item.offset, len: item.text.len() as u64, line: item.line, column: item.column, document: item.document, item: None };
    let before = head.clone();
    if let Err(error) = part.cluster.add(head, Some(origin), &mut serde_json::Deserializer::from_str(text)) {
        // Nulls and odd types: the tree reader is lenient where serde_json is strict.
        let mut lenient = Part::default();
        let chunk = Chunk { text, offset: item.offset, line: item.line, column: item.column, document: item.document };
        read::read_item(file, &chunk, (&before.api_version, &before.kind), options, &mut lenient);
        part.tally.objects -= 1;
        if lenient.unread.is_empty() && lenient.tally.objects == 1 {
            lenient.problems.clear();
            part.append(lenient);
        } else {
            part.unread(file, item.line, item.column, format!("{} {}: {}", before.kind, before.metadata.name, crate::said::without_values(&error.to_string())));
        }
    }
}

fn unread(file: FileRef<'_>, item: &Item, error: &serde_json::Error, part: &mut Part) {
    let first = error.line() <= 1;
    let line = item.line + u32::try_from(error.line().saturating_sub(1)).unwrap_or(0);
    let column = u32::try_from(error.column()).unwrap_or(0);
    part.unread(
        file,
        line,
        if first { item.column + column.saturating_sub(1) } else { column },
        format!("not a Kubernetes object: {}", crate::said::without_values(&error.to_string())),
    );
}

#[cfg(test)]
mod tests {
    use seatrial_model::{Need, Version};

    use super::*;

    fn read(text: &str) -> (Part, Result<(), JsonError>) {
        let mut part = Part::default();
        let options = Options::new(Version::minor(36));
        let end = read_json(FileRef { id: 0, path: "x.json" }, text.as_bytes(), &options, &mut part).expect("a slice does not fail");
        (part, end)
    }

    const POD: &str = r#"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","uid":"1"},"spec":{"containers":[{"name":"c","image":"x\"y"}]}}"#;

    #[test]
    fn lists_single_objects_and_streams_are_read() {
        let list = format!("{{\n \"apiVersion\": \"v1\",\n \"items\": [\n {POD},\n {POD}\n ],\n \"kind\": \"List\"\n}}\n");
        let (part, end) = read(&list);
        assert_eq!((end, part.cluster.pods.len(), part.from_cluster), (Ok(()), 2, true));
        let origin = part.cluster.pods[1].origin.expect("read from text");
        assert_eq!((origin.line, origin.column), (5, 2));
        assert_eq!(read(POD).0.cluster.pods.len(), 1);
        assert_eq!(read(&format!("{POD}\n{POD}\n")).0.cluster.pods.len(), 2);
        assert_eq!(read(&format!("[{POD}]")).0.cluster.pods.len(), 1);
    }

    #[test]
    fn typed_lists_name_their_items_and_count_as_listed() {
        let item = POD.replace(r#""apiVersion":"v1","kind":"Pod","#, "");
        let (part, _) = read(&format!(r#"{{"kind":"PodList","apiVersion":"v1","items":[{item}]}}"#));
        assert_eq!(part.cluster.pods.len(), 1);
        let (part, _) = read(r#"{"kind":"NetworkPolicyList","apiVersion":"networking.k8s.io/v1","metadata":{},"items":[]}"#);
        assert!(part.listed.contains(&Need::NetworkPolicies));
    }

    #[test]
    fn nulls_do_not_lose_an_item_that_only_its_list_names() {
        let item = r#"{"metadata":{"name":"a","uid":"1"},"addressType":"IPv4","endpoints":null,"ports":null}"#;
        let (part, _) = read(&format!(r#"{{"kind":"EndpointSliceList","apiVersion":"discovery.k8s.io/v1","items":[{item}]}}"#));
        assert_eq!((part.cluster.endpoint_slices.len(), part.unread), (1, Vec::new()));
    }

    #[test]
    fn broken_text_is_named_and_what_came_before_is_kept() {
        let (part, end) = read(&format!(r#"{{"kind":"List","apiVersion":"v1","items":[{POD},{{"kind":"#));
        assert_eq!(part.cluster.pods.len(), 1);
        assert!(end.is_err());
    }
}
