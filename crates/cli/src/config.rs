//! `seatrial.yaml`, read with places.

use std::path::{Path, PathBuf};

use jiff::civil::Date;
use seatrial_check::{Ignore, Place, Policy, Profile, Settings};
use seatrial_config::{Config, ConfiguredIgnore, ProfileName};
use seatrial_manifest::de::TreeDeserializer;
use seatrial_manifest::tree::{self, NodeId, Tree};
use seatrial_model::{Snapshot, Version};
use serde::Deserialize;

use crate::error::Error;
use crate::rules::{self, OwnRule, Written};

/// The file that is read from the current folder when none is named.
pub const FILE: &str = "seatrial.yaml";

/// A configuration and where its suppressions stand.
#[derive(Debug, Default)]
pub struct Loaded {
    /// What it says.
    pub config: Config,
    /// The team's own rules.
    pub rules: Vec<OwnRule>,
    ignores: Vec<Ignore>,
}

/// Reads the file that is named, else [`FILE`] where there is one.
pub fn load(named: Option<&Path>) -> Result<Loaded, Error> {
    let path = match named {
        Some(it) => it.to_owned(),
        None if Path::new(FILE).is_file() => PathBuf::from(FILE),
        None => return Ok(Loaded::default()),
    };
    let text = std::fs::read_to_string(&path).map_err(|source| Error::Read { path: path.clone(), source })?;
    parse(&path.display().to_string(), &text)
}

fn parse(file: &str, text: &str) -> Result<Loaded, Error> {
    let fail = |line: u32, column: u32, message: String| Error::Config { place: format!("{file}:{line}:{column}"), message };
    let (trees, error) = tree::parse(text);
    if let Some(it) = error {
        return Err(fail(it.line, it.column, it.message));
    }
    let Some(tree) = trees.first() else { return Ok(Loaded::default()) };
    if let Some(&it) = tree.duplicate_keys.first() {
        let span = tree.node(it).span;
        return Err(fail(span.line, span.column, format!("`{}` stands twice", tree.text(it).unwrap_or(""))));
    }
    let config = Config::deserialize(TreeDeserializer::new(tree, tree.root(), &[])).map_err(|error| {
        let at = error.at.map_or_else(|| tree.root(), |it| culprit(tree, it, &error.message));
        let span = tree.node(at).span;
        fail(span.line, span.column, error.message)
    })?;
    let own = rules::take(&Written { file, text, tree }, &config)?;
    let known = |id: &str| if own.iter().any(|it| it.card.id == id) { Ok(()) } else { known(id) };
    let items: Vec<NodeId> = tree.child(tree.root(), "ignores").map(|it| tree.items(it).to_vec()).unwrap_or_default();
    let mut ignores = Vec::new();
    for (it, &node) in config.ignores.iter().zip(&items) {
        let span = tree.node(node).span;
        let place = Place { file: file.to_owned(), line: span.line, column: span.column };
        ignores.push(ignore(it, place, &known).map_err(|message| fail(span.line, span.column, message))?);
    }
    for id in config.severities.keys() {
        let span = tree.child(tree.root(), "severities").and_then(|it| tree.entry(it, id)).map_or(tree.node(tree.root()), |it| tree.node(it.key)).span;
        known(id).map_err(|message| fail(span.line, span.column, message))?;
    }
    Ok(Loaded { config, rules: own, ignores })
}

/// The key that an "unknown field" error is about.
pub(crate) fn culprit(tree: &Tree<'_>, at: NodeId, message: &str) -> NodeId {
    let name = message.strip_prefix("unknown field `").and_then(|it| it.split('`').next()).unwrap_or("");
    tree.entry(at, name).map_or(at, |it| it.key)
}

fn known(id: &str) -> Result<(), String> {
    if id.contains('*') || seatrial_check::find(id).is_some() { Ok(()) } else { Err(format!("no check is called `{id}`{}", crate::cmd::did_you_mean(id, &[]))) }
}

fn ignore(it: &ConfiguredIgnore, place: Place, known: &dyn Fn(&str) -> Result<(), String>) -> Result<Ignore, String> {
    if it.checks.is_empty() {
        return Err("an ignore names its checks: `checks: [pdb-missing]`".to_owned());
    }
    it.checks.iter().try_for_each(|id| known(id))?;
    if it.reason.trim().is_empty() {
        return Err("an ignore needs a reason".to_owned());
    }
    let expires = match &it.expires {
        Some(day) => Some(day.parse::<Date>().map_err(|_| format!("`{day}` is not a day such as 2026-12-31"))?),
        None => None,
    };
    Ok(Ignore {
        checks: it.checks.clone(),
        kind: it.kind.clone(),
        namespace: it.namespace.clone(),
        name: it.name.clone(),
        container: it.container.clone(),
        file: it.file.clone(),
        reason: it.reason.clone(),
        owner: it.owner.clone(),
        expires,
        place,
    })
}

impl Loaded {
    /// A cluster is judged for the version it runs, unless another one is `asked` for or configured.
    pub fn settle_target(&self, settings: &mut Settings, asked: Option<Version>, snapshot: &Snapshot) {
        if let (None, None, Some(runs)) = (asked, &self.config.target_version, snapshot.meta.server_version) {
            settings.target = runs;
        }
    }

    /// The settings that checks see.
    pub fn settings(&self) -> Result<Settings, Error> {
        let mut settings = Settings::default();
        let config = &self.config;
        if let Some(it) = config.profile {
            settings.profile = match it {
                ProfileName::Prod => Profile::Prod,
                ProfileName::Test => Profile::Test,
                ProfileName::Pedantic => Profile::Pedantic,
            };
        }
        if let Some(it) = &config.target_version {
            settings.target = it.parse::<Version>().map_err(|error| Error::Config { place: FILE.to_owned(), message: error.to_string() })?;
        }
        let (to, from) = (&mut settings.thresholds, &config.thresholds);
        for (to, from) in [
            (&mut to.log_retention_min_days, from.log_retention_min_days),
            (&mut to.log_retention_max_days, from.log_retention_max_days),
            (&mut to.backup_max_age_hours, from.backup_max_age_hours),
            (&mut to.usage_min_percent, from.usage_min_percent),
            (&mut to.volume_used_min_percent, from.volume_used_min_percent),
            (&mut to.support_warning_days, from.support_warning_days),
            (&mut to.certificate_warning_days, from.certificate_warning_days),
            (&mut to.subnet_min_free_ips, from.subnet_min_free_ips),
            (&mut to.deregistration_seconds, from.deregistration_seconds),
        ] {
            *to = from.unwrap_or(*to);
        }
        if let Some(it) = &config.runbook_annotations {
            settings.runbook_annotations.clone_from(it);
        }
        settings.trusted_registries.clone_from(&config.trusted_registries);
        if let Some(it) = &config.platform_namespaces {
            settings.platform_namespaces.clone_from(it);
        }
        Ok(settings)
    }

    /// The user's decisions about findings.
    pub fn policy(&self) -> Policy {
        Policy {
            severities: self.config.severities.clone(),
            ignores: self.ignores.clone(),
            rules: self.rules.iter().map(|it| it.card.id.to_owned()).collect(),
            ..Policy::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fails(text: &str) -> String {
        match parse("seatrial.yaml", text) {
            Err(error) => error.to_string(),
            Ok(_) => "accepted".to_owned(),
        }
    }

    #[test]
    fn errors_name_their_place() {
        assert!(fails("profile: prod\nprofiel: x\n").starts_with("seatrial.yaml:2:1: unknown field `profiel`"));
        assert!(fails("thresholds:\n  backupMaxAgeHours: soon\n").starts_with("seatrial.yaml:2:"));
        assert_eq!(fails("ignores:\n- checks: [pdb-missing]\n"), "seatrial.yaml:2:3: an ignore needs a reason");
        assert!(fails("ignores:\n- checks: [pdb-mising]\n  reason: x\n").contains("did you mean `pdb-missing`?"));
        assert_eq!(fails("profile: staging\n"), "seatrial.yaml:1:10: not one of prod, test, pedantic");
    }

    #[test]
    fn a_full_file_is_read() {
        let loaded = parse("seatrial.yaml", "profile: test\ntargetVersion: '1.35'\nseverities: {pdb-missing: low}\nignores:\n- checks: [pdb-missing]\n  namespace: shop-*\n  reason: x\n  expires: 2027-01-01\n").expect("readable");
        let settings = loaded.settings().expect("sound");
        assert_eq!((settings.profile, settings.target), (Profile::Test, Version::minor(35)));
        assert_eq!(loaded.policy().ignores[0].expires.map(|it| it.to_string()).as_deref(), Some("2027-01-01"));
    }
}
