//! Table Observability: logs, alarms, metrics.

cards! {}
