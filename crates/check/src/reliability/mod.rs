//! Table Reliability: requests, probes, budgets, replicas, rollouts.

cards! {
    pdb_missing,
    readiness_probe_missing,
}
