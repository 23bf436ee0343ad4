//! Volumes in the emulated account: what the EBS driver asks of EC2.

use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result, bail};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::{Request, StatusCode};

use crate::connect::{Connections, connections, tls};

/// EC2 at an endpoint that checks no signature.
pub struct Ebs {
    connections: Connections,
    endpoint: String,
    attached: AtomicUsize,
}

impl Ebs {
    /// At the address that `AWS_ENDPOINT_URL` would be.
    pub fn at(endpoint: &str) -> Result<Self> {
        Ok(Self { connections: connections(tls(None, None, None)?), endpoint: endpoint.to_owned(), attached: AtomicUsize::new(0) })
    }

    /// Makes an encrypted gp3 volume for a claim (`namespace`, `name`), attaches it to an instance, and gives its id.
    pub async fn make(&self, claim: (&str, &str), gib: u64, zone: &str, instance: &str) -> Result<String> {
        let tags = [("kubernetes.io/created-for/pvc/namespace", claim.0), ("kubernetes.io/created-for/pvc/name", claim.1), ("ebs.csi.aws.com/cluster", "true")];
        let tags: String = tags
            .iter()
            .enumerate()
            .map(|(index, it)| format!("&TagSpecification.1.Tag.{0}.Key={1}&TagSpecification.1.Tag.{0}.Value={2}", index + 1, it.0, it.1))
            .collect();
        let wish = format!("Action=CreateVolume&AvailabilityZone={zone}&Size={gib}&VolumeType=gp3&Encrypted=true&TagSpecification.1.ResourceType=volume{tags}");
        let answer = self.ask(&wish).await?;
        let id = answer.split("<volumeId>").nth(1).and_then(|it| it.split('<').next()).context("EC2 tells no volume id")?.to_owned();
        let number = self.attached.fetch_add(1, Ordering::Relaxed);
        let device = format!("/dev/xvd{}{}", letter(1 + number / 26), letter(number % 26));
        self.ask(&format!("Action=AttachVolume&VolumeId={id}&InstanceId={instance}&Device={device}")).await?;
        Ok(id)
    }

    async fn ask(&self, wish: &str) -> Result<String> {
        let request = Request::post(&self.endpoint)
            .header("content-type", "application/x-www-form-urlencoded")
            .header(
                "authorization",
                format!("AWS4-HMAC-SHA256 Credential=AKIATESTBED000000000/20261124/{}/ec2/aws4_request, SignedHeaders=host, Signature=00", crate::REGION),
            )
            .body(Full::new(Bytes::from(format!("Version=2016-11-15&{wish}"))))?;
        let answer = self.connections.request(request).await.context("EC2 does not answer")?;
        let status = answer.status();
        let text = String::from_utf8_lossy(&answer.into_body().collect().await.context("EC2 broke off")?.to_bytes()).into_owned();
        if status != StatusCode::OK {
            bail!("EC2 refuses {}: {text}", wish.split('&').next().unwrap_or(""));
        }
        Ok(text)
    }
}

fn letter(index: usize) -> char {
    char::from(b'a' + u8::try_from(index % 26).unwrap_or(0))
}
