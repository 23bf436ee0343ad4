//! YAML text to JSON values.

use anyhow::{Result, bail};
use seatrial_manifest::de::TreeDeserializer;
use seatrial_manifest::tree::parse;
use serde::Deserialize as _;
use serde_json::Value;

/// The documents of a text, without empty ones.
pub fn values(text: &str) -> Result<Vec<Value>> {
    let (trees, error) = parse(text);
    if let Some(error) = error {
        bail!("not YAML: {error:?}");
    }
    let mut values = Vec::with_capacity(trees.len());
    for tree in &trees {
        let value = Value::deserialize(TreeDeserializer::new(tree, tree.root(), &[]))?;
        if !value.is_null() {
            values.push(value);
        }
    }
    Ok(values)
}
