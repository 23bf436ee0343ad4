//! The lines around a place, with whatever looks like a secret masked.

use seatrial_model::{Literal, names_a_secret};

/// What stands in the place of a secret.
const MASK: &str = "****";
/// Longer lines are cut: a minified JSON dump has lines of megabytes.
const LONGEST_LINE: usize = 240;

/// Whether a line can be shown: the lines of a minified dump say nothing to a reader.
pub fn readable(text: &str, line: u32) -> bool {
    text.lines().nth(line.saturating_sub(1) as usize).is_some_and(|it| it.len() <= LONGEST_LINE)
}

/// Lines `from..=to` (1-based) of a document's text, masked and cut to a sensible length.
pub fn lines(text: &str, from: u32, to: u32) -> String {
    let is_secret = is_secret_document(text);
    let mut named = String::new();
    let mut out = String::new();
    for (at, line) in text.lines().enumerate() {
        let number = u32::try_from(at + 1).unwrap_or(u32::MAX);
        if number > to {
            break;
        }
        let (key, value) = key_and_value(line);
        if key == "name" {
            named = value.to_owned();
        }
        if number >= from {
            out.push_str(&masked(line, key, value, &named, is_secret));
            out.push('\n');
        }
    }
    out
}

fn is_secret_document(text: &str) -> bool {
    text.lines().any(|line| line.trim_end() == "kind: Secret" || line.contains("\"kind\": \"Secret\"") || line.contains("\"kind\":\"Secret\""))
}

/// `- name: x` -> (`name`, `x`); quotes and list dashes left out.
fn key_and_value(line: &str) -> (&str, &str) {
    let line = line.trim_start().trim_start_matches("- ").trim_start();
    let cut = line.find(": ").or_else(|| line.find('='));
    match cut {
        Some(at) => (line[..at].trim().trim_matches(['"', '\'']), line[at + 1..].trim().trim_end_matches(',').trim_matches(['"', '\''])),
        None => (line.trim_end_matches(':').trim_matches(['"', '\'']), ""),
    }
}

fn masked(line: &str, key: &str, value: &str, named: &str, is_secret: bool) -> String {
    let structural = ["apiVersion", "kind", "name", "namespace", "type", "secretName", "key"].contains(&key);
    let owner = if key == "value" { named } else { key };
    let looks = |name: &str, value: &str| Literal::classify(name, value).looks_like().is_some();
    let hidden = !structural && (is_secret || looks(owner, value));
    if !value.is_empty() && hidden {
        let at = line.rfind(value).unwrap_or(line.len());
        return cut(&format!("{}{MASK}", &line[..at]));
    }
    // Flow style and command lines: `{name: DB_PASSWORD, value: x}`, `--password=x`.
    if line.contains(['{', '[', '=']) && looks("", line)
        || flow_secret(line)
        || (is_secret && value.is_empty() && !line.trim_end().ends_with(':') && !structural)
    {
        let keep = line.find(['{', '[', '=', ':']).unwrap_or(0);
        let indent = line.len() - line.trim_start().len();
        return cut(&format!("{} {MASK}", &line[..keep.max(indent)]));
    }
    cut(line)
}

/// `{name: DB_PASSWORD, value: hunter2}` on one line.
fn flow_secret(line: &str) -> bool {
    let mut name = "";
    for piece in line.split([',', '{', '}', '[', ']']) {
        let (key, value) = key_and_value(piece);
        match key {
            "name" => name = value,
            "value" if names_a_secret(name) && Literal::classify(name, value).looks_like().is_some() => return true,
            _ if Literal::classify(key, value).looks_like().is_some() && !["name", "secretName", "key"].contains(&key) && line.contains(['{', '[']) => {
                return true;
            }
            _ => {}
        }
    }
    false
}

fn cut(line: &str) -> String {
    match line.char_indices().nth(LONGEST_LINE) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_masked_wherever_they_stand() {
        for text in [
            "env:\n- name: DB_PASSWORD\n  value: hunter2\n",
            "env: [{name: DB_PASSWORD, value: hunter2}]\n",
            "args: [\"--password=hunter2\"]\n",
            "data:\n  db.password: hunter2\n",
            "kind: Secret\nstringData:\n  anything: hunter2\n",
            "kind: Secret\nstringData:\n  anything: |\n    hunter2\n",
            "data:\n  app.ini: |\n    password=hunter2\n",
        ] {
            let shown = lines(text, 1, 99);
            assert!(!shown.contains("hunter2"), "{shown}");
            assert!(shown.contains(MASK), "{shown}");
        }
    }

    #[test]
    fn harmless_lines_stay() {
        let text = "kind: Deployment\nmetadata: {name: api}\nspec:\n  replicas: 3\n";
        assert_eq!(lines(text, 1, 4), text);
    }
}
