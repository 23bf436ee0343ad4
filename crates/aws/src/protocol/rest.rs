//! Requests of the REST protocols: members go into the path, then into the query or the body.

use serde_json::Value;

use super::form::encoded;
use super::{Members, Written};
use crate::call::Call;

pub fn write(call: &Call, members: &Members) -> Written {
    let (method, template) = call.route;
    let mut path = template.to_owned();
    let mut rest = Members::new();
    for (name, value) in members {
        let place = format!("{{{name}}}");
        if path.contains(&place) {
            path = path.replace(&place, &encoded(&plain(value)));
        } else {
            rest.insert(name.clone(), value.clone());
        }
    }
    if method == "GET" {
        let query: Vec<String> = rest.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(&plain(value)))).collect();
        let target = if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) };
        return Written { method, target, headers: Vec::new(), body: String::new() };
    }
    Written { method, target: path, headers: vec![("content-type", "application/json".to_owned())], body: Value::Object(rest).to_string() }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calls::eks::{DESCRIBE_ACCESS_ENTRY, LIST_INSIGHTS, LIST_NODEGROUPS};

    #[test]
    fn members_go_into_path_query_and_body() {
        let members = serde_json::json!({"name": "shop", "principalArn": "arn:aws:iam::1:role/a/b"});
        assert_eq!(write(&DESCRIBE_ACCESS_ENTRY, members.as_object().unwrap()).target, "/clusters/shop/access-entries/arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fa%2Fb");
        let members = serde_json::json!({"name": "shop", "maxResults": 100});
        assert_eq!(write(&LIST_NODEGROUPS, members.as_object().unwrap()).target, "/clusters/shop/node-groups?maxResults=100");
        let members = serde_json::json!({"name": "shop", "filter": {"categories": ["UPGRADE_READINESS"]}});
        let it = write(&LIST_INSIGHTS, members.as_object().unwrap());
        assert_eq!((it.target.as_str(), it.body.as_str()), ("/clusters/shop/insights", r#"{"filter":{"categories":["UPGRADE_READINESS"]}}"#));
    }
}
