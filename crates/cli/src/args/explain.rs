//! `seatrial explain`.

use std::path::PathBuf;

use clap::Args;

/// `explain`.
#[derive(Args, Debug)]
pub struct ExplainArgs {
    /// Id of a check; all of them are listed without
    pub id: Option<String>,
    /// Configuration with the team's own rules [default: seatrial.yaml in the current folder]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// `human` or `json`
    #[arg(long, default_value = "human")]
    pub format: String,
}
