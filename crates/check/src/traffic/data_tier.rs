//! Which workloads are databases, caches, brokers: by image and port.

use seatrial_model::Workload;

const IMAGES: [&str; 24] = [
    "postgres",
    "postgresql",
    "mysql",
    "mariadb",
    "mongo",
    "mongodb",
    "redis",
    "valkey",
    "memcached",
    "elasticsearch",
    "opensearch",
    "cassandra",
    "kafka",
    "rabbitmq",
    "etcd",
    "cockroach",
    "clickhouse",
    "clickhouse-server",
    "couchdb",
    "influxdb",
    "neo4j",
    "zookeeper",
    "dynamodb-local",
    "mssql",
];
const PORTS: [i64; 10] = [5432, 3306, 27017, 6379, 11211, 9042, 1433, 2379, 26257, 9092];

/// What kind of data the workload keeps, by the word that gave it away; `None` for everything else.
pub fn data_of(workload: &Workload) -> Option<&'static str> {
    let containers = &workload.pod().containers;
    let by_image = containers.iter().find_map(|it| IMAGES.iter().find(|name| **name == image_name(&it.image)).copied());
    // A port alone may be a proxy's; together with a volume it is a store's.
    by_image.or_else(|| (workload.is_stateful() && containers.iter().flat_map(|it| &it.ports).any(|it| PORTS.contains(&it.container_port))).then_some("data"))
}

/// `docker.io/library/postgres:16@sha256:...` -> `postgres`.
fn image_name(image: &str) -> &str {
    let path = image.split('@').next().unwrap_or("");
    let last = path.rsplit('/').next().unwrap_or("");
    last.split(':').next().unwrap_or("")
}
