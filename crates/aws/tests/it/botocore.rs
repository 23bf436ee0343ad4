//! Every declaration, held against the service models that AWS publishes in botocore.

use std::collections::BTreeSet;
use std::path::PathBuf;

use seatrial_aws::{Call, Protocol, Service, calls};
use serde_json::Value;

/// The folder with botocore's `data`; `None`, with words, where it was not installed. Under `CI=true` that is a failure.
pub fn data() -> Option<PathBuf> {
    let found = std::env::var_os("SEATRIAL_BOTOCORE").map(|it| PathBuf::from(it).join("botocore/data")).filter(|it| it.is_dir());
    if found.is_none() {
        assert!(std::env::var("CI").is_err(), "CI must hold the declarations against botocore: `cargo xtask test` installs it");
        eprintln!("skipped: no botocore; `cargo xtask test` installs it and sets SEATRIAL_BOTOCORE");
    }
    found
}

/// A JSON file, compressed or not.
pub fn read(path: PathBuf) -> Option<Value> {
    if let Ok(text) = std::fs::read(&path) {
        return Some(serde_json::from_slice(&text).expect("a model is JSON"));
    }
    let file = std::fs::File::open(path.with_extension("json.gz")).ok()?;
    Some(serde_json::from_reader(std::io::BufReader::new(flate2::read::GzDecoder::new(file))).expect("a model is JSON"))
}

/// A service's model and its paginators.
pub struct Model {
    pub service: Value,
    pages: Value,
}

impl Model {
    pub fn of(service: &Service) -> Option<Self> {
        let folder = data()?.join(service.name).join(service.version);
        let pages = read(folder.join("paginators-1.json")).unwrap_or_default();
        Some(Self { service: read(folder.join("service-2.json")).unwrap_or_else(|| panic!("no model of {} {}", service.name, service.version)), pages })
    }

    fn operation(&self, call: &Call) -> &Value {
        &self.service["operations"][call.operation]
    }

    pub fn shape(&self, name: &Value) -> &Value {
        &self.service["shapes"][name.as_str().unwrap_or_default()]
    }

    pub fn output(&self, call: &Call) -> &Value {
        self.shape(&self.operation(call)["output"]["shape"])
    }
}

/// How a member of a request is spelt on the wire.
fn sent_name(protocol: Protocol, name: &str, member: &Value) -> String {
    let located = member["locationName"].as_str();
    match protocol {
        // EC2 spells with a capital what its answers spell without.
        Protocol::Ec2 => member["queryName"].as_str().map(str::to_owned).unwrap_or_else(|| {
            let it = located.unwrap_or(name);
            it[..1].to_uppercase() + &it[1..]
        }),
        _ => located.unwrap_or(name).to_owned(),
    }
}

/// How a member of an answer is spelt on the wire.
pub fn read_name<'a>(name: &'a str, member: &'a Value) -> &'a str {
    member["locationName"].as_str().unwrap_or(name)
}

fn is_xml(protocol: Protocol) -> bool {
    matches!(protocol, Protocol::Query | Protocol::Ec2 | Protocol::RestXml)
}

fn fault_of_service(service: &Service, model: &Model) -> Vec<String> {
    let meta = &model.service["metadata"];
    let word = |key: &str| meta[key].as_str().unwrap_or_default();
    let spoken: Vec<&str> = meta["protocols"].as_array().map_or_else(|| vec![word("protocol")], |all| all.iter().filter_map(Value::as_str).collect());
    let (ours, details) = match service.protocol {
        Protocol::Json { version, target } => ("json", vec![("jsonVersion", version), ("targetPrefix", target)]),
        Protocol::RestJson => ("rest-json", vec![]),
        Protocol::RestXml => ("rest-xml", vec![]),
        Protocol::Query => ("query", vec![]),
        Protocol::Ec2 => ("ec2", vec![]),
    };
    let signing = meta["signingName"].as_str().unwrap_or_else(|| word("endpointPrefix"));
    let mut wanted = vec![("serviceId", service.id), ("endpointPrefix", service.prefix), ("apiVersion", service.version)];
    wanted.extend(details);
    let mut wrong: Vec<String> = wanted.iter().filter(|(key, ours)| word(key) != *ours).map(|(key, ours)| format!("{key}: {ours} is {}", word(key))).collect();
    if !spoken.contains(&ours) {
        wrong.push(format!("it speaks {spoken:?}, not {ours}"));
    }
    if signing != service.signing {
        wrong.push(format!("it signs as {signing}, not {}", service.signing));
    }
    if ![service.prefix, service.signing, service.name, &service.name.replace('-', "")].contains(&service.iam) {
        wrong.push(format!("its actions hardly begin with {}", service.iam));
    }
    wrong.into_iter().map(|it| format!("{}: {it}", service.name)).collect()
}

fn faults_of_call(call: &Call, model: &Model) -> Vec<String> {
    let operation = model.operation(call);
    if operation.is_null() {
        return vec!["there is no such operation".to_owned()];
    }
    let mut wrong = Vec::new();
    let http = (operation["http"]["method"].as_str().unwrap_or_default(), operation["http"]["requestUri"].as_str().unwrap_or_default());
    if http != call.route {
        wrong.push(format!("its route is {http:?}"));
    }
    faults_of_request(call, model, &mut wrong);
    faults_of_paging(call, model, &mut wrong);
    faults_of_answer(call, model, &mut wrong);
    wrong
}

fn faults_of_request(call: &Call, model: &Model, wrong: &mut Vec<String>) {
    let input = model.shape(&model.operation(call)["input"]["shape"]);
    let empty = serde_json::Map::new();
    let members = input["members"].as_object().unwrap_or(&empty);
    let wire = |name: &str| sent_name(call.service.protocol, name, &members[name]);
    let known: BTreeSet<String> = members.keys().map(|it| wire(it)).collect();
    let paging = call.paging.iter().flat_map(|it| [Some(it.send), it.size.map(|it| it.0)]).flatten();
    for it in call.send.iter().copied().chain(paging) {
        if !known.contains(it) {
            wrong.push(format!("it takes no {it}"));
        }
    }
    for it in input["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if !call.send.contains(&wire(it).as_str()) {
            wrong.push(format!("it needs {it}"));
        }
    }
    for (name, member) in members.iter().filter(|it| it.1["location"] == "uri") {
        if !call.route.1.contains(&format!("{{{}}}", wire(name))) {
            wrong.push(format!("{name} goes into the path: {member}"));
        }
    }
}

fn faults_of_paging(call: &Call, model: &Model, wrong: &mut Vec<String>) {
    let declared = &model.pages["pagination"][call.operation];
    let input = model.shape(&model.operation(call)["input"]["shape"]);
    let sent = |key: &str| {
        let name = declared[key].as_str().unwrap_or_default();
        sent_name(call.service.protocol, name, &input["members"][name])
    };
    let Some(paging) = call.paging else {
        // One page on purpose asks for its size.
        let one_page = declared.is_null() || call.send.contains(&sent("limit_key").as_str()) || call.send.iter().any(|it| it.ends_with("Names"));
        if !one_page && !call.send.contains(&"imageIds") {
            wrong.push("it has pages".to_owned());
        }
        return;
    };
    if declared.is_null() {
        return wrong.push("it has no pages".to_owned());
    }
    let output = model.output(call);
    let token = declared["output_token"].as_str().unwrap_or_default();
    let read = read_name(token, &output["members"][token]);
    if (paging.send, paging.read) != (sent("input_token").as_str(), read) {
        wrong.push(format!("its pages go on from {read} to {}", sent("input_token")));
    }
    if let Some((name, size)) = paging.size {
        let key = declared["limit_key"].as_str().unwrap_or_default();
        let limit = model.shape(&input["members"][key]["shape"]);
        if name != sent("limit_key") {
            wrong.push(format!("a page's size is called {}", sent("limit_key")));
        }
        let bound = |key: &str| limit[key].as_u64();
        if bound("max").is_some_and(|it| u64::from(size) > it) || bound("min").is_some_and(|it| u64::from(size) < it) {
            wrong.push(format!("a page has {:?} to {:?} elements", bound("min"), bound("max")));
        }
    }
}

fn faults_of_answer(call: &Call, model: &Model, wrong: &mut Vec<String>) {
    let output = model.output(call);
    for path in call.must.iter().chain(call.keep) {
        let mut shape = output;
        for key in path.split('.') {
            while shape["type"] == "list" {
                if is_xml(call.service.protocol) {
                    let element = shape["member"]["locationName"].as_str().unwrap_or("member");
                    if shape["flattened"] == true || !["item", "member", "HealthCheck"].contains(&element) {
                        wrong.push(format!("elements of a list in {path} are called {element}"));
                    }
                }
                shape = model.shape(&shape["member"]["shape"]);
            }
            let member = shape["members"].as_object().and_then(|all| all.iter().find(|(name, it)| read_name(name, it) == key));
            match member {
                Some((_, it)) => shape = model.shape(&it["shape"]),
                None => {
                    wrong.push(format!("its answer has no {path} (at {key})"));
                    break;
                }
            }
        }
        let is_kept = call.keep.contains(path);
        let leaf = if shape["type"] == "list" { model.shape(&shape["member"]["shape"]) } else { shape };
        if is_kept && leaf["type"] == "structure" {
            wrong.push(format!("{path} is a whole structure: name the members"));
        }
        if is_kept && leaf["sensitive"] == true {
            wrong.push(format!("{path} is secret"));
        }
    }
    if let Some(paging) = call.paging
        && call.must.is_some_and(|must| !output["members"].as_object().is_some_and(|all| all.iter().any(|(name, it)| read_name(name, it) == must)))
    {
        wrong.push(format!("its pages (from {}) hold no {:?}", paging.read, call.must));
    }
}

#[test]
fn every_declaration_is_as_aws_describes_it() {
    if data().is_none() {
        return;
    }
    let mut wrong = BTreeSet::new();
    let mut count = 0;
    for call in calls::all() {
        let model = Model::of(call.service).unwrap();
        wrong.extend(fault_of_service(call.service, &model));
        wrong.extend(faults_of_call(call, &model).into_iter().map(|it| format!("{}: {it}", call.action())));
        count += 1;
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(count > 55, "{count} declarations");
}

#[test]
fn nothing_that_changes_or_opens_anything_is_declared() {
    for call in calls::all() {
        let reads = ["Get", "List", "Describe"].iter().any(|it| call.operation.starts_with(it));
        assert!(reads, "{}", call.action());
        assert!(!["GetSecretValue", "GetAuthorizationToken", "ReceiveMessage", "GetLogEvents", "GetParameter"].contains(&call.operation), "{}", call.action());
    }
}

#[test]
fn a_wrong_declaration_is_seen() {
    if data().is_none() {
        return;
    }
    let right = calls::all().find(|it| it.operation == "DescribeNodegroup").unwrap();
    let model = Model::of(right.service).unwrap();
    let call = |send, keep, must, route| Call { service: right.service, operation: right.operation, resources: &["*"], route, send, paging: None, must, keep };
    let faults = |it: &Call| faults_of_call(it, &model).len();
    assert_eq!(faults(&call(right.send, right.keep, right.must, right.route)), 0);
    assert!(faults(&call(&["name"], right.keep, right.must, right.route)) > 0, "a member that it needs");
    assert!(faults(&call(&["name", "nodegroupName", "x"], right.keep, right.must, right.route)) > 0, "a member that it has not");
    assert!(faults(&call(right.send, &["nodegroup.taints.colour"], right.must, right.route)) > 0, "a field that it has not");
    assert!(faults(&call(right.send, &["nodegroup.taints"], right.must, right.route)) > 0, "a whole structure");
    assert!(faults(&call(right.send, right.keep, Some("nodegroups"), right.route)) > 0, "a member that must be there");
    assert!(faults(&call(right.send, right.keep, right.must, ("GET", "/clusters"))) > 0, "another path, and members that belong into it");
    let paged = calls::all().find(|it| it.operation == "ListNodegroups").unwrap();
    let page = |paging| Call {
        service: paged.service,
        operation: paged.operation,
        resources: &["*"],
        route: paged.route,
        send: paged.send,
        paging,
        must: paged.must,
        keep: paged.keep,
    };
    assert!(faults(&page(None)) > 0, "pages that are not followed");
    let paging = seatrial_aws::Paging { send: "nextToken", read: "next", size: Some(("maxResults", 1000)) };
    assert!(faults(&page(Some(paging))) > 0, "another token, and too large a page");
}
