//! Workloads with the flaws that the guide warns of: one replica, no probes, `latest`, privileged, a Service without pods, plain HTTP.

use anyhow::Result;

use crate::api::Api;
use crate::scenario::ready::all_run;
use crate::yaml;

/// Applies them and waits until they run: flawed is not broken.
pub async fn play(api: &Api) -> Result<()> {
    let objects = yaml::values(include_str!("flawed.yaml"))?;
    api.apply_all(objects.clone()).await?;
    for it in objects.iter().filter(|it| it["kind"] == "Deployment") {
        all_run(api, it).await?;
    }
    Ok(())
}
