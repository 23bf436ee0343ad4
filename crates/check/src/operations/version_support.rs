//! When EKS stops supporting a Kubernetes version.

use jiff::civil::{Date, date};
use seatrial_model::Version;

/// A version's last days of standard and of extended support.
pub(crate) struct Support {
    pub(crate) version: Version,
    pub(crate) standard: Date,
    pub(crate) extended: Date,
}

const fn support(minor: u16, standard: Date, extended: Date) -> Support {
    Support { version: Version::minor(minor), standard, extended }
}

/// Source: endoflife.date, Amazon EKS, read 2026-08-22.
const CALENDAR: &[Support] = &[
    support(30, date(2025, 7, 23), date(2026, 7, 23)),
    support(31, date(2025, 11, 26), date(2026, 11, 26)),
    support(32, date(2026, 3, 23), date(2027, 3, 23)),
    support(33, date(2026, 7, 29), date(2027, 7, 29)),
    support(34, date(2026, 12, 2), date(2027, 12, 2)),
    support(35, date(2027, 3, 27), date(2028, 3, 27)),
    support(36, date(2027, 8, 2), date(2028, 8, 2)),
];

/// What is known of a version's support: the oldest row stands for what is older; nothing is known of newer ones.
pub(crate) fn support_of(version: Version) -> Option<&'static Support> {
    CALENDAR.iter().find(|it| it.version >= version)
}
