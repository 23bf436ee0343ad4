//! How often an expression of a schedule runs.

const DAY: i64 = 24;

/// The longest time between two runs of `cron(...)` or `rate(...)`, in whole hours, at least one; `None` for what cannot be told.
///
/// Source: Amazon EventBridge user guide, schedule expressions.
pub fn interval_hours(expression: &str) -> Option<i64> {
    if let Some(rate) = inside(expression, "rate") {
        let (count, unit) = rate.split_once(' ')?;
        let count: i64 = count.parse().ok()?;
        return Some(match unit.trim_end_matches('s') {
            "minute" => (count + 59) / 60,
            "hour" => count,
            "day" => count * DAY,
            _ => return None,
        });
    }
    let fields: Vec<&str> = inside(expression, "cron")?.split_whitespace().collect();
    let [_, hours, day, month, weekday, ..] = fields[..] else { return None };
    let open = |it: &str| matches!(it, "*" | "?");
    if !open(month) {
        return Some(365 * DAY / i64::try_from(month.split(',').count()).ok()?.max(1));
    }
    if !open(weekday) {
        let days = weekday_numbers(weekday)?;
        return Some(longest_gap(&days, 7) * DAY);
    }
    if !open(day) {
        return match day.split_once('/') {
            Some((_, every)) => Some(every.parse::<i64>().ok()? * DAY),
            None => Some(31 * DAY / i64::try_from(day.split(',').count()).ok()?.max(1)),
        };
    }
    Some(longest_gap(&numbers(hours, 0, 23)?, DAY))
}

fn inside<'a>(expression: &'a str, function: &str) -> Option<&'a str> {
    expression.trim().strip_prefix(function)?.strip_prefix('(')?.strip_suffix(')')
}

/// Numbers that a field stands for: `*`, `5`, `1,3`, `1-5`, `*/6`, `0/6`.
fn numbers(field: &str, first: i64, last: i64) -> Option<Vec<i64>> {
    let mut all = Vec::new();
    for part in field.split(',') {
        let (range, step) = part.split_once('/').map_or((part, None), |(range, step)| (range, Some(step)));
        let step: i64 = step.map_or(Some(1), |it| it.parse().ok()).filter(|it| *it > 0)?;
        let (from, to) = match range.split_once('-') {
            Some((from, to)) => (from.parse().ok()?, to.parse().ok()?),
            None if range == "*" => (first, last),
            None if part.contains('/') => (range.parse().ok()?, last),
            None => (range.parse().ok()?, range.parse().ok()?),
        };
        let mut at = from;
        while at <= to && at <= last {
            all.push(at);
            at += step;
        }
    }
    all.sort_unstable();
    (!all.is_empty()).then_some(all)
}

fn weekday_numbers(field: &str) -> Option<Vec<i64>> {
    const NAMES: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
    let mut field = field.to_ascii_uppercase();
    for (name, number) in NAMES.iter().zip(1..) {
        field = field.replace(name, &number.to_string());
    }
    numbers(&field, 1, 7)
}

/// The longest step from one to the next, going round.
fn longest_gap(sorted: &[i64], round: i64) -> i64 {
    let next = sorted.iter().skip(1).copied().chain(sorted.first().map(|it| it + round));
    sorted.iter().zip(next).map(|(at, next)| next - at).max().unwrap_or(round)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_are_told_by_their_longest_wait() {
        for (expression, expected) in [
            ("cron(0 5 ? * * *)", Some(24)),
            ("cron(0 5 * * ? *)", Some(24)),
            ("cron(0 */6 * * ? *)", Some(6)),
            ("cron(0 0/12 * * ? *)", Some(12)),
            ("cron(15 * * * ? *)", Some(1)),
            ("cron(0 3 ? * SUN *)", Some(168)),
            ("cron(0 3 ? * MON-FRI *)", Some(72)),
            ("cron(0 3 1 * ? *)", Some(744)),
            ("cron(0 3 1 1 ? *)", Some(8760)),
            ("rate(12 hours)", Some(12)),
            ("rate(1 day)", Some(24)),
            ("rate(30 minutes)", Some(1)),
            ("cron(nonsense)", None),
            ("", None),
        ] {
            assert_eq!(interval_hours(expression), expected, "{expression}");
        }
    }
}
