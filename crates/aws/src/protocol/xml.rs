//! XML answers as trees: an element with children is an object, one without is a text.

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::Value;

use super::Members;

/// Names that the elements of lists have. A list's own element then becomes an array.
const ITEMS: &[&str] = &["item", "member", "HealthCheck"];
/// Deeper documents are nobody's answer.
const DEEPEST: usize = 64;

struct Open {
    name: String,
    text: String,
    children: Vec<(String, Value)>,
}

/// What stands in the root element. An empty list reads as an empty text.
pub fn read(body: &[u8]) -> Result<Value, String> {
    let text = std::str::from_utf8(body).map_err(|_| "it is not text".to_owned())?;
    let mut reader = Reader::from_str(text);
    let mut open: Vec<Open> = Vec::new();
    let wrong = |error: String| format!("it is not XML: {error}");
    loop {
        match reader.read_event().map_err(|error| wrong(error.to_string()))? {
            Event::Start(it) => {
                if open.len() >= DEEPEST {
                    return Err(wrong("it is nested too deeply".to_owned()));
                }
                open.push(Open { name: name_of(it.local_name().as_ref()), text: String::new(), children: Vec::new() });
            }
            Event::Empty(it) => {
                let name = name_of(it.local_name().as_ref());
                match open.last_mut() {
                    Some(parent) => parent.children.push((name, Value::String(String::new()))),
                    None => return Ok(Value::Object(Members::new())),
                }
            }
            Event::Text(it) => {
                if let Some(current) = open.last_mut() {
                    current.text.push_str(&it.decode().map_err(|error| wrong(error.to_string()))?);
                }
            }
            Event::CData(it) => {
                if let Some(current) = open.last_mut() {
                    current.text.push_str(&it.decode().map_err(|error| wrong(error.to_string()))?);
                }
            }
            Event::GeneralRef(it) => {
                let name = it.decode().map_err(|error| wrong(error.to_string()))?.into_owned();
                let resolved = quick_xml::escape::unescape(&format!("&{name};")).map_err(|error| wrong(error.to_string()))?.into_owned();
                if let Some(current) = open.last_mut() {
                    current.text.push_str(&resolved);
                }
            }
            Event::End(_) => {
                let Some(closed) = open.pop() else { return Err(wrong("an element ends that never began".to_owned())) };
                let (name, value) = (closed.name.clone(), value_of(closed));
                match open.last_mut() {
                    Some(parent) => parent.children.push((name, value)),
                    None => return Ok(value),
                }
            }
            Event::Eof => return Err(wrong(if open.is_empty() { "it is empty".to_owned() } else { "it ends in the middle".to_owned() })),
            Event::Decl(_) | Event::Comment(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
}

fn name_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn value_of(it: Open) -> Value {
    if it.children.is_empty() {
        return Value::String(it.text);
    }
    if it.children.iter().all(|(name, _)| ITEMS.contains(&name.as_str())) {
        return it.children.into_iter().map(|(_, value)| value).collect();
    }
    Value::Object(it.children.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_become_trees() {
        let it = read(b"<?xml version=\"1.0\"?><a xmlns=\"x\"><b>1 &amp; 2</b><c><member>x</member></c><d/><e><item><k>v</k></item></e></a>").unwrap();
        assert_eq!(it.to_string(), r#"{"b":"1 & 2","c":["x"],"d":"","e":[{"k":"v"}]}"#);
    }

    #[test]
    fn what_is_cut_off_is_an_error() {
        let whole = "<a><b>1</b><c><member>x</member></c></a>";
        for at in 0..whole.len() {
            assert!(read(&whole.as_bytes()[..at]).is_err(), "{}", &whole[..at]);
        }
        assert!(read("<a>".repeat(200).as_bytes()).is_err());
    }
}
