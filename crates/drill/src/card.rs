//! A drill's card: what it rehearses, for which row of the guide, on which assumptions, and what it leaves out.

use seatrial_facts::guide::Row;
use seatrial_report::drill::Drill;

use crate::refusal::Refusal;
use crate::request::Request;
use crate::world::World;

/// A drill.
pub struct Card {
    /// What users type.
    pub id: &'static str,
    /// The question it answers.
    pub title: &'static str,
    /// How it is called, without the program's name.
    pub usage: &'static str,
    /// The row of the guide.
    pub row: Row,
    /// Why it is worth rehearsing.
    pub why: &'static str,
    /// What it takes for granted.
    pub assumptions: &'static [&'static str],
    /// What it leaves out.
    pub not_modelled: &'static [&'static str],
    /// Rehearses each target that the request names.
    pub run: fn(&mut World, &Request) -> Result<Vec<Drill>, Refusal>,
    /// What is worth rehearsing where nothing was asked for; `None` where the cluster has nothing for it.
    pub worthwhile: fn(&World) -> Option<Request>,
}
