//! The security policies of Elastic Load Balancing and what they still accept.
//!
//! Source: Elastic Load Balancing, security policies for Application and Network Load Balancers.

/// Why the named policy is weak; `None` where it asks for TLS 1.2 at least, or is not known.
pub fn weakness(policy: &str) -> Option<&'static str> {
    const OLD: [&str; 9] = [
        "ELBSecurityPolicy-2011-08",
        "ELBSecurityPolicy-2014-01",
        "ELBSecurityPolicy-2014-10",
        "ELBSecurityPolicy-2015-02",
        "ELBSecurityPolicy-2015-03",
        "ELBSecurityPolicy-2015-05",
        "ELBSecurityPolicy-2016-08",
        "ELBSecurityPolicy-TLS-1-0-2015-04",
        "ELBSecurityPolicy-FS-2018-06",
    ];
    if OLD.contains(&policy) || policy.starts_with("ELBSecurityPolicy-TLS13-1-0-") {
        return Some("TLS 1.0");
    }
    let since_1_1 = policy.starts_with("ELBSecurityPolicy-TLS-1-1-")
        || policy.starts_with("ELBSecurityPolicy-FS-1-1-")
        || policy.starts_with("ELBSecurityPolicy-TLS13-1-1-");
    since_1_1.then_some("TLS 1.1")
}

#[cfg(test)]
mod tests {
    use super::weakness;

    #[test]
    fn policies_below_tls_1_2_are_weak() {
        assert_eq!(weakness("ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"), None);
        assert_eq!(weakness("ELBSecurityPolicy-TLS-1-2-2017-01"), None);
        assert_eq!(weakness("ELBSecurityPolicy-FS-1-2-Res-2020-10"), None);
        assert_eq!(weakness("ELBSecurityPolicy-TLS-1-1-2017-01"), Some("TLS 1.1"));
        assert_eq!(weakness("ELBSecurityPolicy-2016-08"), Some("TLS 1.0"));
    }
}
