//! Development tasks: replays that prove the simulation.

mod kube_facts;
mod scenarios;
mod sim_bench;
mod traces;

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let command = args.next().unwrap_or_default();
    let rest: Vec<String> = args.collect();
    match command.as_str() {
        "traces" => traces::run(&rest),
        "kube-facts" => kube_facts::run(&rest),
        "sim-bench" => sim_bench::run(&rest),
        _ => {
            eprintln!("usage: cargo xtask traces DIR [--json] | kube-facts DIR [--json] | sim-bench RECORDING [--json]");
            ExitCode::from(2)
        }
    }
}
