//! Databases, told by their images.

use seatrial_model::Container;

/// A database whose image is known.
pub(crate) struct DataStore {
    /// Last part of the image's name.
    image: &'static str,
    /// As people call it.
    pub name: &'static str,
    /// Folder in which the image keeps its data; mounts above or below it count.
    pub data: &'static str,
    /// Word that starts the server, where a command is given.
    server: &'static str,
    /// AWS service that runs it for you.
    pub managed: &'static str,
    /// Whether losing its data is normal: a cache.
    pub is_cache: bool,
}

const fn store(image: &'static str, name: &'static str, data: &'static str, server: &'static str, managed: &'static str) -> DataStore {
    DataStore { image, name, data, server, managed, is_cache: false }
}

const fn cache(image: &'static str, name: &'static str, data: &'static str, server: &'static str) -> DataStore {
    DataStore { image, name, data, server, managed: "Amazon ElastiCache", is_cache: true }
}

static KNOWN: &[DataStore] = &[
    store("postgres", "PostgreSQL", "/var/lib/postgresql", "postgres", "Amazon RDS or Aurora"),
    store("postgis", "PostgreSQL", "/var/lib/postgresql", "postgres", "Amazon RDS or Aurora"),
    store("timescaledb", "PostgreSQL", "/var/lib/postgresql", "postgres", "Amazon RDS or Aurora"),
    store("pgvector", "PostgreSQL", "/var/lib/postgresql", "postgres", "Amazon RDS or Aurora"),
    store("postgresql", "PostgreSQL", "/bitnami/postgresql", "postgres", "Amazon RDS or Aurora"),
    store("mysql", "MySQL", "/var/lib/mysql", "mysqld", "Amazon RDS or Aurora"),
    store("mariadb", "MariaDB", "/var/lib/mysql", "mysqld", "Amazon RDS"),
    store("mongo", "MongoDB", "/data/db", "mongod", "Amazon DocumentDB"),
    store("mongodb", "MongoDB", "/bitnami/mongodb", "mongod", "Amazon DocumentDB"),
    store("elasticsearch", "Elasticsearch", "/usr/share/elasticsearch/data", "elasticsearch", "Amazon OpenSearch Service"),
    store("opensearch", "OpenSearch", "/usr/share/opensearch/data", "opensearch", "Amazon OpenSearch Service"),
    store("cassandra", "Cassandra", "/var/lib/cassandra", "cassandra", "Amazon Keyspaces"),
    store("couchdb", "CouchDB", "/opt/couchdb/data", "couchdb", "Amazon DocumentDB"),
    store("neo4j", "Neo4j", "/data", "neo4j", "Amazon Neptune"),
    store("influxdb", "InfluxDB", "/var/lib/influxdb", "influxd", "Amazon Timestream for InfluxDB"),
    store("clickhouse-server", "ClickHouse", "/var/lib/clickhouse", "clickhouse", "Amazon Redshift"),
    store("rabbitmq", "RabbitMQ", "/var/lib/rabbitmq", "rabbitmq-server", "Amazon MQ"),
    cache("redis", "Redis", "/data", "redis-server"),
    cache("valkey", "Valkey", "/data", "valkey-server"),
    cache("memcached", "Memcached", "/data", "memcached"),
];

/// The database that the container serves; `None` for other images, and where its command starts something else (a client, a dump).
pub(crate) fn data_store(container: &Container) -> Option<&'static DataStore> {
    let name = image_name(&container.image);
    let known = KNOWN.iter().find(|it| it.image == name)?;
    let starts_server = container.command.is_empty() || container.command_line().any(|it| it.contains(known.server) || it.ends_with("docker-entrypoint.sh"));
    starts_server.then_some(known)
}

/// `registry.example/team/postgres:16@sha256:...` -> `postgres`.
fn image_name(image: &str) -> &str {
    let image = image.split('@').next().unwrap_or(image);
    let last = image.rsplit('/').next().unwrap_or(image);
    last.split(':').next().unwrap_or(last)
}

/// The tag's leading number, if it has one.
pub(crate) fn major_version(image: &str) -> Option<u32> {
    let tag = image.split('@').next()?.rsplit('/').next()?.split_once(':')?.1;
    let digits: String = tag.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// Whether a mount at `mount` holds (part of) the folder `data`.
pub(crate) fn holds(mount: &str, data: &str) -> bool {
    let (mount, data) = (mount.trim_end_matches('/'), data.trim_end_matches('/'));
    let below = |inner: &str, outer: &str| inner == outer || inner.strip_prefix(outer).is_some_and(|it| it.starts_with('/'));
    below(mount, data) || below(data, mount)
}
