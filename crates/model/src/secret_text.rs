//! Values that may be secrets: classified when read, so that a secret is never kept.

use serde::{Deserialize, Serialize};

use crate::text::Text;

/// A literal value of an environment variable or a ConfigMap key.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Literal {
    /// Harmless, as written.
    Plain(Text),
    /// Looks like a secret: only what kind and how long is kept.
    Redacted {
        /// What gave it away.
        looks_like: LooksLike,
        /// Length in bytes.
        len: u32,
        /// For a multi-line value: the line (0-based, within the value) that gave it away.
        line: u32,
    },
    /// Longer than anything that is reasoned about; only its length is kept.
    Long(u32),
}

/// What makes a literal look like a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LooksLike {
    /// An AWS access key id (AKIA..., ASIA...).
    AwsAccessKeyId,
    /// An AWS secret access key.
    AwsSecretKey,
    /// A PEM private key.
    PrivateKey,
    /// A token with a vendor's known prefix (GitHub, Slack, Stripe, Google, GitLab, npm).
    VendorToken,
    /// A JSON Web Token.
    Jwt,
    /// A URL with a password in it.
    UrlPassword,
    /// The name says password, token, key or secret.
    Named,
}

impl LooksLike {
    /// In words, after "looks like".
    pub fn words(self) -> &'static str {
        match self {
            Self::AwsAccessKeyId => "an AWS access key id",
            Self::AwsSecretKey => "an AWS secret access key",
            Self::PrivateKey => "a private key",
            Self::VendorToken => "an access token",
            Self::Jwt => "a JSON Web Token",
            Self::UrlPassword => "a URL with a password",
            Self::Named => "a secret (judging by its name)",
        }
    }
}

/// The longest literal that is kept as it is.
const LONGEST_KEPT: usize = 2048;

impl Literal {
    /// Classifies `value` of the variable or key `name`.
    pub fn classify(name: &str, value: &str) -> Self {
        if let Some((looks_like, line)) = secret_in(name, value) {
            return Self::Redacted { looks_like, len: saturate(value.len()), line };
        }
        if value.len() > LONGEST_KEPT {
            return Self::Long(saturate(value.len()));
        }
        Self::Plain(Text::new(&crate::secret_line::masked(value)))
    }

    /// The value, when it is kept.
    pub fn plain(&self) -> Option<&str> {
        match self {
            Self::Plain(it) => Some(it),
            _ => None,
        }
    }

    /// What it looks like, when it looks like a secret.
    pub fn looks_like(&self) -> Option<LooksLike> {
        match self {
            Self::Redacted { looks_like, .. } => Some(*looks_like),
            _ => None,
        }
    }
}

fn saturate(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

/// What in `value` looks like a secret, and on which line of it.
pub(crate) fn secret_in(name: &str, value: &str) -> Option<(LooksLike, u32)> {
    if value.trim().is_empty() {
        return None;
    }
    for (at, line) in value.lines().enumerate() {
        if let Some(it) = by_value(line) {
            return Some((it, saturate(at)));
        }
    }
    if value.contains('\n') {
        return assignment_in(value);
    }
    by_name(name, value.trim()).map(|it| (it, 0))
}

/// What every secret that [`by_value`] tells by its shape has in it.
const MARKS: [&str; 15] =
    ["://", "AKIA", "ASIA", "PRIVATE KEY-----", "ghp_", "gho_", "ghs_", "github_pat_", "glpat-", "xox", "_live_", "AIza", "npm_", "SG.", "eyJ"];

/// A secret by the shape of the value alone.
pub(crate) fn by_value(line: &str) -> Option<LooksLike> {
    if !MARKS.iter().any(|it| line.contains(it)) {
        return None;
    }
    if line.contains("-----BEGIN ") && line.contains("PRIVATE KEY-----") {
        return Some(LooksLike::PrivateKey);
    }
    if words(line).any(is_access_key_id) {
        return Some(LooksLike::AwsAccessKeyId);
    }
    const PREFIXES: [(&str, usize); 12] = [
        ("ghp_", 36),
        ("gho_", 36),
        ("ghs_", 36),
        ("github_pat_", 30),
        ("glpat-", 20),
        ("xoxb-", 20),
        ("xoxp-", 20),
        ("sk_live_", 16),
        ("rk_live_", 16),
        ("AIza", 35),
        ("npm_", 36),
        ("SG.", 40),
    ];
    if words(line).any(|word| PREFIXES.iter().any(|(p, len)| word.strip_prefix(p).is_some_and(|rest| rest.len() >= *len && varied(rest)))) {
        return Some(LooksLike::VendorToken);
    }
    if words(line).any(|word| word.starts_with("eyJ") && word.len() > 40 && word.matches('.').count() == 2) {
        return Some(LooksLike::Jwt);
    }
    url_password(line).then_some(LooksLike::UrlPassword)
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !(c.is_ascii_alphanumeric() || "_-.".contains(c)))
}

fn is_access_key_id(word: &str) -> bool {
    word.len() == 20 && (word.starts_with("AKIA") || word.starts_with("ASIA")) && word.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

/// Placeholders such as `xxxxxxxx` are not tokens.
fn varied(text: &str) -> bool {
    let mut seen = [false; 256];
    text.bytes().for_each(|b| seen[b as usize] = true);
    seen.iter().filter(|it| **it).count() >= 6
}

/// `scheme://user:password@host` with a literal password.
fn url_password(line: &str) -> bool {
    let Some((_, rest)) = line.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#', ' ', '"', '\'']).next().unwrap_or("");
    let Some((user, _)) = authority.rsplit_once('@') else { return false };
    user.split_once(':').is_some_and(|(_, password)| is_real_value(password))
}

/// A secret because the name says so and the value is not a reference, path, number or placeholder.
fn by_name(name: &str, value: &str) -> Option<LooksLike> {
    if !is_real_value(value) || !names_a_secret(name) {
        return None;
    }
    let upper = name.to_ascii_uppercase();
    Some(if upper.contains("AWS_SECRET_ACCESS_KEY") { LooksLike::AwsSecretKey } else { LooksLike::Named })
}

/// Whether a name says that its value is a secret: `DB_PASSWORD`, `apiKey`; not `TOKEN_TTL_SECONDS`, `PASSWORD_FILE`.
pub fn names_a_secret(name: &str) -> bool {
    let parts = name_parts(name);
    let has = |it: &str| parts.iter().any(|p| p == it);
    let follows = |a: &str, b: &str| parts.windows(2).any(|w| w[0] == a && w[1] == b);
    let last = parts.last().map_or("", String::as_str);
    const HARMLESS_LAST: [&str; 44] = [
        "file",
        "files",
        "path",
        "dir",
        "directory",
        "name",
        "names",
        "arn",
        "ref",
        "url",
        "uri",
        "endpoint",
        "host",
        "ttl",
        "seconds",
        "timeout",
        "expiry",
        "expiration",
        "length",
        "policy",
        "enabled",
        "disabled",
        "type",
        "id",
        "count",
        "interval",
        "header",
        "algorithm",
        "rotation",
        "region",
        "namespace",
        "store",
        "provider",
        "version",
        "prefix",
        "suffix",
        "min",
        "max",
        "size",
        "audience",
        "issuer",
        "ids",
        "method",
        "mode",
    ];
    if HARMLESS_LAST.contains(&last) && !(last == "id" && has("access")) {
        return false;
    }
    // An etcd cluster's token only tells clusters apart; etcd prints it.
    if has("public") || (follows("initial", "cluster") && last == "token") {
        return false;
    }
    ["password", "passwd", "passphrase", "pwd", "secret", "token", "apikey", "credential", "credentials", "authtoken", "secretkey", "accesskey", "privatekey"]
        .into_iter()
        .any(has)
        || follows("api", "key")
        || follows("private", "key")
        || follows("access", "key")
        || follows("encryption", "key")
        || follows("signing", "key")
        || parts.iter().any(|p| p.ends_with("password") || p.ends_with("passwd"))
}

/// `dbPassword`, `DB_PASSWORD` and `db-password` alike, in lower case.
fn name_parts(name: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut before_lower = false;
    for c in name.chars() {
        if !c.is_ascii_alphanumeric() {
            parts.push(String::new());
            before_lower = false;
            continue;
        }
        if c.is_ascii_uppercase() && before_lower {
            parts.push(String::new());
        }
        before_lower = c.is_ascii_lowercase() || c.is_ascii_digit();
        if let Some(part) = parts.last_mut() {
            part.push(c.to_ascii_lowercase());
        }
    }
    parts.retain(|p| !p.is_empty());
    parts
}

/// Not a template, a reference, a path, a flag or a number.
fn is_real_value(value: &str) -> bool {
    let value = value.trim().trim_matches(['"', '\'']);
    if value.is_empty() || value.len() > 4096 {
        return false;
    }
    let reference =
        value.starts_with('$') || value.contains("${") || value.contains("$(") || value.contains("{{") || (value.starts_with('<') && value.ends_with('>'));
    let path = value.starts_with('/') || value.starts_with("./") || value.starts_with("file:");
    let elsewhere = ["arn:", "vault:", "ssm:", "secretsmanager:", "ref+", "projects/", "http://", "https://", "env:"].iter().any(|p| value.starts_with(p));
    let flag = ["true", "false", "yes", "no", "none", "null", "nil", "enabled", "disabled", "default"].contains(&value.to_ascii_lowercase().as_str());
    let number = value.parse::<f64>().is_ok() && value.len() < 6;
    let lower = value.to_ascii_lowercase();
    let says_so = ["unused", "dummy", "fake", "notasecret", "not-a-secret", "placeholder"].iter().any(|it| lower.starts_with(it));
    let masked = value.bytes().all(|b| b == b'*' || b == b'x' || b == b'X' || b == b'.');
    !(reference || path || elsewhere || flag || number || masked || says_so)
}

/// A `name = value` or `name: value` line in a configuration file whose name says secret.
fn assignment_in(value: &str) -> Option<(LooksLike, u32)> {
    for (at, line) in value.lines().enumerate() {
        let line = line.trim();
        if line.starts_with(['#', ';']) || line.starts_with("//") {
            continue;
        }
        let Some(cut) = line.find(['=', ':']) else { continue };
        let (name, rest) = (line[..cut].trim().trim_matches(['"', '\'']), line[cut + 1..].trim());
        let simple_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b));
        let rest = rest.trim_end_matches(',');
        let simple_value =
            !rest.is_empty() && !rest.contains(char::is_whitespace) && !rest.contains(['(', '{', '[']) && !rest.starts_with([':', '=', '|', '>', '&', '*']);
        if simple_name
            && simple_value
            && let Some(it) = by_name(name.rsplit('.').next().unwrap_or(name), rest)
        {
            return Some((it, saturate(at)));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looks(name: &str, value: &str) -> Option<LooksLike> {
        Literal::classify(name, value).looks_like()
    }

    #[test]
    fn names_that_only_sound_like_secrets_are_harmless() {
        for (name, value) in [
            ("TOKEN_TTL_SECONDS", "3600"),
            ("DB_PASSWORD_FILE", "/run/secrets/db"),
            ("SECRET_NAME", "prod/db"),
            ("PASSWORD", "$(DB_PASSWORD)"),
            ("API_KEY", "{{ .Values.key }}"),
            ("AWS_SECRET_ARN", "arn:aws:secretsmanager:us-east-1:1:secret:x"),
            ("PUBLIC_KEY_TOKEN", "abc"),
            ("ADMIN_EMAIL", "ops@example.com"),
            ("PASSWORD", ""),
            ("TOKEN_ENABLED", "yes"),
            ("ETCD_INITIAL_CLUSTER_TOKEN", "etcd-cluster-1"),
            ("KEYSTORE", "jks"),
        ] {
            assert_eq!(looks(name, value), None, "{name}={value}");
        }
    }

    #[test]
    fn secrets_are_found_and_not_kept() {
        let dsn = format!("postgres://app:{}@db:5432/app", "tr0ub4dor");
        let key = format!("AKIA{}", "IOSFODNN7EXAMPLE");
        assert_eq!(looks("DB_PASSWORD", "hunter2"), Some(LooksLike::Named));
        assert_eq!(looks("dbPassword", "hunter2"), Some(LooksLike::Named));
        assert_eq!(looks("SECRET_KEY_BASE", "unused_but_required"), None);
        assert_eq!(looks("DATABASE_URL", &dsn), Some(LooksLike::UrlPassword));
        assert_eq!(looks("X", &key), Some(LooksLike::AwsAccessKeyId));
        assert_eq!(looks("app.properties", "a=b\ndb.password=hunter2\n"), Some(LooksLike::Named));
        assert!(!format!("{:?}", Literal::classify("DB_PASSWORD", "hunter2")).contains("hunter2"));
    }
}
