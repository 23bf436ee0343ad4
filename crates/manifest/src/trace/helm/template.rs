//! A template as lines of literal text and actions.

/// Part of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<'t> {
    /// Text that is rendered as it stands.
    Text(&'t str),
    /// What stands between `{{` and `}}`, trim marks left out.
    Action(&'t str),
}

/// One line of a template.
#[derive(Clone, Debug)]
pub struct Line<'t> {
    /// 1-based number in its file.
    pub number: u32,
    /// The line as it is written.
    pub text: &'t str,
    /// Its parts; the lines in which a longer action goes on have none.
    pub pieces: Vec<Piece<'t>>,
    /// What `.` means here.
    pub dot: Dot,
    /// Variables that stand for values, innermost last.
    pub variables: Vec<(&'t str, Dot)>,
    /// The `define` around the line.
    pub define: Option<&'t str>,
}

/// What `.` or a variable stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dot {
    /// The root context: `.Values` is below it.
    Root,
    /// A value; `each` inside a loop over it.
    Value {
        /// Keys below `.Values`.
        keys: Vec<String>,
        /// Whether it is one element of the value.
        each: bool,
    },
    /// Something else.
    Other,
}

/// A template, read.
#[derive(Clone, Debug, Default)]
pub struct Template<'t> {
    /// Its lines.
    pub lines: Vec<Line<'t>>,
    /// First and last line (indices) of its loops.
    pub loops: Vec<(usize, usize)>,
}

/// A block that is still open.
struct Open<'t> {
    dot: Dot,
    variables: usize,
    loop_from: Option<usize>,
    define: Option<&'t str>,
}

/// Reads a template. Whatever is not well-formed is taken as text: Helm itself has judged it.
pub fn read(text: &str) -> Template<'_> {
    let mut template = Template::default();
    let mut reader = Reader { dot: Dot::Root, variables: Vec::new(), define: None, open: Vec::new() };
    let mut rest_of_action: Option<usize> = None;
    let mut at = 0;
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let mut pieces = Vec::new();
        let start = reader.context();
        let end = at + line.len();
        let mut cursor = at;
        if let Some(until) = rest_of_action {
            cursor = until.min(end);
            rest_of_action = (until > end).then_some(until);
        }
        while cursor < end {
            let Some(open) = text[cursor..end].find("{{") else {
                pieces.push(Piece::Text(text[cursor..end].trim_end_matches(['\n', '\r'])));
                break;
            };
            if open > 0 {
                pieces.push(Piece::Text(&text[cursor..cursor + open]));
            }
            let from = cursor + open + 2;
            let close = if text[from..].trim_start_matches('-').trim_start().starts_with("/*") { "*/" } else { "}}" };
            let to = text[from..].find(close).map_or(text.len(), |it| from + it);
            let until = if close == "*/" { text[to..].find("}}").map_or(text.len(), |it| to + it + 2) } else { (to + 2).min(text.len()) };
            let action = text[from..to].trim_start_matches('-').trim_end_matches('-').trim();
            reader.action(action, index, &mut template.loops);
            pieces.push(Piece::Action(action));
            if until > end {
                rest_of_action = Some(until);
            }
            cursor = until;
        }
        // What a line of text sees is what holds behind its own opening actions.
        let (dot, variables, define) =
            if pieces.iter().any(|it| matches!(it, Piece::Text(text) if !text.trim().is_empty())) { reader.context() } else { start };
        let number = u32::try_from(index + 1).unwrap_or(u32::MAX);
        template.lines.push(Line { number, text: line.trim_end_matches(['\n', '\r']), pieces, dot, variables, define });
        at = end;
    }
    template
}

struct Reader<'t> {
    dot: Dot,
    variables: Vec<(&'t str, Dot)>,
    define: Option<&'t str>,
    open: Vec<Open<'t>>,
}

impl<'t> Reader<'t> {
    fn context(&self) -> (Dot, Vec<(&'t str, Dot)>, Option<&'t str>) {
        (self.dot.clone(), self.variables.clone(), self.define)
    }

    fn action(&mut self, action: &'t str, line: usize, loops: &mut Vec<(usize, usize)>) {
        let (word, rest) = action.split_once(char::is_whitespace).unwrap_or((action, ""));
        match word {
            "if" => self.push(None, None),
            "with" => {
                let dot = self.resolve(rest.rsplit(":=").next().unwrap_or(rest));
                self.push(None, None);
                self.assign(rest, dot.clone());
                self.dot = dot;
            }
            "range" => {
                let each = match self.resolve(rest.rsplit(":=").next().unwrap_or(rest)) {
                    Dot::Value { keys, .. } => Dot::Value { keys, each: true },
                    _ => Dot::Other,
                };
                self.push(Some(line), None);
                self.assign(rest, each.clone());
                self.dot = each;
            }
            "define" | "block" => {
                self.push(None, rest.trim().strip_prefix('"').and_then(|it| it.split('"').next()));
                self.dot = Dot::Root;
            }
            "end" => {
                if let Some(it) = self.open.pop() {
                    if let Some(from) = it.loop_from {
                        loops.push((from, line));
                    }
                    self.variables.truncate(it.variables);
                    (self.dot, self.define) = (it.dot, it.define);
                }
            }
            _ if word.starts_with('$') && rest.trim_start().starts_with([':', '=']) => {
                let dot = self.resolve(rest.trim_start().trim_start_matches([':', '=']));
                self.assign(action, dot);
            }
            _ => {}
        }
    }

    fn push(&mut self, loop_from: Option<usize>, define: Option<&'t str>) {
        self.open.push(Open { dot: self.dot.clone(), variables: self.variables.len(), loop_from, define: self.define });
        self.define = define.or(self.define);
    }

    /// `$name := ...`, `$key, $value := ...`: the last name stands for the value.
    fn assign(&mut self, text: &'t str, dot: Dot) {
        let Some((names, _)) = text.split_once([':', '=']) else { return };
        if let Some(name) = names.rsplit(',').next().map(str::trim).filter(|it| it.starts_with('$')) {
            self.variables.push((name, dot));
        }
    }

    fn resolve(&self, expression: &str) -> Dot {
        let found = super::expression::values(expression, &self.dot, &self.variables);
        match <[Dot; 1]>::try_from(found) {
            Ok([it]) => it,
            Err(_) => {
                if expression.trim() == "." || expression.trim() == "$" {
                    self.dot.clone()
                } else {
                    Dot::Other
                }
            }
        }
    }
}

impl<'t> Line<'t> {
    /// Whether the line is rendered as it stands.
    pub fn is_literal(&self) -> bool {
        !self.text.trim().is_empty() && matches!(self.pieces.as_slice(), [Piece::Text(_)])
    }

    /// The text without actions is blank.
    pub fn is_bare(&self) -> bool {
        self.pieces.iter().all(|it| matches!(it, Piece::Action(_)) || matches!(it, Piece::Text(text) if text.trim().is_empty()))
    }

    /// Actions that write something.
    pub fn outputs(&self) -> impl Iterator<Item = &'t str> {
        self.pieces.iter().filter_map(|it| match it {
            Piece::Action(action) if writes(action) => Some(*action),
            _ => None,
        })
    }

    /// Whether its actions may write several lines.
    pub fn is_multi(&self) -> bool {
        self.outputs()
            .any(|it| (self.is_bare() && !it.starts_with('"')) || ["toYaml", "indent", "include ", "tpl ", "template "].iter().any(|word| it.contains(word)))
    }

    /// The name of a define whose body the line is replaced with.
    pub fn includes(&self) -> Option<&'t str> {
        let action = self.outputs().find(|it| it.contains("include \"") || it.starts_with("template \""))?;
        let fits = self.is_bare() || action.contains("indent");
        action.split('"').nth(1).filter(|_| fits)
    }
}

fn writes(action: &str) -> bool {
    let word = action.split_whitespace().next().unwrap_or("");
    let silent = ["if", "else", "end", "with", "range", "define", "block", "break", "continue", ""].contains(&word) || action.starts_with("/*");
    let assigns = word.starts_with('$') && action.trim_start_matches(|it: char| it != ' ').trim_start().starts_with([':', '=']);
    !silent && !assigns
}
