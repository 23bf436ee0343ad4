//! Configuration, secrets without their values, and where secrets come from.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};

use crate::pod::lean;
use crate::secret_text::Literal;
use crate::text::{Labels, Text, TextMap};
use crate::workload::Condition;

/// `v1.Secret`: its keys and sizes. There is no field for values: what cannot be stored cannot leak.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Secret {
    /// `type`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<Text>,
    /// Length of each value in bytes of its written form, by key.
    #[serde(skip_serializing_if = "crate::pod::is_default")]
    pub keys: TextMap<u32>,
    /// Keys whose value is written in the document (not a placeholder, not empty).
    #[serde(skip_serializing_if = "crate::pod::is_default")]
    pub literal_keys: Vec<Text>,
    /// Keys of `stringData`; the others stand in `data`.
    #[serde(skip_serializing_if = "crate::pod::is_default")]
    pub string_keys: Vec<Text>,
    /// `immutable`.
    #[serde(skip_serializing_if = "crate::pod::is_default")]
    pub immutable: bool,
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize, Default)]
        #[serde(rename_all = "camelCase", default)]
        struct Written {
            #[serde(rename = "type")]
            kind: Option<Text>,
            data: TextMap<Seen>,
            string_data: TextMap<Seen>,
            keys: TextMap<u32>,
            literal_keys: Vec<Text>,
            string_keys: Vec<Text>,
            immutable: Option<bool>,
        }
        let it = Written::deserialize(deserializer)?;
        let mut keys = it.keys;
        let mut literal_keys = it.literal_keys;
        for (key, seen) in it.data.iter().chain(it.string_data.iter()) {
            keys.insert(key.clone(), seen.len);
            if seen.literal {
                literal_keys.push(key.clone());
            }
        }
        literal_keys.sort();
        literal_keys.dedup();
        let mut string_keys = it.string_keys;
        string_keys.extend(it.string_data.iter().map(|(key, _)| key.clone()));
        Ok(Self { kind: it.kind, keys, literal_keys, string_keys, immutable: it.immutable.unwrap_or(false) })
    }
}

/// A secret's value, looked at and let go.
#[derive(Clone, Debug, PartialEq)]
struct Seen {
    len: u32,
    literal: bool,
}

impl<'de> Deserialize<'de> for Seen {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SeenVisitor;
        impl serde::de::Visitor<'_> for SeenVisitor {
            type Value = Seen;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a secret's value")
            }
            fn visit_str<E>(self, it: &str) -> Result<Seen, E> {
                let template = it.contains("{{") || it.contains("${") || (it.starts_with('<') && it.ends_with('>'));
                Ok(Seen { len: u32::try_from(it.len()).unwrap_or(u32::MAX), literal: !it.trim().is_empty() && !template })
            }
            fn visit_i64<E: serde::de::Error>(self, it: i64) -> Result<Seen, E> {
                self.visit_str(&it.to_string())
            }
            fn visit_u64<E: serde::de::Error>(self, it: u64) -> Result<Seen, E> {
                self.visit_str(&it.to_string())
            }
            fn visit_bool<E: serde::de::Error>(self, it: bool) -> Result<Seen, E> {
                self.visit_str(&it.to_string())
            }
            fn visit_f64<E: serde::de::Error>(self, it: f64) -> Result<Seen, E> {
                self.visit_str(&it.to_string())
            }
        }
        deserializer.deserialize_any(SeenVisitor)
    }
}

/// `v1.ConfigMap`: each value classified when read.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConfigMap {
    /// Values by key.
    #[serde(skip_serializing_if = "crate::pod::is_default")]
    pub data: TextMap<Literal>,
    /// Keys of `binaryData`.
    #[serde(skip_serializing_if = "crate::pod::is_default")]
    pub binary_keys: Vec<Text>,
    /// `immutable`.
    #[serde(skip_serializing_if = "crate::pod::is_default")]
    pub immutable: bool,
}

impl<'de> Deserialize<'de> for ConfigMap {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize, Default)]
        #[serde(rename_all = "camelCase", default)]
        struct Written {
            data: TextMap<crate::pod::Raw>,
            binary_data: TextMap<serde::de::IgnoredAny>,
            binary_keys: Vec<Text>,
            immutable: Option<bool>,
        }
        let it = Written::deserialize(deserializer)?;
        let data = it
            .data
            .iter()
            .map(|(key, raw)| {
                let literal = match raw {
                    crate::pod::Raw::Kept(literal) => literal.clone(),
                    crate::pod::Raw::Written(text) => Literal::classify(key, text),
                };
                (key.clone(), literal)
            })
            .collect();
        let mut binary_keys = it.binary_keys;
        binary_keys.extend(it.binary_data.iter().map(|(key, _)| key.clone()));
        Ok(Self { data, binary_keys, immutable: it.immutable.unwrap_or(false) })
    }
}

lean! {
/// `v1.Namespace`.
pub struct Namespace {
    pub status: crate::kinds::storage::Phase,
}

/// `external-secrets.io` ExternalSecret; ClusterExternalSecret wraps one in `spec.externalSecretSpec`.
pub struct ExternalSecret {
    pub spec: ExternalSecretSpec,
    pub status: ExternalSecretStatus,
}
pub struct ExternalSecretSpec {
    pub secret_store_ref: StoreRef,
    pub refresh_interval: Option<Text>,
    pub refresh_policy: Option<Text>,
    pub target: ExternalSecretTarget,
    pub data: Vec<ExternalData>,
    pub data_from: Vec<ExternalDataFrom>,
    pub external_secret_spec: Option<Box<ExternalSecretSpec>>,
    pub namespaces: Vec<Text>,
}
pub struct StoreRef {
    pub name: Text,
    pub kind: Option<Text>,
}
pub struct ExternalSecretTarget {
    pub name: Option<Text>,
    pub creation_policy: Option<Text>,
    pub deletion_policy: Option<Text>,
}
pub struct ExternalData {
    pub secret_key: Text,
    pub remote_ref: RemoteRef,
    pub source_ref: Option<SourceRef>,
}
pub struct SourceRef {
    pub store_ref: Option<StoreRef>,
    pub generator_ref: Option<crate::pod::Ignored>,
}
pub struct RemoteRef {
    pub key: Text,
    pub property: Option<Text>,
    pub version: Option<Text>,
}
pub struct ExternalDataFrom {
    pub extract: Option<RemoteRef>,
    pub find: Option<FindRef>,
    pub source_ref: Option<SourceRef>,
}
pub struct FindRef {
    pub path: Option<Text>,
    pub tags: Labels,
}
pub struct ExternalSecretStatus {
    pub refresh_time: Option<Timestamp>,
    pub synced_resource_version: Option<Text>,
    pub conditions: Vec<Condition>,
}

/// `external-secrets.io` SecretStore and ClusterSecretStore.
pub struct SecretStore {
    pub spec: SecretStoreSpec,
    pub status: crate::kinds::traffic::ConditionsOnly,
}
pub struct SecretStoreSpec {
    pub provider: StoreProvider,
    pub controller: Option<Text>,
    pub conditions: Vec<StoreCondition>,
}
pub struct StoreCondition {
    pub namespaces: Vec<Text>,
    pub namespace_selector: Option<crate::selector::LabelSelector>,
}
pub struct StoreProvider {
    pub aws: Option<AwsProvider>,
    pub vault: Option<crate::pod::Ignored>,
    pub gcpsm: Option<crate::pod::Ignored>,
    pub azurekv: Option<crate::pod::Ignored>,
    pub fake: Option<crate::pod::Ignored>,
    pub kubernetes: Option<crate::pod::Ignored>,
}
pub struct AwsProvider {
    pub service: Option<Text>,
    pub region: Option<Text>,
    pub role: Option<Text>,
    pub auth: Option<AwsAuth>,
    pub session_tags: Vec<crate::pod::Ignored>,
}
pub struct AwsAuth {
    pub secret_ref: Option<AwsSecretRef>,
    pub jwt: Option<AwsJwt>,
}
pub struct AwsSecretRef {
    #[serde(rename = "accessKeyIDSecretRef")]
    pub access_key_id_secret_ref: Option<crate::pod::KeyRef>,
    pub secret_access_key_secret_ref: Option<crate::pod::KeyRef>,
}
pub struct AwsJwt {
    pub service_account_ref: Option<ServiceAccountRef>,
}
pub struct ServiceAccountRef {
    pub name: Text,
    pub namespace: Option<Text>,
}
}
