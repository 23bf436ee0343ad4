//! Answers and errors, written in each protocol.

use seatrial_aws::{Call, Protocol};
use serde_json::{Value, json};

/// Status, type and text of an answer.
pub struct Written {
    pub status: u16,
    pub kind: &'static str,
    pub body: String,
}

/// A success.
pub fn success(call: &Call, answer: &Value) -> Written {
    let operation = call.operation;
    match call.service.protocol {
        Protocol::Json { .. } | Protocol::RestJson => Written { status: 200, kind: "application/json", body: answer.to_string() },
        Protocol::Query => {
            let body =
                format!("<{operation}Response xmlns=\"http://x/\"><{operation}Result>{}</{operation}Result></{operation}Response>", inner(answer, "member"));
            Written { status: 200, kind: "text/xml", body }
        }
        Protocol::Ec2 => xml(operation, &inner(answer, "item")),
        Protocol::RestXml => xml(operation, &inner(answer, "HealthCheck")),
    }
}

fn xml(operation: &str, inner: &str) -> Written {
    let body = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{operation}Response xmlns=\"http://x/\">{inner}</{operation}Response>");
    Written { status: 200, kind: "text/xml", body }
}

/// An error of the service.
pub fn error(call: &Call, status: u16, code: &str, message: &str) -> Written {
    let (code_, message_) = (escaped(code), escaped(message));
    match call.service.protocol {
        Protocol::Json { .. } | Protocol::RestJson => {
            Written { status, kind: "application/json", body: json!({"__type": format!("com.amazonaws.fake#{code}"), "message": message}).to_string() }
        }
        Protocol::Query | Protocol::RestXml => {
            let body = format!("<ErrorResponse><Error><Type>Sender</Type><Code>{code_}</Code><Message>{message_}</Message></Error></ErrorResponse>");
            Written { status, kind: "text/xml", body }
        }
        Protocol::Ec2 => {
            let body = format!("<Response><Errors><Error><Code>{code_}</Code><Message>{message_}</Message></Error></Errors></Response>");
            Written { status, kind: "text/xml", body }
        }
    }
}

/// The word that the service has for a call that IAM denies.
pub fn denied(call: &Call) -> Written {
    let code = match call.service.protocol {
        Protocol::Ec2 => "UnauthorizedOperation",
        Protocol::Query | Protocol::RestXml => "AccessDenied",
        Protocol::Json { .. } | Protocol::RestJson => "AccessDeniedException",
    };
    error(call, if call.service.name == "ec2" { 403 } else { 400 }, code, &format!("User is not authorized to perform: {}", call.action()))
}

/// The word that the service has for too many calls.
pub fn throttled(call: &Call) -> Written {
    match call.service.protocol {
        Protocol::Ec2 => error(call, 503, "RequestLimitExceeded", "Request limit exceeded."),
        Protocol::Query | Protocol::RestXml => error(call, 400, "Throttling", "Rate exceeded"),
        Protocol::RestJson => error(call, 429, "TooManyRequestsException", "Too Many Requests"),
        Protocol::Json { .. } => error(call, 400, "ThrottlingException", "Rate exceeded"),
    }
}

/// The word that the service has for what does not exist.
pub fn missing(call: &Call) -> Written {
    let code = match (call.service.name, call.operation) {
        ("iam", _) => "NoSuchEntity",
        ("sqs", _) => "AWS.SimpleQueueService.NonExistentQueue",
        ("elbv2", "DescribeListeners") => "LoadBalancerNotFound",
        ("ecr", "GetLifecyclePolicy") => "LifecyclePolicyNotFoundException",
        ("ecr", "DescribeImages") => "ImageNotFoundException",
        ("ecr", "DescribeImageScanFindings") => "ScanNotFoundException",
        ("ecr", _) => "RepositoryNotFoundException",
        _ => "ResourceNotFoundException",
    };
    error(call, if call.service.protocol == Protocol::RestJson { 404 } else { 400 }, code, "it does not exist")
}

fn inner(value: &Value, item: &str) -> String {
    match value {
        Value::Object(all) => all.iter().filter(|it| !it.1.is_null()).map(|(key, value)| format!("<{key}>{}</{key}>", inner(value, item))).collect(),
        Value::Array(all) => all.iter().map(|value| format!("<{item}>{}</{item}>", inner(value, item))).collect(),
        Value::String(text) => escaped(text),
        other => other.to_string(),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
