//! How a result is written.

use std::path::PathBuf;

use clap::Args;

use super::ColorArg;

/// Formats and where they go; the same for every verb that reports.
#[derive(Args, Debug, Clone)]
pub struct OutputArgs {
    /// Output format; may be given several times, each followed by its --output [default: human]
    #[arg(long, value_name = "FORMAT", help_heading = "Output")]
    pub format: Vec<String>,
    /// File for the format before it; standard output without
    #[arg(short = 'o', long = "output", value_name = "FILE", help_heading = "Output")]
    pub output: Vec<PathBuf>,
    /// When to use colours
    #[arg(long, value_enum, default_value_t = ColorArg::Auto, help_heading = "Output")]
    pub color: ColorArg,
}
