//! CEL's errors in words, without the values they are about: those may be secret or long.

use cel::ExecutionError;

/// What went wrong while a condition ran.
pub fn of(error: &ExecutionError) -> String {
    match error {
        ExecutionError::NoSuchKey(key) => format!("there is no key `{key}` (guard it with has(...) or `in`)"),
        ExecutionError::NoSuchOverload(it) => it.to_string(),
        ExecutionError::UndeclaredReference(name) => format!("`{name}` is not a variable or a function"),
        ExecutionError::UnexpectedType { got, want } => format!("a value is a {got} where a {want} is needed"),
        ExecutionError::InvalidArgumentCount { expected, actual } => format!("a function takes {expected} arguments and was given {actual}"),
        ExecutionError::NotSupportedAsMethod { method, .. } => format!("`{method}` is not a method of the value it is called on"),
        ExecutionError::FunctionError { function, .. } => format!("`{function}` failed"),
        ExecutionError::UnsupportedBinaryOperator(operator, ..) => format!("`{operator}` cannot take these two values"),
        ExecutionError::ValuesNotComparable(..) => "two values of different types are compared".to_owned(),
        ExecutionError::DivisionByZero(_) | ExecutionError::RemainderByZero(_) => "a division by zero".to_owned(),
        ExecutionError::Overflow(..) => "a number grows beyond 64 bits".to_owned(),
        ExecutionError::IndexOutOfBounds(_) => "a list is shorter than the index asked for".to_owned(),
        ExecutionError::UnsupportedIndex(..) | ExecutionError::UnsupportedKeyType(_) => "a value cannot be indexed so".to_owned(),
        ExecutionError::DuplicateKey(_) => "a map is built with a key twice".to_owned(),
        ExecutionError::MissingArgumentOrTarget => "a function lacks an argument".to_owned(),
        _ => "the expression cannot be evaluated".to_owned(),
    }
}
