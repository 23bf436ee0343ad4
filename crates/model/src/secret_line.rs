//! Secrets inside of longer texts: commands, connection strings, configuration lines.

use std::borrow::Cow;

use crate::secret_text::{by_value, names_a_secret, secret_in};
use crate::text::Text;

/// What stands in the place of a secret.
pub const MASK: &str = "****";

/// Where in a line a secret begins: after `name =`, `name:` or `--name ` whose name says so, or the line as a whole.
pub fn secret_from(line: &str) -> Option<usize> {
    after_a_name(line).or_else(|| secret_in("", line).map(|_| 0))
}

/// `text` with what looks like a secret in it masked, word by word; borrowed where there is none.
pub fn masked(text: &str) -> Cow<'_, str> {
    if !may_name_a_secret(text) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut changed = false;
    for line in text.split_inclusive('\n') {
        let mut rest = line;
        while let Some(at) = after_a_name(rest) {
            let quote = rest[at..].len() - rest[at..].trim_start_matches(['"', '\'']).len();
            let word = &rest[at + quote..];
            let end = word.find([' ', ',', '"', '\'', ';', '&', ')', '\n', '\r']).unwrap_or(word.len());
            out.push_str(&rest[..at + quote]);
            out.push_str(MASK);
            rest = &word[end..];
            changed = true;
        }
        out.push_str(rest);
    }
    if changed { Cow::Owned(out) } else { Cow::Borrowed(text) }
}

/// `text` without secrets that their shape gives away, for texts that are not known to be literals (messages, annotations, parameters).
pub(crate) fn without_shapes(text: &str) -> Cow<'_, str> {
    if by_value(text).is_none() {
        return Cow::Borrowed(text);
    }
    let by_word: String = text
        .split_inclusive([' ', '\n', ','])
        .flat_map(|it| {
            let (word, end) = it.split_at(it.trim_end_matches([' ', '\n', ',']).len());
            [if by_value(word).is_some() { MASK } else { word }, end]
        })
        .collect();
    // A key goes over several words.
    Cow::Owned(if by_value(&by_word).is_some() { MASK.to_owned() } else { by_word })
}

/// The value of an annotation with what looks like a secret masked; `None` where there is nothing to mask.
pub(crate) fn masked_annotation(key: &str, value: &str) -> Option<String> {
    let (prefix, name) = key.rsplit_once('/').unwrap_or(("", key));
    // What says `secret` names a Secret object; what says `ignore` gives a reason.
    let is_other = prefix.contains("ignore") || name.to_ascii_lowercase().contains("secret");
    // `user:password`, as for basic authentication.
    let login = value.split_once(':').filter(|_| name.ends_with("auth") && !value.contains([' ', '/', '{']));
    if login.is_some_and(|it| secret_in("password", it.1).is_some()) {
        return Some(MASK.to_owned());
    }
    if !is_other && !value.contains('\n') && secret_in(name, value).is_some() {
        return Some(MASK.to_owned());
    }
    match masked(value) {
        Cow::Owned(it) => Some(it),
        Cow::Borrowed(_) => None,
    }
}

/// Reads a text that may speak of a secret: an event's message, a path with a query.
pub(crate) fn masked_text<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Text>, D::Error> {
    let read: Option<Text> = serde::Deserialize::deserialize(deserializer)?;
    Ok(read.map(|it| match masked(&it) {
        Cow::Owned(masked) => Text::new(&masked),
        Cow::Borrowed(_) => it.clone(),
    }))
}

fn after_a_name(line: &str) -> Option<usize> {
    for (at, _) in line.match_indices(['=', ':']) {
        let left = line[..at].trim_end().trim_end_matches(['"', '\'']);
        let name = left.rsplit(|c: char| !(c.is_ascii_alphanumeric() || "_-.".contains(c))).next().unwrap_or("");
        let right = line[at + 1..].trim_start();
        if is_secret(name, right) {
            return Some(line.len() - right.len());
        }
    }
    for (at, word) in line.split(' ').scan(0, |at, word| Some((std::mem::replace(at, *at + word.len() + 1), word))) {
        let rest = line.get(at + word.len() + 1..).unwrap_or("").trim_start();
        if word.starts_with('-') && !rest.starts_with('-') && is_secret(word, rest) {
            return Some(line.len() - rest.len());
        }
    }
    None
}

fn is_secret(name: &str, value: &str) -> bool {
    let opens_a_block = value.starts_with(['{', '[', '|', '>', '&', '*', '=', ':']);
    !value.is_empty() && !opens_a_block && !value.starts_with(MASK) && names_a_secret(name) && {
        let word = value.split([' ', ',', '"', '\'']).find(|it| !it.is_empty()).unwrap_or("");
        secret_in(name, word).is_some()
    }
}

/// Whether a part of a name that says secret is in the text at all: most texts end here.
fn may_name_a_secret(text: &str) -> bool {
    const PARTS: [&str; 7] = ["pass", "pwd", "secret", "token", "key", "credential", "phrase"];
    let bytes = text.as_bytes();
    let is_here = |at: usize, part: &str| bytes[at..].get(..part.len()).is_some_and(|it| it.eq_ignore_ascii_case(part.as_bytes()));
    bytes.iter().any(|it| matches!(it, b'=' | b':' | b'-')) && (0..bytes.len()).any(|at| PARTS.iter().any(|it| is_here(at, it)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_secret_words_are_masked() {
        for (text, kept) in [
            ("PGPASSWORD=hunter2 psql; mysql --password hunter3 && sleep 5", "PGPASSWORD=**** psql; mysql --password **** && sleep 5"),
            ("{\"token\": \"hunter2\", \"a\": 1}", "{\"token\": \"****\", \"a\": 1}"),
            ("a=b\nadmin_password: 'hunter2'\nc=d\n", "a=b\nadmin_password: '****'\nc=d\n"),
            ("--token=hunter2", "--token=****"),
            ("/ready?token=hunter2&verbose=1", "/ready?token=****&verbose=1"),
        ] {
            assert_eq!(masked(text), kept);
            assert_eq!(masked(kept), kept, "once masked, always the same");
        }
        for text in ["--token-ttl=30s", "password_file=/run/x", "sleep 5", "key: value", "token: $(TOKEN)", ""] {
            assert!(matches!(masked(text), Cow::Borrowed(_)), "{text}");
        }
    }

    #[test]
    fn annotations_are_masked_by_name_and_by_content() {
        assert_eq!(masked_annotation("shop.dev/db-password", "hunter2").as_deref(), Some(MASK));
        assert_eq!(masked_annotation("prometheus.io/basic-auth", "scraper:hunter2").as_deref(), Some(MASK));
        assert_eq!(masked_annotation("a", "{\"password\":\"hunter2\"}").as_deref(), Some("{\"password\":\"****\"}"));
        for (key, value) in [
            ("nginx.ingress.kubernetes.io/auth-secret", "basic-auth"),
            ("ignore.seatrial.dev/service-account-token-mounted", "needed"),
            ("eks.amazonaws.com/token-expiration", "86400"),
            ("eks.amazonaws.com/role-arn", "arn:aws:iam::111122223333:role/x"),
        ] {
            assert_eq!(masked_annotation(key, value), None, "{key}");
        }
    }

    #[test]
    fn shapes_are_masked_in_any_text() {
        let dsn = format!("pull failed: amqp://guest:{}@rabbit:5672, retrying", "tr0ub4dor");
        assert_eq!(without_shapes(&dsn), "pull failed: ****, retrying");
        let key = format!("-----BEGIN RSA PRIVATE {0}-----\nabc\n-----END RSA PRIVATE {0}-----", "KEY");
        assert_eq!(without_shapes(&key), MASK);
        assert!(matches!(without_shapes("https://example.com/a@b"), Cow::Borrowed(_)));
    }
}
