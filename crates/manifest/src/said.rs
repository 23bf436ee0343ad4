//! What decoders say of what they cannot read, fit to be shown.

/// What a decoder says of a value, without the value: it may be a secret in the wrong place.
pub(crate) fn without_values(message: &str) -> String {
    let about_a_value = message.starts_with("invalid type") || message.starts_with("invalid value");
    let (said, expected) = message.rsplit_once(", expected").unwrap_or((message, ""));
    let quoted = said.find(['"', '`']).filter(|_| about_a_value);
    match (quoted, expected) {
        (None, _) => message.to_owned(),
        (Some(at), "") => said[..at].trim_end().to_owned(),
        (Some(at), _) => format!("{}, expected{expected}", said[..at].trim_end()),
    }
}

#[cfg(test)]
mod tests {
    use super::without_values;

    #[test]
    fn a_value_of_the_wrong_type_is_not_repeated() {
        assert_eq!(without_values("invalid type: string \"hunter2\", expected a sequence at line 1"), "invalid type: string, expected a sequence at line 1");
        assert_eq!(without_values("invalid type: string \"a, expected b\", expected u32"), "invalid type: string, expected u32");
        assert_eq!(without_values("missing field `name`"), "missing field `name`");
    }
}
