//! Table Validity: whether the API server accepts the objects, and whether what they name exists.

cards! {
    ignore_expired,
    ignore_unused,
    ignore_without_reason,
}
