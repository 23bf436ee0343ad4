//! Table Validity: whether the API server accepts the objects, and whether what they name exists.

mod problems_of;
mod references_of;

cards! {
    api_deprecated,
    api_removed,
    claim_missing,
    config_map_missing,
    config_unused,
    duplicate_key,
    duplicate_object,
    duplicate_port,
    duplicate_variable,
    field_missing,
    field_unknown,
    ignore_expired,
    ignore_unused,
    ignore_without_reason,
    namespace_missing,
    placeholder_left,
    priority_class_missing,
    pull_secret_missing,
    role_missing,
    secret_missing,
    selectors_overlap,
    service_account_missing,
    value_refused,
    value_wrong_type,
}
