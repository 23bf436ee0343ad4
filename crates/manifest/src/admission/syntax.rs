//! The notations that Kubernetes checks: names, labels, addresses, times, schedules.
//!
//! Source: kubernetes apimachinery pkg/util/validation; robfig/cron v3 for schedules.

use std::net::IpAddr;

/// What a name on the network must look like.
pub(crate) const LABEL: &str = "1 to 63 lower-case letters, digits and `-`, with a letter or digit at both ends";
/// What most object names must look like.
pub(crate) const SUBDOMAIN: &str = "1 to 253 lower-case letters, digits, `-` and `.`, with a letter or digit at both ends of each part";
/// What a label's value must look like.
pub(crate) const LABEL_VALUE: &str = "at most 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends";
/// What a label's key must look like.
pub(crate) const QUALIFIED_NAME: &str =
    "at most 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends, after an optional DNS prefix and `/`";

fn is_lower_alphanumeric(b: u8) -> bool {
    b.is_ascii_lowercase() || b.is_ascii_digit()
}

/// Non-empty, `inner` throughout and `end` at both ends.
fn is_framed(text: &str, inner: impl Fn(u8) -> bool, end: impl Fn(u8) -> bool) -> bool {
    let bytes = text.as_bytes();
    matches!((bytes.first(), bytes.last()), (Some(a), Some(z)) if end(*a) && end(*z)) && bytes.iter().all(|b| inner(*b))
}

/// RFC 1123 label.
pub(crate) fn is_label(text: &str) -> bool {
    text.len() <= 63 && is_framed(text, |b| is_lower_alphanumeric(b) || b == b'-', is_lower_alphanumeric)
}

/// RFC 1035 label: like [`is_label`], with a letter first.
pub(crate) fn is_label_1035(text: &str) -> bool {
    is_label(text) && text.starts_with(|it: char| it.is_ascii_lowercase())
}

/// RFC 1123 subdomain.
pub(crate) fn is_subdomain(text: &str) -> bool {
    let part = |it: &str| is_framed(it, |b| is_lower_alphanumeric(b) || b == b'-', is_lower_alphanumeric);
    text.len() <= 253 && text.split('.').all(part)
}

/// A subdomain, whose first part may be `*`.
pub(crate) fn is_wildcard_or_subdomain(text: &str) -> bool {
    is_subdomain(text.strip_prefix("*.").unwrap_or(text))
}

/// A label's value.
pub(crate) fn is_label_value(text: &str) -> bool {
    text.is_empty() || is_name_part(text)
}

fn is_name_part(text: &str) -> bool {
    text.len() <= 63 && is_framed(text, |b| b.is_ascii_alphanumeric() || b"-_.".contains(&b), |b| b.is_ascii_alphanumeric())
}

/// A label's or annotation's key.
pub(crate) fn is_qualified_name(text: &str) -> bool {
    match text.split_once('/') {
        Some((prefix, name)) => is_subdomain(prefix) && is_name_part(name),
        None => is_name_part(text),
    }
}

/// A port's name: at most 15 lower-case letters, digits and single hyphens, with a letter among them.
pub(crate) fn is_port_name(text: &str) -> bool {
    text.len() <= 15
        && is_framed(text, |b| is_lower_alphanumeric(b) || b == b'-', is_lower_alphanumeric)
        && !text.contains("--")
        && text.bytes().any(|b| b.is_ascii_lowercase())
}

/// A path segment, which is all that names of roles need to be.
pub(crate) fn is_path_segment(text: &str) -> bool {
    !text.is_empty() && text != "." && text != ".." && !text.contains(['/', '%'])
}

/// A key of a ConfigMap or Secret.
pub(crate) fn is_config_key(text: &str) -> bool {
    (1..=253).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)) && text != "." && !text.starts_with("..")
}

/// An environment variable's name: printable ASCII without `=`. Source: relaxed validation, default since 1.34, gate since 1.30.
pub(crate) fn is_env_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| (0x20..0x7f).contains(&b) && b != b'=')
}

/// An IP address.
pub(crate) fn is_ip(text: &str) -> bool {
    text.parse::<IpAddr>().is_ok()
}

/// A network with its prefix length.
pub(crate) fn is_cidr(text: &str) -> bool {
    let Some((address, bits)) = text.split_once('/') else { return false };
    let most = match address.parse::<IpAddr>() {
        Ok(IpAddr::V4(_)) => 32,
        Ok(IpAddr::V6(_)) => 128,
        Err(_) => return false,
    };
    !bits.is_empty() && bits.bytes().all(|b| b.is_ascii_digit()) && bits.parse::<u8>().is_ok_and(|it| it <= most)
}

/// Standard base64 with padding; line breaks are skipped, as Go skips them.
pub(crate) fn is_base64(text: &str) -> bool {
    let (mut letters, mut padding) = (0usize, 0usize);
    for b in text.bytes() {
        match b {
            b'\r' | b'\n' => {}
            b'=' => padding += 1,
            b if padding == 0 && (b.is_ascii_alphanumeric() || b == b'+' || b == b'/') => letters += 1,
            _ => return false,
        }
    }
    (letters + padding).is_multiple_of(4) && padding <= 2
}

/// RFC 3339.
pub(crate) fn is_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digits = |range: std::ops::Range<usize>| bytes.get(range).is_some_and(|it| it.iter().all(u8::is_ascii_digit));
    let marks = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
    let framed = marks.iter().all(|(at, mark)| bytes.get(*at) == Some(mark));
    let numbers = [0..4, 5..7, 8..10, 11..13, 14..16, 17..19].into_iter().all(digits);
    let rest = text.get(19..).unwrap_or("").trim_start_matches(|it: char| it == '.' || it.is_ascii_digit());
    let zone = rest == "Z" || (rest.len() == 6 && rest.starts_with(['+', '-']) && rest.as_bytes().get(3) == Some(&b':'));
    framed && numbers && zone
}

/// A schedule of five fields, or a descriptor such as `@daily`; a time zone may not stand in it.
pub(crate) fn is_schedule(text: &str) -> bool {
    if let Some(name) = text.strip_prefix('@') {
        let every = name.strip_prefix("every ").is_some_and(|it| it.starts_with(|it: char| it.is_ascii_digit()));
        return every || matches!(name, "yearly" | "annually" | "monthly" | "weekly" | "daily" | "midnight" | "hourly");
    }
    let fields: Vec<&str> = text.split_whitespace().collect();
    let bounds: [(u32, u32, &[&str]); 5] = [(0, 59, &[]), (0, 23, &[]), (1, 31, &[]), (1, 12, &MONTHS), (0, 6, &DAYS)];
    fields.len() == 5 && fields.iter().zip(bounds).all(|(field, (least, most, names))| field.split(',').all(|it| is_schedule_part(it, least, most, names)))
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

fn is_schedule_part(part: &str, least: u32, most: u32, names: &[&str]) -> bool {
    let (range, step) = part.split_once('/').map_or((part, None), |(range, step)| (range, Some(step)));
    if step.is_some_and(|it| it.parse::<u32>().map_or(true, |it| it == 0)) {
        return false;
    }
    if range == "*" || range == "?" {
        return true;
    }
    let base = least;
    let number = |text: &str| match names.iter().position(|it| it.eq_ignore_ascii_case(text)) {
        Some(at) => u32::try_from(at).ok().map(|it| it + base),
        None => text.parse().ok().filter(|_| text.bytes().all(|b| b.is_ascii_digit())),
    };
    let (from, to) = range.split_once('-').map_or((range, range), |it| it);
    matches!((number(from), number(to)), (Some(from), Some(to)) if least <= from && from <= to && to <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(accepts: fn(&str) -> bool, good: &[&str], bad: &[&str]) {
        for it in good {
            assert!(accepts(it), "{it:?} is fine");
        }
        for it in bad {
            assert!(!accepts(it), "{it:?} is refused");
        }
    }

    #[test]
    fn names() {
        judge(is_label, &["a", "a-1", "1"], &["", "A", "-a", "a.", "a_b", &"a".repeat(64)]);
        judge(is_label_1035, &["a1"], &["1a"]);
        judge(is_subdomain, &["a.b-c.d"], &["a..b", "${x}", "a.-b"]);
        judge(is_wildcard_or_subdomain, &["*.a.b"], &["*", "a.*.b"]);
        judge(is_label_value, &["", "A_1.b"], &["a b", "-a", "<x>"]);
        judge(is_qualified_name, &["a", "x.y/Z_1"], &["/a", "a/b/c", "X/a", ""]);
        judge(is_port_name, &["http", "a-1"], &["80", "a--b", "sixteen-letters0", ""]);
        judge(is_path_segment, &["system:node"], &["a/b", "%", "."]);
        judge(is_config_key, &["a.b_C-1"], &["", "a/b", "..a", "a b"]);
        judge(is_env_name, &["A", "a.b-c", "1X"], &["", "a=b"]);
    }

    #[test]
    fn addresses() {
        judge(is_ip, &["10.0.0.1", "::1"], &["10.0.0", "a"]);
        judge(is_cidr, &["10.0.0.0/8", "2001:db8::/64"], &["10.0.0.0", "10.0.0.0/33", "$X/8", "10.0.0.0/+8"]);
    }

    #[test]
    fn texts() {
        judge(is_base64, &["", "YQ==", "YWJj\nYWJj"], &["YQ", "Y=Q=", "$x", "YQ==="]);
        judge(is_time, &["2026-01-31T08:00:00Z", "2026-01-31T08:00:00.123+01:00"], &["2026-01-31", "now", ""]);
        judge(
            is_schedule,
            &["*/5 * * * *", "0 9-17 * * MON-FRI", "@daily", "0 0 1,15 jan ?", "@every 1h"],
            &["* * * *", "60 * * * *", "0 0 * * 7", "*/0 * * * *", "@sometimes", "TZ=UTC 0 0 * * *", ""],
        );
    }
}
