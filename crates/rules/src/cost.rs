//! How much work an expression can be, told before it runs: a rule must not be able to hang or to fill the memory.

use cel::common::ast::{CallExpr, EntryExpr, Expr, IdedExpr, LiteralValue};

use crate::environment::{FUNCTIONS, regular_expression};

/// How deep loops may stand in each other.
const DEEPEST: u32 = 4;
/// How many times longer than its inputs a value may become.
const LONGEST_GROWTH: u64 = 100_000;
/// Steps that one evaluation may take: about two seconds on the slowest of them.
const MOST_STEPS: u64 = 20_000_000;

/// What an expression costs, apart from the object that it sees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    nodes: u64,
    depth: u32,
    growth: u64,
    /// Whether it takes strings apart, so that their length counts as a number of elements.
    splits: bool,
}

/// How large what an expression sees is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// Values in all.
    pub values: u64,
    /// Elements of the largest list or map.
    pub elements: u64,
    /// Bytes of the longest text.
    pub longest: u64,
}

/// An expression as it was walked.
#[derive(Debug)]
pub struct Walked {
    /// What it costs.
    pub cost: Cost,
    /// Why it must not run, as a predicate (`names ...`), with the node to blame.
    pub refused: Option<(String, u64)>,
    /// Whether the object's Namespace is asked for.
    pub asks_namespace: bool,
}

/// The object.
pub const OBJECT: &str = "object";
/// The element of the list that is judged.
pub const ITEM: &str = "item";
/// The object's Namespace.
pub const NAMESPACE: &str = "namespaceObject";
/// Types are values, too: `type(x) == string`.
const TYPES: &[&str] = &["bool", "bytes", "double", "dyn", "int", "list", "map", "null_type", "string", "type", "uint", "optional_type"];
/// Names that functions stand below: `optional.of(x)`.
const FUNCTION_SPACES: &[&str] = &["optional", "strings"];

/// Walks an expression.
pub fn walk(expression: &IdedExpr, has_item: bool) -> Walked {
    let mut walker = Walker {
        walked: Walked { cost: Cost { growth: 1, ..Cost::default() }, refused: None, asks_namespace: false },
        has_item,
        scopes: Vec::new(),
        pluses: 0,
        depth: 0,
    };
    walker.expression(expression);
    walker.walked
}

impl Cost {
    /// Why the expression is too costly whatever it sees.
    pub fn fault(&self) -> Option<&'static str> {
        if self.depth > DEEPEST {
            return Some("loops stand more than four deep in each other");
        }
        (self.growth > LONGEST_GROWTH).then_some("the values it builds could grow without a sensible limit")
    }

    /// Whether it can be afforded on something of this size. The innermost loop copies each element, so that it costs what the whole holds.
    pub fn affordable(&self, size: Size) -> bool {
        let most = |it: u64| if self.splits { it.max(size.longest) } else { it }.max(1);
        let outer = most(size.elements).checked_pow(self.depth.saturating_sub(1));
        let inner = if self.depth > 0 { most(size.values) } else { 1 };
        let steps = outer.and_then(|it| it.checked_mul(inner)).and_then(|it| it.checked_mul(self.nodes.max(1)));
        steps.is_some_and(|it| it <= MOST_STEPS)
    }
}

struct Walker {
    walked: Walked,
    has_item: bool,
    /// Loop variables in scope.
    scopes: Vec<String>,
    pluses: u64,
    depth: u32,
}

impl Walker {
    fn expression(&mut self, it: &IdedExpr) {
        self.walked.cost.nodes += 1;
        match &it.expr {
            Expr::Unspecified | Expr::Literal(_) => {}
            Expr::Ident(name) => self.name(name, it.id),
            Expr::Select(select) => self.expression(&select.operand),
            Expr::List(list) => list.elements.iter().for_each(|it| self.expression(it)),
            Expr::Map(map) => map.entries.iter().for_each(|it| self.entry(&it.expr)),
            Expr::Struct(it) => it.entries.iter().for_each(|it| self.entry(&it.expr)),
            Expr::Call(call) => self.call(call, it.id),
            Expr::Comprehension(it) => {
                self.expression(&it.iter_range);
                self.expression(&it.accu_init);
                let outer = self.scopes.len();
                self.scopes.push(it.iter_var.clone());
                self.scopes.extend(it.iter_var2.clone());
                self.scopes.push(it.accu_var.clone());
                self.depth += 1;
                let cost = &mut self.walked.cost;
                cost.depth = cost.depth.max(self.depth);
                let pluses = self.pluses;
                self.expression(&it.loop_cond);
                self.expression(&it.loop_step);
                // One `+` is the loop's own, which adds an element to its result.
                let grown = (self.pluses - pluses).max(1);
                let cost = &mut self.walked.cost;
                cost.growth = cost.growth.saturating_mul(grown);
                self.depth -= 1;
                self.expression(&it.result);
                self.scopes.truncate(outer);
            }
        }
    }

    fn entry(&mut self, it: &EntryExpr) {
        match it {
            EntryExpr::StructField(it) => self.expression(&it.value),
            EntryExpr::MapEntry(it) => {
                self.expression(&it.key);
                self.expression(&it.value);
            }
        }
    }

    fn call(&mut self, call: &CallExpr, id: u64) {
        let name = call.func_name.as_str();
        let cost = &mut self.walked.cost;
        match name {
            "_+_" => self.pluses += 1,
            "replace" | "join" => cost.growth = cost.growth.saturating_mul(10),
            "split" => cost.splits = true,
            "format" => {
                cost.growth = cost.growth.saturating_mul(10);
                if !call.target.as_ref().is_some_and(|it| is_modest_format(it)) {
                    self.refuse("calls `format` on something else than a literal text, or with widths or precisions of three digits".to_owned(), id);
                }
            }
            "matches" => {
                if let Some(error) = call.args.last().and_then(regular_expression_fault) {
                    self.refuse(format!("calls `matches` with what is no regular expression: {error}"), id);
                }
            }
            _ => {}
        }
        // Operators are calls, too; their names hold what no function's name does.
        let is_function = name.bytes().all(|it| it.is_ascii_alphanumeric());
        if is_function && !FUNCTIONS.contains(&name) {
            self.refuse(format!("calls `{name}`, which is not a function that rules know (docs/rules.md lists them)"), id);
        }
        if let Some(target) = &call.target
            && !matches!(&target.expr, Expr::Ident(name) if FUNCTION_SPACES.contains(&name.as_str()))
        {
            self.expression(target);
        }
        call.args.iter().for_each(|it| self.expression(it));
    }

    fn name(&mut self, name: &str, id: u64) {
        let plain = name.trim_start_matches('.');
        self.walked.asks_namespace |= plain == NAMESPACE;
        let known = plain.starts_with('@')
            || [OBJECT, NAMESPACE].contains(&plain)
            || (self.has_item && plain == ITEM)
            || TYPES.contains(&plain)
            || self.scopes.iter().any(|it| it == plain);
        if !known {
            let all = if self.has_item { "`object`, `item`, `namespaceObject`" } else { "`object`, `namespaceObject`" };
            let hint = if plain == ITEM { "; `item` needs `forEach`" } else { "" };
            self.refuse(format!("names `{plain}`: only {all} and the variables of loops are known{hint}"), id);
        }
    }

    fn refuse(&mut self, why: String, id: u64) {
        self.walked.refused.get_or_insert((why, id));
    }
}

/// Why a literal pattern cannot be taken.
fn regular_expression_fault(pattern: &IdedExpr) -> Option<String> {
    let Expr::Literal(LiteralValue::String(text)) = &pattern.expr else { return None };
    regular_expression(text).err()
}

/// `%.2f` and the like; `%.999999999f` would write as many digits.
fn is_modest_format(target: &IdedExpr) -> bool {
    let Expr::Literal(LiteralValue::String(text)) = &target.expr else { return false };
    text.split('%').skip(1).all(|it| it.chars().take_while(|it| it.is_ascii_digit() || *it == '.').count() <= 3)
}
