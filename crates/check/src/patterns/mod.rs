//! Table Architecture Patterns: the key decisions of the five patterns, and their cost.

cards! {}
