//! The difference for a terminal: verdicts first, then findings, then what was changed.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use seatrial_report::diff::{Change, Diff, EvidenceChange, FieldChange};

use super::{numbers, summary, values};
use crate::Options;

/// Characters of a value that are shown.
const LONGEST: usize = 100;

pub fn write(diff: &Diff, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page { out, styled: options.styled, most: options.most_findings.unwrap_or(usize::MAX) };
    page.line(&format!("{} ({}) -> {} ({})", diff.before.name, diff.before.taken_at, diff.after.name, diff.after.taken_at))?;
    let said = page.bold(&summary(diff));
    page.line(&said)?;
    page.verdicts(diff)?;
    page.objects(diff)?;
    page.account(diff)?;
    page.rest(diff)
}

struct Page<'a> {
    out: &'a mut dyn Write,
    styled: bool,
    most: usize,
}

impl Page<'_> {
    fn paint(&self, style: Style, text: &str) -> String {
        if self.styled { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    fn bold(&self, text: &str) -> String {
        self.paint(Style::new().bold(), text)
    }

    /// Red for what is worse or gone, green for what is better or new; the words say the same.
    fn coloured(&self, worse: bool, text: &str) -> String {
        self.paint(if worse { AnsiColor::Red } else { AnsiColor::Green }.on_default(), text)
    }

    fn line(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{text}")
    }

    fn title(&mut self, text: &str) -> io::Result<()> {
        let text = self.bold(text);
        self.line(&format!("\n{text}"))
    }

    fn more(&mut self, all: usize) -> io::Result<()> {
        if all > self.most { self.line(&format!("  ... and {} more (--all shows them)", all - self.most)) } else { Ok(()) }
    }

    fn verdicts(&mut self, diff: &Diff) -> io::Result<()> {
        if !diff.rows.is_empty() {
            self.title("Verdicts")?;
        }
        for it in &diff.rows {
            let verdicts = self.coloured(it.is_worse(), &format!("{:7} -> {:7}", it.before.word(), it.after.word()));
            self.line(&format!("  {verdicts}  {}: {} ({})", it.table, it.title, it.reason))?;
        }
        if !diff.findings.is_empty() {
            self.title("Findings")?;
        }
        for it in diff.findings.iter().take(self.most) {
            let fate = self.coloured(it.change.is_worse(), it.change.word());
            let severity = match it.severity_before {
                Some(before) => format!("{} -> {}", before.word(), it.severity.word()),
                None => it.severity.word().to_owned(),
            };
            self.line(&format!("  {fate} [{severity}] {}: {}", it.check, it.message))?;
        }
        self.more(diff.findings.len())
    }

    fn objects(&mut self, diff: &Diff) -> io::Result<()> {
        if !diff.objects.is_empty() {
            self.title("Objects")?;
        }
        for it in diff.objects.iter().take(self.most) {
            self.change(it.change, &it.object.to_string(), &it.fields)?;
        }
        self.more(diff.objects.len())?;
        if !diff.groups.is_empty() {
            self.title("Pods and nodes")?;
        }
        for it in diff.groups.iter().take(self.most) {
            let kind = if it.kind == "Node" { "nodes" } else { "pods" };
            self.line(&format!("  ~ {kind} of {}: {}", it.of, numbers(it)))?;
            self.fields(&it.fields)?;
        }
        self.more(diff.groups.len())
    }

    fn account(&mut self, diff: &Diff) -> io::Result<()> {
        if !diff.account.is_empty() {
            self.title("AWS account")?;
        }
        for it in diff.account.iter().take(self.most) {
            let name = if it.name.is_empty() { it.fact.clone() } else { format!("{}: {}", it.fact, it.name) };
            self.change(it.change, &name, &it.fields)?;
        }
        self.more(diff.account.len())
    }

    fn change(&mut self, change: Change, name: &str, fields: &[FieldChange]) -> io::Result<()> {
        let head = match change {
            Change::Added => self.coloured(false, &format!("+ {name}")),
            Change::Removed => self.coloured(true, &format!("- {name}")),
            Change::Recreated => format!("~ {name} (recreated)"),
            Change::Changed => format!("~ {name}"),
        };
        self.line(&format!("  {head}"))?;
        self.fields(fields)
    }

    fn fields(&mut self, fields: &[FieldChange]) -> io::Result<()> {
        for it in fields {
            let (before, after) = values(it, LONGEST);
            let text = match (before, after) {
                (Some(before), Some(after)) => format!("{}: {before} -> {after}", it.path),
                (None, Some(after)) => self.coloured(false, &format!("+ {}: {after}", it.path)),
                (Some(before), None) => self.coloured(true, &format!("- {}: {before}", it.path)),
                (None, None) => continue,
            };
            self.line(&format!("      {text}"))?;
        }
        Ok(())
    }

    fn rest(&mut self, diff: &Diff) -> io::Result<()> {
        if !diff.evidence.is_empty() {
            self.title("Read on one side only")?;
        }
        for EvidenceChange { what, missing_before, missing_after } in &diff.evidence {
            if let Some(why) = missing_before {
                self.line(&format!("  + {what}: read now; not before: {why}"))?;
            }
            if let Some(why) = missing_after {
                self.line(&format!("  - {what}: not read now: {why}"))?;
            }
        }
        for (side, name) in [(&diff.before, "before"), (&diff.after, "after")] {
            for it in &side.unread {
                self.line(&format!("unread {name}: {it}"))?;
            }
        }
        if !diff.folded.is_empty() {
            let folded: Vec<String> = diff.folded.iter().map(|(what, n)| format!("{n} {what}")).collect();
            self.line(&format!("\nLeft out, because it changes by itself: {}", folded.join(", ")))?;
        }
        Ok(())
    }
}
