//! Credentials, region, addresses and time-outs, as the official crates find them: environment, profiles, SSO, roles, instance metadata.

use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_http_client::{Builder, Connector};
use aws_smithy_runtime_api::client::http::HttpConnectorSettings;
use aws_types::service_config::ServiceConfigKey;

use crate::Options;
use crate::call::Service;
use crate::failure::Failure;

const CONNECT: Duration = Duration::from_secs(5);
const READ: Duration = Duration::from_secs(30);

/// All that calls need.
pub struct Setup {
    /// The region that is read.
    pub region: String,
    /// The cluster's name, where it is known from the start; remedies name it.
    pub cluster_name: Option<String>,
    /// Where credentials come from.
    pub credentials: Option<SharedCredentialsProvider>,
    /// The connections.
    pub connector: Connector,
    /// Tries of one call.
    pub attempts: u32,
    config: SdkConfig,
}

impl Setup {
    /// Reads environment and profiles. `hint` is the region that the nodes stand in, for want of any other; `emulator` an address where every
    /// service answers, and takes any credentials.
    pub async fn load(options: &Options, hint: Option<&str>, emulator: Option<&str>) -> Result<Self, Failure> {
        let http = Builder::new().build_with_connector_fn(|settings, _| connector(settings.cloned().unwrap_or_else(settings_of_ours)));
        let mut loader = aws_config::defaults(BehaviorVersion::latest()).http_client(http);
        if let Some(profile) = &options.profile {
            loader = loader.profile_name(profile);
        }
        if let Some(region) = options.region.as_deref().or(hint) {
            loader = loader.region(Region::new(region.to_owned()));
        }
        if let Some(url) = emulator {
            loader = loader.endpoint_url(url).credentials_provider(Credentials::new("emulator", "emulator", None, None, "emulator"));
        }
        let config = loader.load().await;
        let region = config.region().map(ToString::to_string).ok_or_else(|| Failure::Unknown {
            what: "no region is set".to_owned(),
            remedy: "say --region, or set AWS_REGION or the profile's region".to_owned(),
        })?;
        Ok(Self {
            region,
            cluster_name: options.cluster_name.clone(),
            credentials: config.credentials_provider(),
            connector: connector(settings_of_ours()),
            attempts: config.retry_config().map_or(3, |it| it.max_attempts()),
            config,
        })
    }

    /// Where the user has a service answer: `AWS_ENDPOINT_URL_<SERVICE>`, `AWS_ENDPOINT_URL`, or the same in the profile.
    pub fn endpoint_url(&self, service: &Service) -> Option<String> {
        let key = ServiceConfigKey::builder().service_id(service.id).env("AWS_ENDPOINT_URL").profile("endpoint_url").build().ok()?;
        let own = self.config.service_config().and_then(|it| it.load_config(key));
        own.or_else(|| self.config.endpoint_url().map(str::to_owned)).filter(|it| !it.is_empty())
    }
}

fn settings_of_ours() -> HttpConnectorSettings {
    HttpConnectorSettings::builder().connect_timeout(CONNECT).read_timeout(READ).build()
}

fn connector(settings: HttpConnectorSettings) -> Connector {
    let mut trust = TrustStore::default();
    // Companies whose proxies open TLS name their authority here.
    if let Some(pem) = std::env::var_os("AWS_CA_BUNDLE").and_then(|it| std::fs::read(it).ok()) {
        trust = trust.with_pem_certificate(pem);
    }
    let builder = Connector::builder()
        .connector_settings(settings)
        .proxy_config(ProxyConfig::from_env())
        .sleep_impl(aws_smithy_async::rt::sleep::TokioSleep::new())
        .tls_provider(Provider::Rustls(CryptoMode::Ring));
    match TlsContext::builder().with_trust_store(trust).build() {
        Ok(context) => builder.tls_context(context).build(),
        Err(_) => builder.build(),
    }
}
