//! How a declared call becomes a request, and an answer a tree of values: three adapters, one for each family of protocols.

pub mod form;
mod rest;
pub mod xml;

use serde_json::Value;

use crate::call::{Call, Protocol};
use crate::failure::Failure;

/// What is sent: members by their wire names. A list is an array, a structure an object.
pub type Members = serde_json::Map<String, Value>;

/// A request before it is signed.
#[derive(Debug, PartialEq, Eq)]
pub struct Written {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// Path and query, encoded.
    pub target: String,
    /// Headers besides those of the signature.
    pub headers: Vec<(&'static str, String)>,
    /// Body.
    pub body: String,
}

/// Writes a request down.
pub fn write(call: &Call, members: &Members) -> Written {
    let (method, path) = call.route;
    match call.service.protocol {
        Protocol::Json { version, target } => Written {
            method,
            target: path.to_owned(),
            headers: vec![("content-type", format!("application/x-amz-json-{version}")), ("x-amz-target", format!("{target}.{}", call.operation))],
            body: Value::Object(members.clone()).to_string(),
        },
        Protocol::RestJson | Protocol::RestXml => rest::write(call, members),
        Protocol::Query | Protocol::Ec2 => Written {
            method,
            target: path.to_owned(),
            headers: vec![("content-type", "application/x-www-form-urlencoded; charset=utf-8".to_owned())],
            body: form::write(call, members),
        },
    }
}

/// Reads an answer, keeps of it what the call declares and makes sure that it says anything at all.
pub fn read(call: &Call, body: &[u8]) -> Result<Value, Failure> {
    let tree = match call.service.protocol {
        Protocol::Json { .. } | Protocol::RestJson => {
            serde_json::from_slice(body).map_err(|error| Failure::undecodable(call, format!("it is not JSON: {error}; it begins with {}", begin(body))))?
        }
        Protocol::Query => unwrapped(xml::read(body).map_err(|why| Failure::undecodable(call, format!("{why}; it begins with {}", begin(body))))?, call),
        Protocol::Ec2 | Protocol::RestXml => xml::read(body).map_err(|why| Failure::undecodable(call, format!("{why}; it begins with {}", begin(body))))?,
    };
    if let Some(member) = call.must.filter(|it| tree.get(it).is_none_or(Value::is_null)) {
        return Err(Failure::undecodable(call, format!("it has no {member}")));
    }
    Ok(kept(&tree, call))
}

/// `<XResponse><XResult>...</XResult></XResponse>`: what stands in the result.
fn unwrapped(mut tree: Value, call: &Call) -> Value {
    tree.get_mut(format!("{}Result", call.operation)).map(Value::take).unwrap_or(tree)
}

fn kept(tree: &Value, call: &Call) -> Value {
    let mut paths: Vec<Vec<&str>> = call.keep.iter().map(|it| it.split('.').collect()).collect();
    if let Some(paging) = call.paging {
        paths.push(vec![paging.read]);
    }
    let paths: Vec<&[&str]> = paths.iter().map(Vec::as_slice).collect();
    project(tree, &paths)
}

/// The parts of a tree that the paths lead to; lists are passed through.
fn project(tree: &Value, paths: &[&[&str]]) -> Value {
    if paths.iter().any(|it| it.is_empty()) {
        return tree.clone();
    }
    match tree {
        Value::Array(all) => all.iter().map(|it| project(it, paths)).collect(),
        Value::Object(all) => {
            let mut found = Members::new();
            for (key, value) in all {
                let below: Vec<&[&str]> = paths.iter().filter(|it| it[0] == key).map(|it| &it[1..]).collect();
                if !below.is_empty() {
                    found.insert(key.clone(), project(value, &below));
                }
            }
            Value::Object(found)
        }
        // An empty element of XML: a list without elements, or a structure without members.
        Value::String(text) if text.trim().is_empty() => Value::String(String::new()),
        _ => Value::Null,
    }
}

/// The error's code and message in an answer that is no success; `None` where it names none.
pub fn error_of(call: &Call, header: Option<&str>, body: &[u8]) -> Option<(String, String)> {
    let text = |tree: &Value, names: &[&str]| names.iter().find_map(|it| tree.get(it)?.as_str().map(str::to_owned));
    let (code, message) = match call.service.protocol {
        Protocol::Json { .. } | Protocol::RestJson => {
            let tree: Value = serde_json::from_slice(body).unwrap_or_default();
            (header.map(str::to_owned).or_else(|| text(&tree, &["__type", "code", "Code"])), text(&tree, &["message", "Message", "errorMessage"]))
        }
        Protocol::Query | Protocol::Ec2 | Protocol::RestXml => {
            let tree = xml::read(body).unwrap_or_default();
            let nested = tree.get("Errors").and_then(|it| it.get("Error"));
            let error = tree.get("Error").or(nested).unwrap_or(&tree);
            (text(error, &["Code"]), text(error, &["Message"]))
        }
    };
    // `com.amazonaws.x#AccessDeniedException:http://...`
    let code = code?;
    let code = code.split(':').next()?.rsplit('#').next()?.to_owned();
    (!code.is_empty()).then(|| (code, message.unwrap_or_default()))
}

/// The first characters of a body, fit for a message.
pub fn begin(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(&body[..body.len().min(48)]);
    if text.trim().is_empty() { "nothing".to_owned() } else { format!("{:?}", text.trim()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calls::{ec2::DESCRIBE_VOLUMES, ecr::DESCRIBE_REGISTRY, iam::GET_ROLE, secretsmanager::DESCRIBE_SECRET};

    #[test]
    fn only_what_is_declared_is_kept() {
        let body = br#"{"ARN": "a", "Name": "n", "SecretString": "hunter2", "ReplicationStatus": [{"Region": "eu-west-1", "StatusMessage": "x"}]}"#;
        let it = read(&DESCRIBE_SECRET, body).unwrap();
        assert_eq!(it.to_string(), r#"{"ARN":"a","Name":"n","ReplicationStatus":[{"Region":"eu-west-1"}]}"#);
    }

    #[test]
    fn a_result_is_unwrapped_and_a_list_is_a_list() {
        let it = read(&GET_ROLE, b"<GetRoleResponse><GetRoleResult><Role><RoleName>a</RoleName><Path>/</Path></Role></GetRoleResult></GetRoleResponse>");
        assert_eq!(it.unwrap().to_string(), r#"{"Role":{"RoleName":"a"}}"#);
        let it = read(&DESCRIBE_VOLUMES, b"<R><volumeSet><item><volumeId>v</volumeId></item></volumeSet></R>").unwrap();
        assert_eq!(it.to_string(), r#"{"volumeSet":[{"volumeId":"v"}]}"#);
    }

    #[test]
    fn an_answer_that_says_nothing_is_no_empty_list() {
        for body in [&b""[..], b"{}", b"<html>", b"null", b"[]", b"{\"replicationConfiguration\": {", b"\xff\xfe"] {
            assert!(matches!(read(&DESCRIBE_REGISTRY, body), Err(Failure::Undecodable { .. })), "{body:?}");
            assert!(matches!(read(&DESCRIBE_VOLUMES, body), Err(Failure::Undecodable { .. })), "{body:?}");
        }
        assert!(read(&DESCRIBE_VOLUMES, b"<R><volumeSet><item><volumeId>v</volumeId></item>").is_err(), "a body that was cut off");
        assert_eq!(read(&DESCRIBE_VOLUMES, b"<R><volumeSet/></R>").unwrap().to_string(), r#"{"volumeSet":""}"#);
    }

    #[test]
    fn errors_are_told_in_every_protocol() {
        let json = error_of(&DESCRIBE_SECRET, None, br#"{"__type": "com.amazonaws#ResourceNotFoundException", "Message": "no"}"#);
        assert_eq!(json, Some(("ResourceNotFoundException".to_owned(), "no".to_owned())));
        let by_header = error_of(&DESCRIBE_SECRET, Some("AccessDeniedException:http://internal.amazon.com/x"), b"");
        assert_eq!(by_header.map(|it| it.0).as_deref(), Some("AccessDeniedException"));
        let query = error_of(&GET_ROLE, None, b"<ErrorResponse><Error><Code>NoSuchEntity</Code><Message>gone</Message></Error></ErrorResponse>");
        assert_eq!(query, Some(("NoSuchEntity".to_owned(), "gone".to_owned())));
        let ec2 = error_of(&DESCRIBE_VOLUMES, None, b"<Response><Errors><Error><Code>RequestLimitExceeded</Code></Error></Errors></Response>");
        assert_eq!(ec2.map(|it| it.0).as_deref(), Some("RequestLimitExceeded"));
        assert_eq!(error_of(&DESCRIBE_SECRET, None, b"<html>Bad Gateway</html>"), None);
    }
}
