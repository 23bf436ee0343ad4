//! Development tasks: `cargo xtask TASK`.

mod schema;
mod schema_builtin;
mod verdicts;

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let task = arguments.next().unwrap_or_default();
    let rest: Vec<String> = arguments.collect();
    let outcome = match task.as_str() {
        "schema" => schema::run(&rest),
        "verdicts" => verdicts::run(&rest),
        _ => Err("usage: cargo xtask schema | verdicts DIR [--json]".to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}
