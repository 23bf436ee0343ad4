//! The parts of an image's name.

/// `registry/repository:tag@digest`, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ImageName<'a> {
    /// The registry's host; `docker.io` where none is written.
    pub registry: &'a str,
    /// The tag.
    pub tag: Option<&'a str>,
    /// The digest, when it is a whole one.
    pub digest: Option<&'a str>,
}

impl<'a> ImageName<'a> {
    /// Takes `image` apart; `None` for an empty name or a template's placeholder.
    ///
    /// Source: distribution/reference: the first part is a host when it has a dot or a port, or is `localhost`.
    pub fn parse(image: &'a str) -> Option<Self> {
        let image = image.trim();
        if image.is_empty() || image.contains(['{', '$', '<', ' ']) || image == "auto" {
            return None;
        }
        let (name, digest) = image.split_once('@').map_or((image, None), |(name, digest)| (name, Some(digest)));
        let from = name.rfind('/').map_or(0, |it| it + 1);
        let tag = name[from..].split_once(':').map(|it| it.1);
        let first = name.split('/').next().unwrap_or("");
        let is_host = name.contains('/') && (first.contains(['.', ':']) || first == "localhost");
        Some(Self { registry: if is_host { first } else { "docker.io" }, tag, digest: digest.filter(|it| is_digest(it)) })
    }

    /// Whether the name means whatever was pushed last.
    pub fn is_latest(&self) -> bool {
        self.digest.is_none() && self.tag.unwrap_or("latest") == "latest"
    }
}

/// Source: opencontainers image-spec, descriptor digests: lower-case hex of a fixed length for the registered algorithms.
fn is_digest(text: &str) -> bool {
    let Some((algorithm, encoded)) = text.split_once(':') else { return false };
    let hex = |len: usize| encoded.len() == len && encoded.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    match algorithm {
        "sha256" | "blake3" => hex(64),
        "sha512" => hex(128),
        _ => !algorithm.is_empty() && !encoded.is_empty() && encoded.bytes().all(|b| b.is_ascii_alphanumeric() || b"=_-".contains(&b)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_registry_is_docker_hub_unless_a_host_is_written() {
        let registry = |it| ImageName::parse(it).map(|it| it.registry);
        assert_eq!(registry("nginx"), Some("docker.io"));
        assert_eq!(registry("team/app:1"), Some("docker.io"));
        assert_eq!(registry("localhost:5000/app"), Some("localhost:5000"));
        assert_eq!(registry("1.dkr.ecr.us-east-1.amazonaws.com/app:1"), Some("1.dkr.ecr.us-east-1.amazonaws.com"));
    }

    #[test]
    fn a_port_is_no_tag_and_a_short_digest_is_none() {
        let latest = |it| ImageName::parse(it).map(|it| it.is_latest());
        assert_eq!(latest("localhost:5000/app"), Some(true));
        assert_eq!(latest("app:1.2"), Some(false));
        assert_eq!(ImageName::parse("app@sha256:abc").and_then(|it| it.digest), None);
    }
}
