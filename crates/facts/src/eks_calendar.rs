//! When Amazon EKS supports which Kubernetes version.

use jiff::civil::Date;
use jiff::civil::date;
use seatrial_model::Version;

/// One version's dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Release {
    /// The Kubernetes version.
    pub version: Version,
    /// When EKS first offered it.
    pub released: Date,
    /// Last day of standard support.
    pub end_standard: Date,
    /// Last day of extended support, which costs more per cluster and hour; afterwards EKS upgrades the control plane by itself.
    pub end_extended: Date,
}

/// How EKS supports a version on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Support {
    /// EKS does not offer it yet.
    NotReleased {
        /// First day.
        released: Date,
    },
    /// Within the standard price.
    Standard {
        /// Last day of it.
        until: Date,
    },
    /// At the extended price.
    Extended {
        /// Last day of it.
        until: Date,
    },
    /// No longer supported.
    Ended {
        /// Last day of support.
        since: Date,
    },
}

const fn release(minor: u16, released: Date, end_standard: Date, end_extended: Date) -> Release {
    Release { version: Version::minor(minor), released, end_standard, end_extended }
}

/// All releases with published dates, oldest first.
///
/// Source: endoflife.date products/amazon-eks, 2026-08-22. 1.37 is offered by newer tools, but its dates were not published by then.
pub static RELEASES: [Release; 7] = [
    release(30, date(2024, 5, 23), date(2025, 7, 23), date(2026, 7, 23)),
    release(31, date(2024, 9, 26), date(2025, 11, 26), date(2026, 11, 26)),
    release(32, date(2025, 1, 25), date(2026, 3, 23), date(2027, 3, 23)),
    release(33, date(2025, 5, 28), date(2026, 7, 29), date(2027, 7, 29)),
    release(34, date(2025, 10, 6), date(2026, 12, 2), date(2027, 12, 2)),
    release(35, date(2026, 1, 28), date(2027, 3, 27), date(2028, 3, 27)),
    release(36, date(2026, 6, 2), date(2027, 8, 2), date(2028, 8, 2)),
];

/// The dates of `version`, where they are published.
pub fn release_of(version: Version) -> Option<&'static Release> {
    RELEASES.iter().find(|it| it.version == version)
}

/// How EKS supports `version` on `day`; `None` for a version newer than the calendar.
pub fn support(version: Version, day: Date) -> Option<Support> {
    let oldest = &RELEASES[0];
    if version < oldest.version {
        return Some(Support::Ended { since: oldest.end_extended });
    }
    let it = release_of(version)?;
    Some(match day {
        day if day < it.released => Support::NotReleased { released: it.released },
        day if day <= it.end_standard => Support::Standard { until: it.end_standard },
        day if day <= it.end_extended => Support::Extended { until: it.end_extended },
        _ => Support::Ended { since: it.end_extended },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn support_goes_from_standard_to_extended_to_none() {
        let on = |minor, y, m, d| support(Version::minor(minor), date(y, m, d));
        assert_eq!(on(33, 2026, 7, 29), Some(Support::Standard { until: date(2026, 7, 29) }));
        assert_eq!(on(33, 2026, 7, 30), Some(Support::Extended { until: date(2027, 7, 29) }));
        assert_eq!(on(30, 2026, 7, 24), Some(Support::Ended { since: date(2026, 7, 23) }));
        assert_eq!(on(36, 2026, 6, 1), Some(Support::NotReleased { released: date(2026, 6, 2) }));
        assert_eq!(on(37, 2026, 11, 1), None);
        assert!(matches!(on(22, 2026, 1, 1), Some(Support::Ended { .. })));
    }
}
