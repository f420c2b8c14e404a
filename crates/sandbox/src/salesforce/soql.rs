//! The part of Salesforce's query language that is needed: one object, comparisons, lists, order and limit.

use super::error::{ForceError, Result};
use serde_json::Value;

/// A question.
#[derive(Debug)]
pub struct Query {
    /// What is shown; `None` = how many there are.
    pub fields: Option<Vec<String>>,
    /// Of which object.
    pub object: String,
    /// Which ones.
    pub filter: Option<Expr>,
    /// In which order; true = the last first.
    pub order: Vec<(String, bool)>,
    /// How many.
    pub limit: Option<usize>,
}

/// A condition.
#[derive(Debug)]
pub enum Expr {
    /// Both.
    And(Box<Expr>, Box<Expr>),
    /// One of them.
    Or(Box<Expr>, Box<Expr>),
    /// A field compared with values; several only for lists.
    Test(String, Op, Vec<Literal>),
}

/// How a field is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // the signs say it
pub enum Op {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    In,
    Like,
}

/// A value in a question.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// In quotes.
    Text(String),
    /// A number.
    Number(f64),
    /// `true` or `false`.
    Bool(bool),
    /// A moment, UTC milliseconds.
    Moment(i64),
    /// The beginning of a span that reaches to now: `LAST_N_DAYS:n`.
    Days(i64),
    /// `null`.
    Null,
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Sign(&'static str),
}

/// Reads a question.
pub fn parse(text: &str) -> Result<Query> {
    let mut reader = Reader { tokens: tokens(text)?, at: 0 };
    reader.word("SELECT")?;
    let mut fields = vec![reader.name()?];
    let mut count = false;
    if fields[0].eq_ignore_ascii_case("COUNT") && reader.sign("(") {
        count = reader.sign(")");
    }
    while reader.sign(",") {
        fields.push(reader.name()?);
    }
    reader.word("FROM")?;
    let object = reader.name()?;
    let filter = if reader.is_word("WHERE") { Some(reader.any()?) } else { None };
    let mut order = Vec::new();
    if reader.is_word("ORDER") {
        reader.word("BY")?;
        loop {
            let name = reader.name()?;
            let last_first = reader.is_word("DESC");
            if !last_first {
                reader.is_word("ASC");
            }
            order.push((name, last_first));
            if !reader.sign(",") {
                break;
            }
        }
    }
    let limit = if reader.is_word("LIMIT") {
        Some(reader.name()?.parse().map_err(|_| ForceError::malformed("unexpected token: LIMIT"))?)
    } else {
        None
    };
    match reader.tokens.get(reader.at) {
        None => Ok(Query { fields: (!count).then_some(fields), object, filter, order, limit }),
        Some(left) => Err(ForceError::malformed(format!("unexpected token: {left:?}"))),
    }
}

fn tokens(text: &str) -> Result<Vec<Token>> {
    let mut out = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            c if c.is_whitespace() => {}
            '\'' => out.push(Token::Text(quoted(&mut chars)?)),
            '(' => out.push(Token::Sign("(")),
            ')' => out.push(Token::Sign(")")),
            ',' => out.push(Token::Sign(",")),
            '=' => out.push(Token::Sign("=")),
            '<' | '>' | '!' => {
                let has_equal = chars.next_if_eq(&'=').is_some();
                out.push(Token::Sign(match (c, has_equal) {
                    ('<', true) => "<=",
                    ('<', false) => "<",
                    ('>', true) => ">=",
                    ('>', false) => ">",
                    (_, true) => "!=",
                    _ => return Err(ForceError::malformed("unexpected token: !")),
                }));
            }
            c if c.is_alphanumeric() || "_-.:+".contains(c) => {
                let mut word = String::from(c);
                while let Some(next) = chars.next_if(|next| next.is_alphanumeric() || "_-.:+".contains(*next)) {
                    word.push(next);
                }
                out.push(Token::Word(word));
            }
            other => return Err(ForceError::malformed(format!("unexpected token: '{other}'"))),
        }
    }
    Ok(out)
}

fn quoted(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<String> {
    let mut text = String::new();
    loop {
        match chars.next() {
            Some('\'') => return Ok(text),
            Some('\\') => match chars.next() {
                Some('n') => text.push('\n'),
                Some('r') => text.push('\r'),
                Some('t') => text.push('\t'),
                Some('b') => text.push('\u{8}'),
                Some('f') => text.push('\u{c}'),
                Some(c @ ('\\' | '\'' | '"' | '_' | '%')) => text.push(c),
                _ => return Err(ForceError::malformed("Invalid string literal. Illegal character sequence")),
            },
            Some(c) => text.push(c),
            None => return Err(ForceError::malformed("line 1:1 mismatched character '<EOF>' expecting '''")),
        }
    }
}

struct Reader {
    tokens: Vec<Token>,
    at: usize,
}

impl Reader {
    fn is_word(&mut self, word: &str) -> bool {
        let fits = matches!(self.tokens.get(self.at), Some(Token::Word(have)) if have.eq_ignore_ascii_case(word));
        self.at += usize::from(fits);
        fits
    }

    fn word(&mut self, word: &str) -> Result<()> {
        if self.is_word(word) { Ok(()) } else { Err(ForceError::malformed(format!("expecting '{word}'"))) }
    }

    fn sign(&mut self, sign: &str) -> bool {
        let fits = matches!(self.tokens.get(self.at), Some(Token::Sign(have)) if *have == sign);
        self.at += usize::from(fits);
        fits
    }

    fn name(&mut self) -> Result<String> {
        match self.tokens.get(self.at) {
            Some(Token::Word(word)) => {
                self.at += 1;
                Ok(word.clone())
            }
            other => Err(ForceError::malformed(format!("unexpected token: {other:?}"))),
        }
    }

    fn any(&mut self) -> Result<Expr> {
        let mut left = self.all()?;
        while self.is_word("OR") {
            left = Expr::Or(Box::new(left), Box::new(self.all()?));
        }
        Ok(left)
    }

    fn all(&mut self) -> Result<Expr> {
        let mut left = self.one()?;
        while self.is_word("AND") {
            left = Expr::And(Box::new(left), Box::new(self.one()?));
        }
        Ok(left)
    }

    fn one(&mut self) -> Result<Expr> {
        if self.sign("(") {
            let inner = self.any()?;
            return if self.sign(")") {
                Ok(inner)
            } else {
                Err(ForceError::malformed("expecting a right parentheses"))
            };
        }
        let field = self.name()?;
        if self.is_word("IN") {
            if !self.sign("(") {
                return Err(ForceError::malformed("expecting a left parentheses"));
            }
            let mut values = vec![self.literal()?];
            while self.sign(",") {
                values.push(self.literal()?);
            }
            return if self.sign(")") {
                Ok(Expr::Test(field, Op::In, values))
            } else {
                Err(ForceError::malformed("expecting a right parentheses"))
            };
        }
        let signs = [("=", Op::Eq), ("!=", Op::Ne), ("<=", Op::Le), ("<", Op::Lt), (">=", Op::Ge), (">", Op::Gt)];
        let op = match signs.iter().find(|(sign, _)| self.sign(sign)) {
            Some((_, op)) => *op,
            None if self.is_word("LIKE") => Op::Like,
            None => return Err(ForceError::malformed(format!("unexpected token after {field}"))),
        };
        Ok(Expr::Test(field, op, vec![self.literal()?]))
    }

    fn literal(&mut self) -> Result<Literal> {
        if let Some(Token::Text(text)) = self.tokens.get(self.at) {
            self.at += 1;
            return Ok(Literal::Text(text.clone()));
        }
        let word = self.name()?;
        Ok(match word.to_ascii_lowercase().as_str() {
            "true" => Literal::Bool(true),
            "false" => Literal::Bool(false),
            "null" => Literal::Null,
            low => {
                match (low.strip_prefix("last_n_days:").map(str::parse), word.parse::<jiff::Timestamp>(), low.parse()) {
                    (Some(Ok(days)), ..) => Literal::Days(days),
                    (_, Ok(at), _) => Literal::Moment(at.as_millisecond()),
                    (.., Ok(number)) => Literal::Number(number),
                    _ => return Err(ForceError::malformed(format!("unexpected token: {word}"))),
                }
            }
        })
    }
}

/// Names in a question that no field has.
pub fn unknown<'a>(query: &'a Query, has: &impl Fn(&str) -> bool) -> Option<&'a str> {
    fn names<'a>(expr: &'a Expr, all: &mut Vec<&'a str>) {
        match expr {
            Expr::And(left, right) | Expr::Or(left, right) => {
                names(left, all);
                names(right, all);
            }
            Expr::Test(field, ..) => all.push(field),
        }
    }
    let mut all: Vec<&str> = query.fields.iter().flatten().map(String::as_str).collect();
    query.filter.iter().for_each(|filter| names(filter, &mut all));
    all.extend(query.order.iter().map(|(name, _)| name.as_str()));
    all.into_iter().find(|name| !has(name))
}

/// Whether a record fits; `value` tells a field's value.
pub fn holds(expr: &Expr, value: &impl Fn(&str) -> Value, now: i64) -> bool {
    match expr {
        Expr::And(left, right) => holds(left, value, now) && holds(right, value, now),
        Expr::Or(left, right) => holds(left, value, now) || holds(right, value, now),
        Expr::Test(field, op, literals) => {
            let have = value(field);
            match op {
                Op::In => literals.iter().any(|literal| test(&have, Op::Eq, literal, now)),
                op => literals.first().is_some_and(|literal| test(&have, *op, literal, now)),
            }
        }
    }
}

fn test(have: &Value, op: Op, literal: &Literal, now: i64) -> bool {
    let order = match (have, literal) {
        (_, Literal::Null) => {
            let is_empty = have.is_null() || have == "";
            return (op == Op::Eq) == is_empty;
        }
        (Value::String(have), Literal::Text(text)) if op == Op::Like => return like(have, text),
        (Value::String(have), Literal::Text(text)) => have.to_lowercase().cmp(&text.to_lowercase()),
        (Value::Bool(have), Literal::Bool(flag)) => have.cmp(flag),
        (Value::String(have), Literal::Moment(at)) => moment(have).cmp(&Some(*at)),
        // From the beginning of that day on.
        (Value::String(have), Literal::Days(days)) => {
            let day = 86_400_000;
            return moment(have).is_some_and(|at| at >= now.div_euclid(day) * day - days * day);
        }
        (Value::Number(have), Literal::Number(number)) => {
            let Some(order) = have.as_f64().and_then(|have| have.partial_cmp(number)) else { return false };
            order
        }
        _ => return op == Op::Ne,
    };
    match op {
        Op::Ne => order.is_ne(),
        Op::Lt => order.is_lt(),
        Op::Le => order.is_le(),
        Op::Gt => order.is_gt(),
        Op::Ge => order.is_ge(),
        Op::Eq | Op::In | Op::Like => order.is_eq(),
    }
}

fn like(have: &str, pattern: &str) -> bool {
    let (have, pattern) = (have.to_lowercase(), pattern.to_lowercase());
    match (pattern.strip_prefix('%'), pattern.strip_suffix('%')) {
        (Some(_), Some(_)) => have.contains(pattern.trim_matches('%')),
        (Some(end), None) => have.ends_with(end),
        (None, Some(start)) => have.starts_with(start),
        _ => have == pattern,
    }
}

fn moment(text: &str) -> Option<i64> {
    text.replace("+0000", "Z").parse::<jiff::Timestamp>().ok().map(|at| at.as_millisecond())
}
