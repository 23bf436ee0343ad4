//! Requests: which declared call they make, and with which members.

use percent_encoding::percent_decode_str;
use seatrial_aws::{Call, Protocol, calls};
use serde_json::{Map, Value};

/// Members of a request by their wire names.
pub type Members = Map<String, Value>;

/// A request as it came over the wire.
pub struct Wire<'a> {
    pub method: &'a str,
    pub path: &'a str,
    pub query: &'a str,
    pub target: Option<&'a str>,
    pub authorization: &'a str,
    pub body: &'a str,
}

/// The service that the signature is scoped to: `Credential=KEY/date/region/service/aws4_request`.
pub fn signed_for(authorization: &str) -> Option<&str> {
    authorization.strip_prefix("AWS4-HMAC-SHA256 ")?.split("Credential=").nth(1)?.split(',').next()?.split('/').nth(3)
}

/// The declared call that a request makes, and its members.
pub fn understand(wire: &Wire<'_>) -> Option<(&'static Call, Members)> {
    let service = signed_for(wire.authorization)?;
    calls::all().filter(|it| it.service.signing == service).find_map(|call| Some((call, members_of(call, wire)?)))
}

fn members_of(call: &Call, wire: &Wire<'_>) -> Option<Members> {
    match call.service.protocol {
        Protocol::Json { target, .. } => {
            let wanted = format!("{target}.{}", call.operation);
            if wire.target != Some(&wanted) {
                return None;
            }
            serde_json::from_str(wire.body).ok()
        }
        Protocol::Query | Protocol::Ec2 => {
            let mut fields = pairs(wire.body);
            let at = fields.iter().position(|it| it.0 == "Action")?;
            if fields.remove(at).1 != call.operation {
                return None;
            }
            fields.retain(|it| it.0 != "Version");
            Some(unflattened(fields))
        }
        Protocol::RestJson | Protocol::RestXml => {
            let mut members = by_path(call.route.1, wire.path).filter(|_| call.route.0 == wire.method)?;
            members.extend(pairs(wire.query).into_iter().map(|(key, value)| (key, Value::String(value))));
            if let Ok(Value::Object(body)) = serde_json::from_str(wire.body) {
                members.extend(body);
            }
            Some(members)
        }
    }
}

/// Members in a path, where it fits the template.
fn by_path(template: &str, path: &str) -> Option<Members> {
    let (wanted, given): (Vec<&str>, Vec<&str>) = (template.split('/').collect(), path.split('/').collect());
    if wanted.len() != given.len() {
        return None;
    }
    let mut members = Members::new();
    for (wanted, given) in wanted.into_iter().zip(given) {
        match wanted.strip_prefix('{').and_then(|it| it.strip_suffix('}')) {
            Some(name) => {
                members.insert(name.to_owned(), decoded(given).into());
            }
            None if wanted == given => {}
            None => return None,
        }
    }
    Some(members)
}

fn pairs(text: &str) -> Vec<(String, String)> {
    text.split('&').filter(|it| !it.is_empty()).map(|it| it.split_once('=').unwrap_or((it, ""))).map(|(key, value)| (decoded(key), decoded(value))).collect()
}

fn decoded(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}

/// `Filter.1.Value.2=x` back to lists and structures.
fn unflattened(fields: Vec<(String, String)>) -> Members {
    let mut root = Value::Object(Members::new());
    for (key, value) in fields {
        let mut at = &mut root;
        for part in key.split('.').filter(|it| *it != "member") {
            at = match part.parse::<usize>() {
                Ok(index) => {
                    if !at.is_array() {
                        *at = Value::Array(Vec::new());
                    }
                    let Some(list) = at.as_array_mut() else { return Members::new() };
                    while list.len() < index {
                        list.push(Value::Null);
                    }
                    &mut list[index.saturating_sub(1)]
                }
                Err(_) => {
                    if !at.is_object() {
                        *at = Value::Object(Members::new());
                    }
                    let Some(map) = at.as_object_mut() else { return Members::new() };
                    map.entry(part).or_insert(Value::Null)
                }
            };
        }
        *at = Value::String(value);
    }
    root.as_object().cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn auth(service: &str) -> String {
        format!("AWS4-HMAC-SHA256 Credential=AKID/20261124/eu-west-1/{service}/aws4_request, SignedHeaders=host, Signature=0")
    }

    #[test]
    fn requests_of_every_protocol_are_understood() {
        let wire = |service: &str, method, path, target, body| {
            let authorization = auth(service);
            understand(&Wire { method, path, query: "maxResults=5", target, authorization: &authorization, body })
                .map(|(call, it)| (call.action(), Value::Object(it).to_string()))
        };
        let ec2 =
            wire("ec2", "POST", "/", None, "Action=DescribeVolumes&Version=2016-11-15&Filter.1.Name=volume-id&Filter.1.Value.1=vol-1&Filter.1.Value.2=vol%2D2");
        assert_eq!(ec2, Some(("ec2:DescribeVolumes".to_owned(), r#"{"Filter":[{"Name":"volume-id","Value":["vol-1","vol-2"]}]}"#.to_owned())));
        let eks = wire("eks", "GET", "/clusters/shop/access-entries/arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fa", None, "");
        assert_eq!(eks.map(|it| it.0).as_deref(), Some("eks:DescribeAccessEntry"));
        let logs = wire("logs", "POST", "/", Some("Logs_20140328.DescribeLogGroups"), r#"{"limit":50}"#);
        assert_eq!(logs.map(|it| it.1).as_deref(), Some(r#"{"limit":50}"#));
        assert_eq!(wire("s3", "GET", "/", None, ""), None);
    }
}
