//! One file per verb.

mod check;
mod diff;
mod drill;
mod explain;
mod outputs;
#[cfg(feature = "live")]
mod permissions;
mod record;
mod rules;

use std::io::Write;

use clap::{ArgMatches, FromArgMatches};
use seatrial_check::Check;

pub use explain::did_you_mean;

use crate::args::{ChoiceArgs, Cli, Command, SchemaOf};
use crate::error::Error;
use crate::exit::Exit;
use crate::rules::OwnRule;

/// Runs the verb that was typed.
pub fn run(matches: &ArgMatches) -> Result<Exit, Error> {
    let cli = Cli::from_arg_matches(matches).unwrap_or_else(|error| error.exit());
    match cli.command {
        Command::Check(args) => check::run(&args, matches.subcommand_matches("check")),
        Command::Record(args) => record::run(&args),
        Command::Drill(args) => drill::run(&args, matches.subcommand_matches("drill")),
        Command::Diff(args) => diff::run(&args, matches.subcommand_matches("diff")),
        #[cfg(feature = "live")]
        Command::Permissions(args) => permissions::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Rules(command) => rules::run(&command),
        Command::Schema { of } => {
            let schema = match of {
                SchemaOf::Config => schemars::schema_for!(seatrial_config::Config),
                SchemaOf::Report => schemars::schema_for!(seatrial_report::Report),
                SchemaOf::Diff => schemars::schema_for!(seatrial_report::diff::Diff),
                SchemaOf::Drill => schemars::schema_for!(seatrial_report::drill::Answer),
            };
            writeln!(std::io::stdout(), "{:#}", schema.as_value()).map_err(Error::Output).map(|()| Exit::Clean)
        }
        Command::Completions { shell } => {
            // Not written straight to standard output: the generator panics where a reader goes away.
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut crate::args::command(), "seatrial", &mut script);
            std::io::stdout().write_all(&script).map_err(Error::Output).map(|()| Exit::Clean)
        }
        Command::Man => clap_mangen::Man::new(crate::args::command()).render(&mut std::io::stdout()).map_err(Error::Output).map(|()| Exit::Clean),
    }
}

/// The checks and the team's own rules that were asked for.
fn selected<'r>(choice: &ChoiceArgs, own: &'r [OwnRule]) -> Result<(Vec<&'static Check>, Vec<&'r OwnRule>), Error> {
    let ids: Vec<&str> = own.iter().map(|it| it.card.id).collect();
    for id in choice.only.iter().chain(&choice.skip) {
        if seatrial_check::find(id).is_none() && !ids.contains(&id.as_str()) {
            return Err(Error::NoSuchCheck(id.clone(), did_you_mean(id, &ids)));
        }
    }
    let checks = seatrial_check::all().into_iter().filter(|it| choice.takes(it)).collect();
    Ok((checks, own.iter().filter(|it| choice.takes(it.card)).collect()))
}
