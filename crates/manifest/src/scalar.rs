//! What a scalar means to Kubernetes, whose tools read YAML 1.1.

use crate::tree::Style;

/// A scalar's value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scalar<'t> {
    /// `null`, `~` or nothing.
    Null,
    /// `true`, `yes`, `on` and their opposites.
    Bool(bool),
    /// A whole number, also octal (`0644`, `0o644`), hexadecimal and binary.
    Int(i64),
    /// A number that is not whole, or too large for 64 bits.
    Float(f64),
    /// Anything else.
    Str(&'t str),
}

/// The value of `text`.
///
/// Source: sigs.k8s.io/yaml with goyaml.v2 resolve.go, which Kubernetes and kubectl use.
pub fn resolve(text: &str, style: Style) -> Scalar<'_> {
    if style == Style::String {
        return Scalar::Str(text);
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Scalar::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => return Scalar::Bool(true),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => return Scalar::Bool(false),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => return Scalar::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return Scalar::Float(f64::NEG_INFINITY),
        ".nan" | ".NaN" | ".NAN" => return Scalar::Float(f64::NAN),
        _ => {}
    }
    if !text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) {
        return Scalar::Str(text);
    }
    number(text).unwrap_or(Scalar::Str(text))
}

fn number(text: &str) -> Option<Scalar<'_>> {
    let plain: String = text.chars().filter(|c| *c != '_').collect();
    let (sign, digits) = match plain.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, plain.strip_prefix('+').unwrap_or(&plain)),
    };
    if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    let radix = |digits: &str, radix| i64::from_str_radix(digits, radix).ok().map(|it| Scalar::Int(sign * it));
    if let Some(rest) = digits.strip_prefix("0x") {
        return radix(rest, 16);
    }
    if let Some(rest) = digits.strip_prefix("0b") {
        return radix(rest, 2);
    }
    if let Some(rest) = digits.strip_prefix("0o") {
        return radix(rest, 8);
    }
    if digits.len() > 1
        && digits.starts_with('0')
        && digits.bytes().all(|b| b.is_ascii_digit())
        && let Some(it) = radix(digits, 8)
    {
        return Some(it);
    }
    if digits.bytes().all(|b| b.is_ascii_digit())
        && let Ok(it) = plain.trim_start_matches('+').parse::<i64>()
    {
        return Some(Scalar::Int(it));
    }
    let float_shaped = digits.bytes().all(|b| b.is_ascii_digit() || b".eE+-".contains(&b)) && digits.bytes().any(|b| b.is_ascii_digit());
    if !float_shaped {
        return None;
    }
    plain.trim_start_matches('+').parse::<f64>().ok().map(Scalar::Float)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yaml_1_1_as_kubernetes_reads_it() {
        let plain = |text| resolve(text, Style::Plain);
        assert_eq!(plain("yes"), Scalar::Bool(true));
        assert_eq!(plain("0644"), Scalar::Int(420));
        assert_eq!(plain("0o644"), Scalar::Int(420));
        assert_eq!(plain("1_000"), Scalar::Int(1000));
        assert_eq!(plain("-3"), Scalar::Int(-3));
        assert_eq!(plain("1.5"), Scalar::Float(1.5));
        assert_eq!(plain("1e3"), Scalar::Float(1000.0));
        assert_eq!(plain("1.2.3"), Scalar::Str("1.2.3"));
        assert_eq!(plain("100m"), Scalar::Str("100m"));
        assert_eq!(plain("2001-01-01"), Scalar::Str("2001-01-01"));
        assert_eq!(plain("="), Scalar::Str("="));
        assert_eq!(resolve("yes", Style::String), Scalar::Str("yes"));
    }
}
