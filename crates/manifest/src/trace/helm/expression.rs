//! Which values an action refers to.

use super::template::Dot;

/// The values that `expression` names, in written order: `.Values.a.b`, `$.Values.a`, `.b` inside `with`, `$variable.c`.
pub fn values(expression: &str, dot: &Dot, variables: &[(&str, Dot)]) -> Vec<Dot> {
    let mut found = Vec::new();
    for token in tokens(expression) {
        if let Some(it) = value(token, dot, variables)
            && !found.contains(&it)
        {
            found.push(it);
        }
    }
    found
}

/// Words that begin with `.` or `$`; strings are left out.
fn tokens(expression: &str) -> impl Iterator<Item = &str> {
    expression.split('"').step_by(2).flat_map(|it| it.split([' ', '(', ')', '|', '\t', '\n', ','])).filter(|it| it.starts_with(['.', '$']))
}

fn value(token: &str, dot: &Dot, variables: &[(&str, Dot)]) -> Option<Dot> {
    let (head, rest) = match token.strip_prefix('$') {
        Some(name) => {
            let (name, rest) = name.split_once('.').map_or((name, ""), |(name, rest)| (name, rest));
            let root = name.is_empty().then_some(&Dot::Root);
            (root.or_else(|| variables.iter().rev().find(|it| it.0.strip_prefix('$') == Some(name)).map(|it| &it.1))?, rest)
        }
        None => (dot, token.trim_start_matches('.')),
    };
    let steps = rest.split('.').filter(|it| !it.is_empty()).map(str::to_owned);
    match head {
        Dot::Root => rest
            .strip_prefix("Values")
            .filter(|it| it.starts_with('.'))
            .map(|it| Dot::Value { keys: it.split('.').filter(|it| !it.is_empty()).map(str::to_owned).collect(), each: false }),
        Dot::Value { keys, each: false } => Some(Dot::Value { keys: keys.iter().cloned().chain(steps).collect(), each: false }),
        // Which element a loop is at cannot be told from the template.
        Dot::Value { keys, each: true } => Some(Dot::Value { keys: keys.clone(), each: true }),
        Dot::Other => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(expression: &str, dot: &Dot) -> Vec<String> {
        let of = |it: Dot| match it {
            Dot::Value { keys, .. } => keys.join("."),
            _ => String::new(),
        };
        values(expression, dot, &[("$svc", Dot::Value { keys: vec!["service".into()], each: false })]).into_iter().map(of).collect()
    }

    #[test]
    fn values_are_found_through_functions_scopes_and_variables() {
        assert_eq!(keys("default 3 .Values.web.replicas | quote", &Dot::Root), ["web.replicas"]);
        assert_eq!(keys("printf \"%s:%s\" .Values.image.name (.Values.tag | default .Chart.AppVersion)", &Dot::Root), ["image.name", "tag"]);
        assert_eq!(keys("toYaml . | nindent 8", &Dot::Value { keys: vec!["resources".into()], each: false }), ["resources"]);
        assert_eq!(keys("$svc.port", &Dot::Other), ["service.port"]);
        assert_eq!(keys("$.Values.a", &Dot::Other), ["a"]);
        assert_eq!(keys(".Release.Name", &Dot::Root), Vec::<String>::new());
    }
}
