//! `--format` with the `--output` that follows it, and writing to either end.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::PathBuf;

use clap::ArgMatches;

use crate::args::{ColorArg, OutputArgs};
use crate::error::Error;

/// A format's name and where it goes; standard output without a file.
pub struct Target {
    /// What the user called the format.
    pub format: String,
    /// The file.
    pub file: Option<PathBuf>,
}

/// Pairs each `--output` with the `--format` before it; `human` on standard output where none was asked for. One of each stands in any order.
pub fn pair(args: &OutputArgs, matches: Option<&ArgMatches>) -> Result<Vec<Target>, Error> {
    let (formats, files) = (&args.format, &args.output);
    if let ([format], [file]) = (&formats[..], &files[..]) {
        return Ok(vec![Target { format: format.clone(), file: Some(file.clone()) }]);
    }
    let indices = |id: &str| matches.and_then(|it| it.indices_of(id)).map(Iterator::collect::<Vec<_>>).unwrap_or_default();
    let mut files: Vec<(usize, &PathBuf)> = indices("output").into_iter().zip(files).collect();
    let formats: Vec<(usize, &str)> = indices("format").into_iter().zip(formats.iter().map(String::as_str)).collect();
    let formats = if formats.is_empty() { vec![(0, "human")] } else { formats };
    let mut targets = Vec::new();
    for (at, (from, name)) in formats.iter().enumerate() {
        let until = formats.get(at + 1).map_or(usize::MAX, |it| it.0);
        let mine = files.iter().position(|it| it.0 > *from && it.0 < until);
        targets.push(Target { format: (*name).to_owned(), file: mine.map(|it| files.remove(it).1.clone()) });
    }
    match files.first() {
        Some((_, file)) => Err(Error::Usage(format!("--output {} has no --format before it", file.display()))),
        None => Ok(targets),
    }
}

/// A format that nobody knows.
pub fn unknown_format(name: &str, known: &[&str]) -> Error {
    Error::Usage(format!("`{name}` is not a format: choose of {}", known.join(", ")))
}

/// Whether to use colours.
pub fn styled(color: ColorArg, file: Option<&PathBuf>) -> bool {
    color.is_wanted(file.is_none() && io::stdout().is_terminal())
}

/// Lets `write` write to the file, or to standard output.
pub fn write(file: Option<&PathBuf>, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Error> {
    match file {
        None => {
            let mut out = BufWriter::new(io::stdout().lock());
            write(&mut out).and_then(|()| out.flush()).map_err(Error::Output)
        }
        Some(path) => {
            let fail = |source| Error::Write { path: path.clone(), source };
            let mut out = BufWriter::new(File::create(path).map_err(fail)?);
            write(&mut out).and_then(|()| out.flush()).map_err(fail)
        }
    }
}
