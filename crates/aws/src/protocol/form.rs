//! Requests of the Query and EC2 protocols: one flat form.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::Members;
use crate::call::{Call, Protocol};

/// RFC 3986's unreserved characters stay as they are.
pub const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The form of a call.
pub fn write(call: &Call, members: &Members) -> String {
    let mut fields = vec![("Action".to_owned(), call.operation.to_owned()), ("Version".to_owned(), call.service.version.to_owned())];
    for (name, value) in members {
        flatten(name, value, call.service.protocol, &mut fields);
    }
    fields.iter().map(|(key, value)| format!("{}={}", encoded(key), encoded(value))).collect::<Vec<_>>().join("&")
}

/// A text as it stands in a form, a path or a query.
pub fn encoded(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

fn flatten(name: &str, value: &Value, protocol: Protocol, fields: &mut Vec<(String, String)>) {
    match value {
        Value::Array(all) => {
            for (at, it) in all.iter().enumerate() {
                let between = if protocol == Protocol::Ec2 { "" } else { "member." };
                flatten(&format!("{name}.{between}{}", at + 1), it, protocol, fields);
            }
        }
        Value::Object(all) => all.iter().for_each(|(key, it)| flatten(&format!("{name}.{key}"), it, protocol, fields)),
        Value::Null => {}
        Value::String(text) => fields.push((name.to_owned(), text.clone())),
        other => fields.push((name.to_owned(), other.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calls::{autoscaling::DESCRIBE_AUTO_SCALING_GROUPS, ec2::DESCRIBE_VOLUMES};

    #[test]
    fn lists_are_spelt_as_each_protocol_wants() {
        let members = serde_json::json!({"Filter": [{"Name": "volume-id", "Value": ["vol-1", "vol-2"]}]});
        let form = write(&DESCRIBE_VOLUMES, members.as_object().unwrap());
        assert_eq!(form, "Action=DescribeVolumes&Version=2016-11-15&Filter.1.Name=volume-id&Filter.1.Value.1=vol-1&Filter.1.Value.2=vol-2");
        let members = serde_json::json!({"Filters": [{"Name": "tag:a/b", "Values": ["x y"]}], "MaxRecords": 5});
        let form = write(&DESCRIBE_AUTO_SCALING_GROUPS, members.as_object().unwrap());
        let expected =
            "Action=DescribeAutoScalingGroups&Version=2011-01-01&Filters.member.1.Name=tag%3Aa%2Fb&Filters.member.1.Values.member.1=x%20y&MaxRecords=5";
        assert_eq!(form, expected);
    }
}
