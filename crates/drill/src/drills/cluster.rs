//! The loss of the whole cluster: what could be brought back, how old, and in which order.

use seatrial_facts::guide::Row;
use seatrial_report::drill::{Blocked, Drill, Event, Verdict};

use crate::card::Card;
use crate::recovery::{Copy, Recovery};
use crate::refusal::Refusal;
use crate::request::Request;
use crate::world::World;

pub static CARD: Card = Card {
    id: "cluster",
    title: "What could be brought back if the cluster were gone?",
    usage: "cluster",
    row: Row::RecoveryConfig,
    why: "A deleted cluster, a broken upgrade or a stolen credential takes everything at once. Only what is kept elsewhere comes back: objects in git, data in snapshots.",
    assumptions: &["EBS snapshots and AWS Backup outlive the cluster; objects come back from git where Argo CD or Flux delivers their namespace"],
    not_modelled: &[
        "data outside of the cluster (RDS, S3, queues)",
        "secrets that are nowhere else",
        "whether the copies can be restored: only a restore tells",
    ],
    run,
    worthwhile,
};

/// How long each step of a rebuild takes, in seconds: typical figures, to be replaced by your own.
///
/// Source: EKS user guide (cluster creation takes several minutes); the rest is assumed.
pub const STEPS: [(&str, f64); 5] = [
    ("control plane and network are made", 900.0),
    ("node groups join", 300.0),
    ("add-ons are installed, the delivery controller is bootstrapped", 600.0),
    ("volumes are restored from their newest copies", 900.0),
    ("applications are delivered and start, databases before what needs them", 600.0),
];

fn worthwhile(_: &World) -> Option<Request> {
    Some(Request::default())
}

fn run(world: &mut World, _: &Request) -> Result<Vec<Drill>, Refusal> {
    let recovery = world.recovery.clone();
    Ok(vec![judge(world, &recovery, &CARD, "The whole cluster is gone", "Cluster lost", |it| it.age)])
}

/// A rebuild from copies: `age` says how old the copy is that this loss leaves.
pub fn judge(world: &World, recovery: &Recovery, card: &Card, title: &str, head: &str, age: impl Fn(&Copy) -> Option<i64>) -> Drill {
    let lost: Vec<&Copy> = recovery.copies.iter().filter(|it| age(it).is_none()).collect();
    let oldest = recovery.copies.iter().filter_map(&age).max();
    let verdict = match () {
        () if !lost.is_empty() && recovery.unread.is_empty() => Verdict::Down,
        () if !recovery.unread.is_empty() => Verdict::Unknown,
        () if !recovery.undelivered.is_empty() => Verdict::Stuck,
        () => Verdict::Degraded,
    };
    let seconds: f64 = STEPS.iter().map(|it| it.1).sum();
    let mut drill = Drill {
        drill: card.id.to_owned(),
        title: title.to_owned(),
        row: card.row.id().to_owned(),
        verdict,
        seeds: 1,
        verdicts: [(verdict, 1)].into(),
        summary: sentence(recovery, &lost, oldest, head, seconds),
        timeline: steps(),
        not_modelled: card.not_modelled.iter().map(|it| (*it).to_owned()).collect(),
        ..Drill::default()
    };
    drill.pods.lost = world.units.iter().filter(|it| it.kind != crate::world::Kind::Daemon).map(|it| it.before).sum();
    drill.blocked.extend(lost.iter().map(|it| lost_claim(it, recovery)));
    drill.blocked.extend(recovery.undelivered.iter().map(|it| undelivered(it)));
    drill
}

fn sentence(recovery: &Recovery, lost: &[&Copy], oldest: Option<i64>, head: &str, seconds: f64) -> String {
    let mut parts = Vec::new();
    if !recovery.unread.is_empty() {
        parts.push(format!("not known: {} were not read", recovery.unread.join(", ")));
    }
    match (recovery.copies.len(), lost.len()) {
        (0, _) => parts.push("no claim holds data".to_owned()),
        (all, 0) => parts.push(format!("all {all} claims have a copy")),
        (all, n) if !recovery.unread.is_empty() => parts.push(format!("no copy of {n} of {all} claims is among the inputs")),
        (all, n) => parts.push(format!("{n} of {all} claims have no copy that survives, such as {}: their data is gone", lost[0].claim)),
    }
    if let Some(age) = oldest {
        parts.push(format!("up to {} of data are lost with the rest (RPO)", crate::judge::duration(age * 1000)));
    }
    match recovery.undelivered.len() {
        0 => parts.push(format!("the objects of all {} namespaces come back from git", recovery.namespaces)),
        n => parts.push(format!("the objects of {n} of {} namespaces are delivered by nothing, such as {}", recovery.namespaces, recovery.undelivered[0])),
    }
    parts.push(format!("about {} until everything serves again, if everything is rehearsed (RTO)", crate::judge::duration((seconds * 1000.0) as i64)));
    format!("{head}: {}", parts.join("; "))
}

fn steps() -> Vec<Event> {
    let mut at = 0.0;
    let mut events = Vec::new();
    for (what, seconds) in STEPS {
        events.push(Event {
            t: at,
            event: what.to_owned(),
            object: String::new(),
            cause: format!("takes about {}", crate::judge::duration((seconds * 1000.0) as i64)),
        });
        at += seconds;
    }
    events.push(Event { t: at, event: "everything serves again".to_owned(), ..Event::default() });
    events
}

fn lost_claim(it: &Copy, recovery: &Recovery) -> Blocked {
    let known = recovery.unread.is_empty();
    Blocked {
        pod: it.claim.clone(),
        pods: 1,
        by: "backup".to_owned(),
        object: format!("PersistentVolumeClaim {}", it.claim),
        field: "snapshots of its volume".to_owned(),
        value: if !known {
            "not read".to_owned()
        } else if it.age.is_some() {
            "in this region only".to_owned()
        } else {
            "none".to_owned()
        },
        fix: if it.age.is_some() {
            "let its backup plan copy to another region".to_owned()
        } else {
            "cover the volume by an AWS Backup plan, or make VolumeSnapshots on a schedule".to_owned()
        },
        ..Blocked::default()
    }
}

fn undelivered(namespace: &str) -> Blocked {
    Blocked {
        pod: format!("{namespace}/*"),
        pods: 1,
        by: "git".to_owned(),
        object: format!("Namespace {namespace}"),
        field: "Argo CD or Flux object that delivers to it".to_owned(),
        value: "none".to_owned(),
        fix: "keep its manifests in git and let Argo CD or Flux deliver them".to_owned(),
        ..Blocked::default()
    }
}
