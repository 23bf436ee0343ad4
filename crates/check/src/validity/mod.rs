//! Table Validity: whether the API server accepts the objects, and whether what they name exists.

cards! {
}
