//! `cargo xtask oracle DIR [--json]`: our judgement against that of other tools, case by case.

pub mod case;
mod conditions;
pub mod divergences;
pub mod document;
mod judge;
pub mod reasons;

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Result, bail};
use seatrial_check::peers::{self, Peer};
use serde::Serialize;

use case::Case;

/// The official cases of the Pod Security Standards: no tool's, so no mapping.
const POD_SECURITY: &str = "pod-security";

/// What comparing one case came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Both say the same.
    Agree,
    /// We say otherwise on purpose: why.
    Documented(&'static str),
    /// We say otherwise: what was found.
    Disagree(String),
    /// A check that we have on purpose not taken over: why.
    Unmapped(&'static str),
}

/// How many cases came to what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// Both say the same.
    pub agree: usize,
    /// We say otherwise on purpose.
    pub documented: usize,
    /// We say otherwise.
    pub disagree: usize,
    /// The check has no counterpart here.
    pub unmapped: usize,
}

impl Totals {
    fn count(&mut self, it: &Answer) {
        *match it {
            Answer::Agree => &mut self.agree,
            Answer::Documented(_) => &mut self.documented,
            Answer::Disagree(_) => &mut self.disagree,
            Answer::Unmapped(_) => &mut self.unmapped,
        } += 1;
    }
}

/// Compares every case of a folder and prints how that went.
pub fn run(folder: &Path, json: bool) -> Result<()> {
    let cases = case::read(folder)?;
    let answers: Vec<(&Case, Answer)> = cases.iter().map(|it| Ok((it, compare(folder, it)?))).collect::<Result<_>>()?;
    if json {
        println!("{}", serde_json::json!({ "tools": by(&answers, |it| it.tool.clone()) }));
    } else {
        print(&answers);
    }
    Ok(())
}

fn by(answers: &[(&Case, Answer)], key: impl Fn(&Case) -> String) -> BTreeMap<String, Totals> {
    let mut totals: BTreeMap<String, Totals> = BTreeMap::new();
    answers.iter().for_each(|(case, answer)| totals.entry(key(case)).or_default().count(answer));
    totals
}

fn print(answers: &[(&Case, Answer)]) {
    for (title, totals) in [("tool", by(answers, |it| it.tool.clone())), ("tool and concept", by(answers, |it| format!("{} {}", it.tool, it.concept())))] {
        println!("{title:<42} {:>8} {:>10} {:>8} {:>8}", "agree", "documented", "disagree", "unmapped");
        for (name, it) in totals {
            println!("{name:<42} {:>8} {:>10} {:>8} {:>8}", it.agree, it.documented, it.disagree, it.unmapped);
        }
        println!();
    }
    for (case, answer) in answers {
        match answer {
            Answer::Disagree(found) => println!("disagree   {} {}: {}: {found} ({})", case.tool, case.check, case.verdict, case.name()),
            Answer::Documented(reason) => println!("documented {} {}: {}: {reason} ({})", case.tool, case.check, case.verdict, case.name()),
            Answer::Agree | Answer::Unmapped(_) => {}
        }
    }
    let unmapped: BTreeMap<(&str, &str), &str> =
        answers.iter().filter_map(|(case, answer)| if let Answer::Unmapped(why) = answer { Some(((&*case.tool, &*case.check), *why)) } else { None }).collect();
    unmapped.into_iter().for_each(|((tool, check), why)| println!("unmapped   {tool} {check}: {why}"));
}

/// Compares one case.
pub fn compare(folder: &Path, case: &Case) -> Result<Answer> {
    let differs = if case.tool == POD_SECURITY {
        let ours = judge::breaks(folder, case)?;
        (ours != case.is_bad()).then(|| format!("breaks the level here: {ours}"))
    } else {
        let Some(peer) = peers::find(&case.tool, &case.check) else { return Ok(Answer::Disagree("no mapping".to_owned())) };
        if peer.ours.is_empty() {
            return Ok(Answer::Unmapped(peer.note));
        }
        difference(folder, case, peer)?
    };
    Ok(match differs {
        None => Answer::Agree,
        Some(found) => documented(folder, case)?.map_or(Answer::Disagree(found), Answer::Documented),
    })
}

fn documented(folder: &Path, case: &Case) -> Result<Option<&'static str>> {
    let files: Vec<&str> = case.files.iter().map(String::as_str).collect();
    let text = files.iter().map(|it| std::fs::read_to_string(folder.join(it))).collect::<std::io::Result<Vec<_>>>()?.join("\n");
    let snapshot = judge::read(folder, &files)?;
    Ok(divergences::find(case, &divergences::Files { text: &text, snapshot: &snapshot }).map(|it| it.reason))
}

/// What we say where it is not what the tool says.
fn difference(folder: &Path, case: &Case, peer: &Peer) -> Result<Option<String>> {
    let files: Vec<&str> = case.files.iter().map(String::as_str).collect();
    match case.verdict.as_str() {
        "pass" | "fail" | "warn" | "fixed" => {
            let found = judge::found(folder, &files, peer, &case.resources)?;
            Ok((found.is_empty() == case.is_bad()).then(|| format!("{found:?}")))
        }
        // The files of such a case do not belong together: each is judged alone.
        "counts" => {
            let found = files.iter().map(|it| judge::found(folder, &[it], peer, &case.resources)).collect::<Result<Vec<_>>>()?;
            let count: usize = found.iter().map(std::collections::BTreeSet::len).sum();
            Ok((count != case.failed).then(|| format!("{count} instead of {}: {found:?}", case.failed)))
        }
        "names" => names(folder, &files, peer),
        other => bail!("{}: verdict {other} of a check that is mapped", case.name()),
    }
}

/// A rule that is shown by a good and a bad manifest: the bad one must be found and the good one must not.
fn names(folder: &Path, files: &[&str], peer: &Peer) -> Result<Option<String>> {
    let mut wrong = Vec::new();
    for file in files {
        let is_bad = match file.rsplit('/').next() {
            Some("bad.yaml") => true,
            Some("good.yaml") => false,
            _ => continue,
        };
        let found = judge::found(folder, &[file], peer, &[])?;
        if found.is_empty() == is_bad {
            wrong.push(format!("{file}: {found:?}"));
        }
    }
    Ok((!wrong.is_empty()).then(|| wrong.join("; ")))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::PathBuf;

    use super::*;

    fn corpus() -> Option<PathBuf> {
        let found = std::env::var("SEATRIAL_CORPUS").ok().map(|it| PathBuf::from(it).join("oracle/peers"));
        if found.is_none() {
            eprintln!("skipped: SEATRIAL_CORPUS does not name the folder of labelled cases");
        }
        found
    }

    #[test]
    fn nearly_every_case_agrees_and_every_other_is_documented() {
        let Some(folder) = corpus() else { return };
        let mut sum = Totals::default();
        let mut official = Totals::default();
        let mut wrong = Vec::new();
        for case in case::read(&folder).expect("cases") {
            let answer = compare(&folder, &case).expect("files");
            if let Answer::Disagree(found) = &answer {
                wrong.push(format!("{} {}: {found} ({})", case.tool, case.check, case.name()));
            }
            if case.tool == POD_SECURITY { official.count(&answer) } else { sum.count(&answer) }
        }
        assert_eq!(wrong, [""; 0]);
        assert_eq!((official.agree, official.documented), (102, 0), "the Pod Security cases have one right answer");
        let mapped = sum.agree + sum.documented + sum.disagree;
        assert!((sum.agree + sum.documented) * 100 >= mapped * 95 && sum.agree * 100 >= mapped * 88, "{sum:?}");
        assert!(mapped * 10 >= (mapped + sum.unmapped) * 8, "most checks of the peers are taken over: {sum:?}");
    }

    #[test]
    fn every_check_of_the_cases_has_a_mapping() {
        let Some(folder) = corpus() else { return };
        let cases = case::read(&folder).expect("cases");
        let checks: BTreeSet<(&str, &str)> = cases.iter().map(|it| (it.tool.as_str(), it.check.as_str())).collect();
        let missing: Vec<_> = checks.into_iter().filter(|(tool, check)| *tool != POD_SECURITY && peers::find(tool, check).is_none()).collect();
        assert_eq!(missing, []);
    }

    #[test]
    fn every_divergence_is_of_a_check_that_is_mapped_and_gives_a_reason() {
        for it in reasons::DIVERGENCES {
            assert!(!it.condition.is_empty() && it.reason.ends_with('.'), "{}", it.condition);
            for (tool, check) in it.checks {
                assert!(peers::find(tool, check).is_some_and(|it| !it.ours.is_empty()), "{tool} {check}");
            }
        }
    }
}
