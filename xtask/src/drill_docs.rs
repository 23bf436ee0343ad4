//! `docs/drills.md`: the reference of all drills, made from their cards.

use std::fmt::Write as _;

use seatrial_drill::{Card, LISTED, all};

/// The whole page.
pub fn text() -> String {
    let mut out = String::from(
        "# Drills\n\nGenerated from the cards by `cargo xtask docs`.\n\nVerdicts, worst first: **down** (something that served has no Ready pod for a while, or for ever), **stuck** (the operation does not come to\nan end by itself), **degraded** (everything serves, something does not return to full strength), **unknown** (not enough evidence),\n**survives**. A verdict is the worst of all seeds; the answer says in how many of them it occurs, and for which seed.\n\nExit codes: 0 everything is survived, 1 a verdict is as bad as `--fail-on` (degraded unless set), 2 the call is wrong, 3 it could not be answered.\n",
    );
    for card in all() {
        one(card, &mut out);
    }
    let _ =
        write!(out, "\n## Durations\n\n`--latency NAME=SECONDS` overrides them.\n\n| Name | Seconds | What, and where it comes from |\n| --- | --- | --- |\n");
    for it in LISTED {
        let _ = writeln!(out, "| {} | {} | {} |", it.name, it.milliseconds as f64 / 1000.0, it.source);
    }
    out
}

fn one(card: &Card, out: &mut String) {
    let _ = write!(
        out,
        "\n## {}\n\n{}\n\n```\nseatrial drill {}\n```\n\n_Row of the guide: {}_\n\n{}\n\nAssumed:\n",
        card.id,
        card.title,
        card.usage,
        card.row.title(),
        card.why
    );
    card.assumptions.iter().for_each(|it| {
        let _ = writeln!(out, "- {it}");
    });
    let _ = write!(out, "\nNot modelled:\n");
    card.not_modelled.iter().for_each(|it| {
        let _ = writeln!(out, "- {it}");
    });
}
