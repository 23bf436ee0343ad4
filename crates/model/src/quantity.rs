//! Kubernetes quantities, exactly.

use std::fmt;

use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An amount such as `250m`, `1.5Gi` or `2e3`, kept in billionths, Kubernetes' own finest step.
///
/// Source: kubernetes apimachinery pkg/api/resource (suffixes, rounding away from zero).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Quantity {
    nanos: i128,
}

const NANO: i128 = 1_000_000_000;
/// Kubernetes caps amounts at 2^63-1 whole units.
const LARGEST: i128 = i64::MAX as i128 * NANO;

/// Why a text is not a quantity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAQuantity(pub String);

impl fmt::Display for NotAQuantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a quantity (a number with an optional suffix such as m, k, Mi or Gi)", self.0)
    }
}

impl std::error::Error for NotAQuantity {}

impl Quantity {
    /// `value` whole units (cores, bytes, pods).
    pub const fn units(value: i64) -> Self {
        Self { nanos: value as i128 * NANO }
    }

    /// `value` thousandths (millicores).
    pub const fn millis(value: i64) -> Self {
        Self { nanos: value as i128 * 1_000_000 }
    }

    /// Whole units, rounded up, as `Quantity.Value()` in Go.
    pub fn value(self) -> i64 {
        to_i64(ceil_div(self.nanos, NANO))
    }

    /// Thousandths, rounded up, as `Quantity.MilliValue()` in Go.
    pub fn milli_value(self) -> i64 {
        to_i64(ceil_div(self.nanos, 1_000_000))
    }

    /// Whether the amount is zero.
    pub fn is_zero(self) -> bool {
        self.nanos == 0
    }

    /// Whether the amount is below zero.
    pub fn is_negative(self) -> bool {
        self.nanos < 0
    }

    /// The amount as a float of whole units, for ratios only.
    pub fn as_f64(self) -> f64 {
        self.nanos as f64 / NANO as f64
    }

    /// The amount times a whole number, held at the largest amount.
    pub fn times(self, n: i64) -> Self {
        Self { nanos: self.nanos.saturating_mul(n as i128).clamp(-LARGEST, LARGEST) }
    }

    /// Reads Kubernetes' notation.
    pub fn parse(text: &str) -> Result<Self, NotAQuantity> {
        let fail = || NotAQuantity(text.to_owned());
        let bytes = text.as_bytes();
        let mut at = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
        let negative = bytes.first() == Some(&b'-');
        let digits_from = at;
        let mut mantissa: i128 = 0;
        let mut scale: i32 = 0;
        let mut digits = 0;
        let mut seen_point = false;
        while let Some(&b) = bytes.get(at) {
            match b {
                b'0'..=b'9' => {
                    digits += 1;
                    // Beyond this many digits the amount is capped or below a billionth anyway.
                    if mantissa < i128::MAX / 100 {
                        mantissa = mantissa * 10 + i128::from(b - b'0');
                        scale += i32::from(seen_point);
                    } else if !seen_point {
                        scale -= 1;
                    }
                }
                b'.' if !seen_point => seen_point = true,
                _ => break,
            }
            at += 1;
        }
        if digits == 0 || digits_from == bytes.len() {
            return Err(fail());
        }
        let (multiplier, exponent) = suffix(&text[at..]).ok_or_else(fail)?;
        let magnitude = scaled(mantissa, multiplier, exponent - scale);
        Ok(Self { nanos: if negative { -magnitude } else { magnitude } })
    }
}

/// The suffix as (power-of-two multiplier, power of ten).
fn suffix(text: &str) -> Option<(i128, i32)> {
    Some(match text {
        "" => (1, 0),
        "n" => (1, -9),
        "u" => (1, -6),
        "m" => (1, -3),
        "k" => (1, 3),
        "M" => (1, 6),
        "G" => (1, 9),
        "T" => (1, 12),
        "P" => (1, 15),
        "E" => (1, 18),
        "Ki" => (1 << 10, 0),
        "Mi" => (1 << 20, 0),
        "Gi" => (1 << 30, 0),
        "Ti" => (1 << 40, 0),
        "Pi" => (1 << 50, 0),
        "Ei" => (1 << 60, 0),
        _ => {
            let digits = text.strip_prefix(['e', 'E'])?;
            let exponent: i32 = digits.parse().ok()?;
            (1, exponent)
        }
    })
}

/// mantissa * multiplier * 10^exponent in billionths, rounded up and capped.
fn scaled(mantissa: i128, multiplier: i128, exponent: i32) -> i128 {
    let mut nanos = match mantissa.checked_mul(multiplier) {
        Some(it) => it,
        None => return LARGEST,
    };
    let mut exponent = exponent + 9;
    while exponent > 0 && nanos != 0 {
        nanos = match nanos.checked_mul(10) {
            Some(it) => it,
            None => return LARGEST,
        };
        exponent -= 1;
    }
    if exponent < 0 {
        let divisor = 10i128.checked_pow(exponent.unsigned_abs().min(38)).unwrap_or(i128::MAX);
        nanos = ceil_div(nanos, divisor);
    }
    nanos.min(LARGEST)
}

fn ceil_div(a: i128, b: i128) -> i128 {
    // Away from zero, as Kubernetes rounds.
    if a < 0 { -((-a + b - 1) / b) } else { (a + b - 1) / b }
}

fn to_i64(it: i128) -> i64 {
    i64::try_from(it).unwrap_or(if it < 0 { i64::MIN } else { i64::MAX })
}

impl std::ops::Add for Quantity {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self { nanos: (self.nanos + other.nanos).clamp(-LARGEST, LARGEST) }
    }
}

impl std::ops::AddAssign for Quantity {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl std::ops::Sub for Quantity {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self { nanos: (self.nanos - other.nanos).clamp(-LARGEST, LARGEST) }
    }
}

impl std::iter::Sum for Quantity {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |a, b| a + b)
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.nanos % NANO == 0 {
            let units = self.nanos / NANO;
            for (shift, name) in [(40, "Ti"), (30, "Gi"), (20, "Mi"), (10, "Ki")] {
                if units != 0 && units % (1i128 << shift) == 0 {
                    return write!(f, "{}{name}", units >> shift);
                }
            }
            return write!(f, "{units}");
        }
        for (step, name) in [(1_000_000, "m"), (1_000, "u"), (1, "n")] {
            if self.nanos % step == 0 {
                return write!(f, "{}{name}", self.nanos / step);
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Quantity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

struct QuantityVisitor;

impl Visitor<'_> for QuantityVisitor {
    type Value = Quantity;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a quantity")
    }
    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Quantity, E> {
        Quantity::parse(text).map_err(E::custom)
    }
    fn visit_i64<E>(self, it: i64) -> Result<Quantity, E> {
        Ok(Quantity::units(it))
    }
    fn visit_u64<E>(self, it: u64) -> Result<Quantity, E> {
        Ok(Quantity::units(i64::try_from(it).unwrap_or(i64::MAX)))
    }
    fn visit_f64<E: serde::de::Error>(self, it: f64) -> Result<Quantity, E> {
        Quantity::parse(&it.to_string()).map_err(E::custom)
    }
}

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(QuantityVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn q(text: &str) -> Quantity {
        Quantity::parse(text).expect(text)
    }

    #[test]
    fn suffixes_and_fractions_are_exact() {
        assert_eq!(q("250m").milli_value(), 250);
        assert_eq!(q("1.5").milli_value(), 1500);
        assert_eq!(q("1Gi").value(), 1 << 30);
        assert_eq!(q("1.2Gi").milli_value(), 1_288_490_188_800);
        assert_eq!(q("2e3").value(), 2000);
        assert_eq!(q("1E").value(), 1_000_000_000_000_000_000);
        assert_eq!(q("0.1m").milli_value(), 1, "rounded up");
        assert_eq!(q("-1.5").value(), -2, "away from zero");
        assert_eq!(q("100Ei").value(), i64::MAX, "capped");
    }

    #[test]
    fn what_kubernetes_refuses_is_refused() {
        for text in ["", "m", "1 Gi", "1gi", "0x10", "1.2.3", "Gi", "1e", "+"] {
            assert!(Quantity::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn display_reads_back() {
        for text in ["250m", "1Gi", "3", "1500m", "1n", "0"] {
            assert_eq!(q(text).to_string(), if text == "1500m" { "1500m" } else { text });
            assert_eq!(q(&q(text).to_string()), q(text));
        }
    }
}
