//! Lists as tables: objects of one shape give their differing values column by column, which packs far better than line by line.
//!
//! A list is a run of batches. A batch is a line [`Batch`], then for each shape a line [`Shape`] and its columns, one a line, each a JSON array
//! with a value a row. Values that all rows of a shape share stay in the shape, so a shape of one row is the object itself.

use std::collections::HashMap;
use std::io::{self, BufRead, Write};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::error::Error;
use crate::leaves::{HOLE, leaves, pieces};
use crate::lines::Lines;

/// Rows of a batch: memory is bounded by them.
const ROWS: usize = 8192;

/// The head of a batch.
#[derive(Serialize, Deserialize)]
struct Batch {
    rows: usize,
    shapes: usize,
    /// Which shape the rows have, in the list's order: runs of (shape, rows).
    order: Vec<(usize, usize)>,
}

/// The head of a shape.
#[derive(Serialize, Deserialize)]
struct Shape<T> {
    rows: usize,
    columns: usize,
    /// An object with holes.
    of: T,
}

/// Writes items as batches.
pub fn write<T: Serialize>(out: &mut impl Write, items: impl Iterator<Item = T>) -> io::Result<()> {
    let mut items = items.peekable();
    while items.peek().is_some() {
        let mut draft = Draft::default();
        for it in items.by_ref().take(ROWS) {
            draft.add(&serde_json::to_vec(&it)?);
        }
        draft.write(out)?;
    }
    Ok(())
}

/// A batch that is being gathered.
#[derive(Default)]
struct Draft {
    rows: usize,
    order: Vec<(usize, usize)>,
    numbers: HashMap<Vec<u8>, usize>,
    shapes: Vec<Group>,
}

/// Rows of one shape.
struct Group {
    /// The shape with a hole for every value.
    open: Vec<u8>,
    rows: usize,
    /// Every value of the rows, a JSON array's inside each, and the first row's value while all others are equal to it.
    columns: Vec<Column>,
}

#[derive(Default)]
struct Column {
    first: Vec<u8>,
    all: Vec<u8>,
    differs: bool,
}

impl Draft {
    fn add(&mut self, text: &[u8]) {
        let values = leaves(text);
        let mut open = Vec::with_capacity(text.len());
        let mut from = 0;
        for it in &values {
            open.extend_from_slice(&text[from..it.start]);
            open.extend_from_slice(HOLE);
            from = it.end;
        }
        open.extend_from_slice(&text[from..]);
        let next = self.shapes.len();
        let number = *self.numbers.entry(open.clone()).or_insert(next);
        if number == next {
            self.shapes.push(Group { open, rows: 0, columns: values.iter().map(|_| Column::default()).collect() });
        }
        let group = &mut self.shapes[number];
        for (column, value) in group.columns.iter_mut().zip(values) {
            column.add(&text[value]);
        }
        group.rows += 1;
        self.rows += 1;
        match self.order.last_mut() {
            Some((last, rows)) if *last == number => *rows += 1,
            _ => self.order.push((number, 1)),
        }
    }

    fn write(self, out: &mut impl Write) -> io::Result<()> {
        line(out, &Batch { rows: self.rows, shapes: self.shapes.len(), order: self.order })?;
        for group in self.shapes {
            let mut of = Vec::with_capacity(group.open.len());
            let mut columns = Vec::new();
            for (piece, column) in pieces(&group.open).into_iter().zip(group.columns.iter().map(Some).chain([None])) {
                of.extend_from_slice(piece);
                let Some(column) = column else { continue };
                if column.differs || column.first == HOLE {
                    of.extend_from_slice(HOLE);
                    columns.push(&column.all);
                } else {
                    of.extend_from_slice(&column.first);
                }
            }
            let of: &RawValue = serde_json::from_slice(&of)?;
            line(out, &Shape { rows: group.rows, columns: columns.len(), of })?;
            for it in columns {
                out.write_all(b"[")?;
                out.write_all(it)?;
                out.write_all(b"]\n")?;
            }
        }
        Ok(())
    }
}

impl Column {
    fn add(&mut self, value: &[u8]) {
        if self.all.is_empty() {
            self.first = value.to_vec();
        } else {
            self.all.push(b',');
        }
        self.all.extend_from_slice(value);
        self.differs |= self.first != value;
    }
}

/// Writes one line.
pub fn line(out: &mut impl Write, it: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, it)?;
    out.write_all(b"\n")
}

/// Reads `items` items of the part `name`, each made by `of`.
pub fn read<T: for<'a> Deserialize<'a> + Send, U: Send, R: BufRead>(
    lines: &mut Lines<R>,
    name: &str,
    items: u64,
    of: impl Fn(T) -> Result<U, String> + Sync,
) -> Result<Vec<U>, Error> {
    let items = usize::try_from(items).map_err(|_| lines.damaged("too many items"))?;
    let mut all: Vec<U> = Vec::new();
    while all.len() < items {
        let missing = items - all.len();
        let Batch { rows, shapes, order } = lines.item(|| format!("{missing} of {items} items of `{name}` are not there"))?;
        if rows == 0 || rows > ROWS || rows > missing || order.iter().map(|it| it.1).try_fold(0, usize::checked_add) != Some(rows) {
            return Err(lines.damaged(format!("a batch of {rows} rows, where {missing} of `{name}` are missing")));
        }
        let mut groups = Vec::with_capacity(shapes.min(rows));
        for at in 0..shapes {
            groups.push(Filled::read(lines, || format!("{} of {shapes} shapes of `{name}` are not there", shapes - at))?);
        }
        let numbers = order.into_iter().flat_map(|(number, rows)| std::iter::repeat_n(number, rows));
        let mut texts = Vec::with_capacity(rows);
        for number in numbers {
            let text = groups.get_mut(number).and_then(Filled::next);
            texts.push(text.ok_or_else(|| lines.damaged("a row without a shape or a value"))?);
        }
        let made: Result<Vec<U>, String> = texts.par_iter().map(|text| serde_json::from_slice(text).map_err(|error| error.to_string()).and_then(&of)).collect();
        all.extend(made.map_err(|reason| lines.damaged(format!("`{name}`: {reason}")))?);
    }
    all.shrink_to_fit();
    Ok(all)
}

/// A shape and its columns, row after row.
struct Filled {
    /// The shape cut at its holes.
    pieces: Vec<Vec<u8>>,
    columns: Vec<Vec<u8>>,
    values: Vec<std::vec::IntoIter<std::ops::Range<usize>>>,
}

impl Filled {
    fn read<R: BufRead>(lines: &mut Lines<R>, missing: impl FnOnce() -> String) -> Result<Self, Error> {
        let Shape { rows, columns, of }: Shape<Box<RawValue>> = lines.item(missing)?;
        let pieces: Vec<Vec<u8>> = pieces(of.get().as_bytes()).into_iter().map(<[u8]>::to_vec).collect();
        if pieces.len() != columns + 1 {
            return Err(lines.damaged("a shape whose holes are not its columns"));
        }
        let mut it = Self { pieces, columns: Vec::with_capacity(columns), values: Vec::with_capacity(columns) };
        for at in 0..columns {
            let text = lines.text(|| format!("{} of {columns} columns are not there", columns - at))?.to_vec();
            let values = leaves(&text);
            if values.len() != rows || text.first() != Some(&b'[') {
                return Err(lines.damaged(format!("a column of {} values for {rows} rows", values.len())));
            }
            it.columns.push(text);
            it.values.push(values.into_iter());
        }
        Ok(it)
    }

    /// The text of the next row.
    fn next(&mut self) -> Option<Vec<u8>> {
        let (last, before) = self.pieces.split_last()?;
        let mut text = Vec::with_capacity(self.pieces.iter().map(Vec::len).sum::<usize>() + 24 * before.len());
        for (piece, (column, values)) in before.iter().zip(self.columns.iter().zip(&mut self.values)) {
            text.extend_from_slice(piece);
            text.extend_from_slice(&column[values.next()?]);
        }
        text.extend_from_slice(last);
        Some(text)
    }
}
