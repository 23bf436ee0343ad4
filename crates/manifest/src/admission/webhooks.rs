//! Webhooks of admission.

use super::judge::Judge;
use super::selectors::selector;
use super::syntax;
use crate::at::At;

/// Judges a webhook configuration.
pub(super) fn judge(it: &mut Judge<'_>, object: &At<'_, '_>, mutates: bool) {
    let webhooks = object.key("webhooks");
    it.unique(&webhooks, "name");
    for webhook in webhooks.items() {
        self::webhook(it, &webhook);
        if mutates {
            it.one_of(&webhook.key("reinvocationPolicy"), &["Never", "IfNeeded"]);
        }
    }
}

fn webhook(it: &mut Judge<'_>, at: &At<'_, '_>) {
    let name = at.key("name");
    it.notation(&name, |it| syntax::is_subdomain(it) && it.split('.').count() >= 3, "a full name of at least three parts, such as check.example.com");
    let client = at.key("clientConfig");
    if client.is_map() {
        it.exactly_one(&client, &["url", "service"]);
    }
    it.notation(&client.key("url"), |it| it.starts_with("https://") && !it.contains(['?', '#']), "an https address without query and fragment");
    let service = client.key("service");
    if service.is_map() {
        it.require(&service.key("name"), "which Service answers");
        it.require(&service.key("namespace"), "where the Service lives");
        it.range(&service.key("port"), 1, 65_535);
        it.notation(&service.key("path"), |it| it.starts_with('/') && !it.contains("//"), "an absolute path");
    }
    it.one_of(&at.key("sideEffects"), &["None", "NoneOnDryRun"]);
    it.one_of(&at.key("failurePolicy"), &["Ignore", "Fail"]);
    it.one_of(&at.key("matchPolicy"), &["Exact", "Equivalent"]);
    it.range(&at.key("timeoutSeconds"), 1, 30);
    let versions = at.key("admissionReviewVersions");
    if !versions.is_empty() && !versions.items().any(|it| matches!(it.str(), "v1" | "v1beta1")) {
        it.refuse(&versions, "`admissionReviewVersions` must hold `v1` or `v1beta1`");
    }
    selector(it, &at.key("namespaceSelector"));
    selector(it, &at.key("objectSelector"));
    for rule in at.key("rules").items() {
        for (field, what) in
            [("operations", "which operations"), ("apiGroups", "which groups"), ("apiVersions", "which versions"), ("resources", "which resources")]
        {
            it.require(&rule.key(field), what);
            for element in rule.key(field).items().filter(|it| field != "apiGroups" && it.is_empty()) {
                it.refuse(&element, format!("`{field}` must not hold an empty name"));
            }
        }
        let operations = rule.key("operations");
        if operations.count() > 1 && operations.items().any(|it| it.str() == "*") {
            it.refuse(&operations, "`*` must stand alone among the `operations`");
        }
        for operation in rule.key("operations").items() {
            it.one_of(&operation, &["CREATE", "UPDATE", "DELETE", "CONNECT", "*"]);
        }
        it.one_of(&rule.key("scope"), &["Cluster", "Namespaced", "*"]);
    }
}
