//! Ingresses and their classes.

use super::judge::Judge;
use super::syntax;
use crate::at::At;

/// The annotation that classes replaced.
const CLASS: &str = "kubernetes.io/ingress.class";

/// Judges an Ingress.
pub(super) fn ingress(it: &mut Judge<'_>, object: &At<'_, '_>) {
    let (spec, metadata) = (object.key("spec"), object.key("metadata"));
    let (rules, fallback) = (spec.key("rules"), spec.key("defaultBackend"));
    if rules.is_empty() && !fallback.is_set() {
        it.require(&rules, "rules or a `defaultBackend`");
    }
    let class = spec.key("ingressClassName");
    it.subdomain(&class);
    let annotations = metadata.key("annotations");
    let annotation = annotations.key(CLASS);
    if class.is_set() && annotation.is_set() && annotation.str() != class.str() {
        it.refuse(&class, format!("`ingressClassName` must equal the annotation {CLASS} when both are set"));
    }
    backend(it, &fallback);
    for rule in rules.items() {
        host(it, &rule.key("host"));
        for path in rule.key("http").key("paths").items() {
            self::path(it, &path);
        }
    }
    for tls in spec.key("tls").items() {
        it.subdomain(&tls.key("secretName"));
        for name in tls.key("hosts").items() {
            it.notation(&name, syntax::is_wildcard_or_subdomain, "a host name, or `*.` before one");
        }
    }
}

fn host(it: &mut Judge<'_>, host: &At<'_, '_>) {
    if syntax::is_ip(host.str()) {
        it.refuse(host, "`host` must be a name, not an IP address");
        return;
    }
    it.notation(host, syntax::is_wildcard_or_subdomain, "a host name, or `*.` before one");
}

fn path(it: &mut Judge<'_>, at: &At<'_, '_>) {
    let (kind, path) = (at.key("pathType"), at.key("path"));
    it.one_of(&kind, &["Exact", "Prefix", "ImplementationSpecific"]);
    let is_strict = matches!(kind.str(), "Exact" | "Prefix");
    if is_strict && !path.str().starts_with('/') {
        it.refuse(&path, format!("`path` must begin with `/` with `pathType: {}`", kind.str()));
    }
    let text = path.str().to_lowercase();
    let has_trick = ["//", "/./", "/../", "%2f", "%5c"].iter().any(|it| text.contains(it)) || text.ends_with("/..") || text.ends_with("/.");
    if is_strict && has_trick {
        it.refuse(&path, "`path` must not contain `//`, `/./`, `/../`, `%2f` or `%5c`");
    }
    if kind.str() == "ImplementationSpecific" && !path.is_empty() && !path.str().starts_with('/') {
        it.refuse(&path, "`path` must begin with `/`");
    }
    backend(it, &at.key("backend"));
}

fn backend(it: &mut Judge<'_>, at: &At<'_, '_>) {
    if !at.is_map() {
        return;
    }
    let (service, resource) = (at.key("service"), at.key("resource"));
    if service.is_set() == resource.is_set() {
        it.refuse(at, "a backend must have either a `service` or a `resource`");
    }
    if !service.is_map() {
        return;
    }
    it.label(&service.key("name"));
    let port = service.key("port");
    let (name, number) = (port.key("name"), port.key("number"));
    match (!name.is_empty(), number.is_set()) {
        (true, true) => it.refuse(&port, "a port must have either a `name` or a `number`"),
        (false, false) => it.require(&number, "which port of the service"),
        (false, true) => it.range(&number, 1, 65_535),
        (true, false) => it.port(&name),
    }
}

/// Judges an IngressClass's spec.
pub(super) fn class(it: &mut Judge<'_>, spec: &At<'_, '_>) {
    let controller = spec.key("controller");
    it.require(&controller, "which controller serves the class");
    if controller.str().len() > 250 {
        it.refuse(&controller, "`controller` must have at most 250 characters");
    }
    it.notation(
        &controller,
        |it| it.split_once('/').is_some_and(|(domain, path)| syntax::is_subdomain(domain) && !path.is_empty()),
        "a path with a domain before it, such as ingress.k8s.aws/alb",
    );
    let parameters = spec.key("parameters");
    it.subdomain(&parameters.key("apiGroup"));
    it.one_of(&parameters.key("scope"), &["Cluster", "Namespace"]);
    match parameters.key("scope").str() {
        "Namespace" => it.require(&parameters.key("namespace"), "with `scope: Namespace`"),
        _ => it.forbid(&parameters.key("namespace"), "unless `scope` is Namespace"),
    }
}
