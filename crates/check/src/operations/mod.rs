//! Table Operations: backups, upgrades, runbooks, access.

cards! {}
