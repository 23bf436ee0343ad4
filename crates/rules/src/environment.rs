//! What a condition may call: CEL's standard library, its string functions, and Kubernetes' quantities.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use cel::common::types::{CelBool, CelDouble, CelString, STRING_TYPE};
use cel::common::value::CowVal;
use cel::{Env, ExecutionError};
use regex::{Regex, RegexBuilder};
use seatrial_model::Quantity;

/// Functions and methods by the names they are called by. Anything else would only fail once it runs.
pub const FUNCTIONS: &[&str] = &[
    "bool",
    "bytes",
    "charAt",
    "contains",
    "double",
    "dyn",
    "endsWith",
    "format",
    "hasValue",
    "indexOf",
    "int",
    "join",
    "lastIndexOf",
    "lowerAscii",
    "matches",
    "none",
    "of",
    "ofNonZeroValue",
    "or",
    "orValue",
    "quantity",
    "quote",
    "replace",
    "reverse",
    "size",
    "split",
    "startsWith",
    "string",
    "substring",
    "trim",
    "type",
    "uint",
    "upperAscii",
    "value",
];

/// The environment that conditions are compiled and run in.
///
/// The extensions for lists and numbers are left out: `lists.range` fills the memory.
pub fn environment() -> Arc<Env> {
    let mut env = Env::stdlib();
    // Nothing is declared twice here; a test sees to it that the functions are there.
    let _ = env.add_extension(cel::extensions::strings);
    let _ = env.add_overload("quantity", "string_to_quantity", vec![STRING_TYPE], quantity);
    let _ = env.add_overload("matches", "matches_string_string", vec![STRING_TYPE, STRING_TYPE], matches);
    let _ = env.add_member_overload("matches", "string_matches_string", STRING_TYPE, vec![STRING_TYPE], matches);
    Arc::new(env)
}

/// Regular expressions that are kept compiled, in each thread.
const MOST_PATTERNS: usize = 64;

thread_local! {
    static PATTERNS: RefCell<HashMap<String, Regex>> = RefCell::new(HashMap::new());
}

/// `text.matches(pattern)`. The CEL library's own compiles the pattern anew for each object, which takes longer than all the rest.
fn matches<'b, 'v>(arguments: Vec<CowVal<'b, 'v>>) -> Result<CowVal<'b, 'v>, ExecutionError> {
    let text = |at: usize| arguments.get(at).and_then(|it| it.as_ref().downcast_ref::<CelString<'_>>()).ok_or_else(ExecutionError::missing_argument_or_target);
    let (subject, pattern): (&str, &str) = (text(0)?, text(1)?);
    let found = PATTERNS.with_borrow_mut(|all| {
        if let Some(it) = all.get(pattern) {
            return Ok(it.is_match(subject));
        }
        let it = regular_expression(pattern).map_err(|error| ExecutionError::function_error("matches", error))?;
        let found = it.is_match(subject);
        if all.len() < MOST_PATTERNS {
            all.insert(pattern.to_owned(), it);
        }
        Ok(found)
    })?;
    Ok(CowVal::owned(CelBool::from(found)))
}

/// Compiles a pattern.
///
/// # Errors
/// Why it is none, in one line.
pub fn regular_expression(pattern: &str) -> Result<Regex, String> {
    RegexBuilder::new(pattern)
        .size_limit(1 << 20)
        .build()
        .map_err(|error| error.to_string().lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned())
}

/// `quantity("1.5Gi")`: the amount in whole units (cores, bytes), so that amounts can be compared and summed.
fn quantity<'b, 'v>(arguments: Vec<CowVal<'b, 'v>>) -> Result<CowVal<'b, 'v>, ExecutionError> {
    let text = arguments.first().and_then(|it| it.as_ref().downcast_ref::<CelString<'_>>());
    let text = text.ok_or_else(ExecutionError::missing_argument_or_target)?;
    let amount = Quantity::parse(text).map_err(|error| ExecutionError::function_error("quantity", error))?;
    Ok(CowVal::owned(CelDouble::from(amount.as_f64())))
}
