//! `seatrial diff`.

use std::path::PathBuf;

use clap::Args;

use super::{OutputArgs, ProfileArg, RenderArgs};

/// `diff`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  seatrial diff monday.trial today.trial
  seatrial diff prod.trial deploy/ --format markdown -o changes.md

Pods are compared by what owns them, nodes by their group; events, heartbeats and the like are only counted. What was not read on one
side is said, and nothing in it counts as added or removed. Exit code 0: no difference, 1: a difference, 3: something could not be read.")]
pub struct DiffArgs {
    /// The earlier one: a recording, dump, file, folder, Helm chart or Kustomize root; `-` is standard input
    #[arg(value_name = "BEFORE")]
    pub before: String,
    /// The later one
    #[arg(value_name = "AFTER")]
    pub after: String,
    /// How what is named is rendered and read
    #[command(flatten)]
    pub render: RenderArgs,
    /// Which checks are wanted
    #[arg(long, value_enum)]
    pub profile: Option<ProfileArg>,
    /// Configuration [default: seatrial.yaml in the current folder]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Show every change in full
    #[arg(long, help_heading = "Output")]
    pub all: bool,
    /// How the result is written
    #[command(flatten)]
    pub output: OutputArgs,
}
