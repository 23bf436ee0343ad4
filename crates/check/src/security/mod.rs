//! Table Security: identity, secrets, traffic, permissions.

cards! {}
