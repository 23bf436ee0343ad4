//! `seatrial record`.

use std::path::PathBuf;

use clap::Args;

use super::SourceArgs;

/// `record`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  seatrial record -o prod.trial cluster.json        what `kubectl get ... -A -o json` wrote
  seatrial record -o shop.trial charts/shop -f values-prod.yaml
  seatrial check prod.trial                         the report that the inputs would have given
  seatrial record -o - deploy/ | seatrial check -

A recording holds typed objects, AWS facts, what was not read, and the places of findings; no text of your files, and of secrets only
keys and lengths. Its lines are JSON: zstd -dc prod.trial")]
pub struct RecordArgs {
    /// Files, folders, globs, Helm charts, Kustomize roots, dumps, recordings; `-` is standard input
    #[arg(value_name = "PATH")]
    pub paths: Vec<String>,
    /// Where the snapshot comes from
    #[command(flatten)]
    pub source: SourceArgs,
    /// File to write; `-` is standard output
    #[arg(short = 'o', long = "output", value_name = "FILE", required = true)]
    pub output: PathBuf,
    /// Overwrite the file
    #[arg(long)]
    pub force: bool,
    /// Configuration [default: seatrial.yaml in the current folder]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}
