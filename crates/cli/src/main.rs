//! `seatrial`: sea trials for Amazon EKS clusters.

mod args;
mod baseline;
mod cmd;
mod config;
mod error;
mod exit;
mod fix;
mod rules;
mod source;
mod texts;
mod traced;

use std::process::ExitCode;

fn main() -> ExitCode {
    let matches = args::matches();
    match cmd::run(&matches) {
        Ok(exit) => exit.into(),
        Err(error) if error.is_broken_pipe() => ExitCode::SUCCESS,
        Err(error) => {
            error.print();
            error.exit().into()
        }
    }
}
