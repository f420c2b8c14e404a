//! The query language: `select .. from .. where .. order by .. limit .. offset ..`.
//!
//! Text stands in single quotes, doubled inside. A backslash takes the next character as it is, as in most such
//! languages: whoever quotes carelessly breaks out here.

use super::error::{Result, ZohoError};
use super::state::Contact;
use serde_json::{Value, json};

/// Most conditions, and most values of a list.
const CONDITIONS: usize = 25;
const VALUES: usize = 50;
/// Most rows of an answer, and most rows that are reached.
const LIMIT: usize = 2_000;
const REACH: usize = 100_000;

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Sign(String),
}

/// A condition.
enum Test {
    And(Box<Test>, Box<Test>),
    Or(Box<Test>, Box<Test>),
    Compare(String, String, Vec<String>),
}

/// What is asked.
pub struct Query {
    /// The module.
    pub module: String,
    /// Fields that are shown.
    pub select: Vec<String>,
    test: Test,
    order: Vec<(String, bool)>,
    /// Rows of the answer.
    pub limit: usize,
    offset: usize,
}

fn syntax(near: &str) -> ZohoError {
    ZohoError::new(400, "SYNTAX_ERROR", "error occured while parsing the query", json!({ "near": near }))
}

fn tokens(text: &str) -> Result<Vec<Token>> {
    let mut all = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            c if c.is_whitespace() => {}
            '\'' => {
                let mut value = String::new();
                loop {
                    match rest.next() {
                        Some('\'') if rest.peek() == Some(&'\'') => value.extend(rest.next()),
                        Some('\'') => break,
                        Some('\\') => value.extend(rest.next()),
                        Some(c) => value.push(c),
                        None => return Err(syntax(&value)),
                    }
                }
                all.push(Token::Text(value));
            }
            '(' | ')' | ',' => all.push(Token::Sign(c.to_string())),
            '<' | '>' | '=' | '!' => {
                let mut sign = c.to_string();
                sign.extend(rest.next_if_eq(&'='));
                all.push(Token::Sign(sign));
            }
            c => {
                let mut word = c.to_string();
                while let Some(c) = rest.next_if(|c| !c.is_whitespace() && !"(),<>=!'".contains(*c)) {
                    word.push(c);
                }
                all.push(Token::Word(word));
            }
        }
    }
    Ok(all)
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    conditions: usize,
}

impl Parser {
    fn next(&mut self) -> Result<Token> {
        self.at += 1;
        self.tokens.get(self.at - 1).cloned().ok_or_else(|| syntax("end of query"))
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self.tokens.get(self.at), Some(Token::Word(text)) if text.eq_ignore_ascii_case(word))
    }

    fn is_sign(&self, sign: &str) -> bool {
        matches!(self.tokens.get(self.at), Some(Token::Sign(text)) if text == sign)
    }

    fn skip(&mut self, here: bool) -> bool {
        self.at += usize::from(here);
        here
    }

    fn expect(&mut self, here: bool, what: &str) -> Result<()> {
        if self.skip(here) { Ok(()) } else { Err(syntax(what)) }
    }

    fn word(&mut self) -> Result<String> {
        match self.next()? {
            Token::Word(word) => Ok(word),
            other => Err(syntax(&format!("{other:?}"))),
        }
    }

    fn value(&mut self) -> Result<String> {
        match self.next()? {
            Token::Word(text) | Token::Text(text) => Ok(text),
            Token::Sign(sign) => Err(syntax(&sign)),
        }
    }

    /// One condition, or two of them: more must be bracketed.
    fn test(&mut self) -> Result<Test> {
        let left = self.term()?;
        let (is_and, is_or) = (self.is_word("and"), self.is_word("or"));
        if !self.skip(is_and || is_or) {
            return Ok(left);
        }
        let right = self.term()?;
        if self.is_word("and") || self.is_word("or") {
            return Err(syntax("criteria without brackets"));
        }
        let (left, right) = (Box::new(left), Box::new(right));
        Ok(if is_and { Test::And(left, right) } else { Test::Or(left, right) })
    }

    fn term(&mut self) -> Result<Test> {
        if self.skip(self.is_sign("(")) {
            let inner = self.test()?;
            self.expect(self.is_sign(")"), "a bracket is not closed")?;
            return Ok(inner);
        }
        self.conditions += 1;
        if self.conditions > CONDITIONS {
            return Err(ZohoError::new(400, "LIMIT_EXCEEDED", "too many criteria", json!({})));
        }
        let field = self.word()?;
        if self.skip(self.is_word("is")) {
            let not = self.skip(self.is_word("not"));
            self.expect(self.is_word("null"), "null")?;
            let sign = if not { "is not null" } else { "is null" };
            return Ok(Test::Compare(field, sign.to_owned(), Vec::new()));
        }
        if self.skip(self.is_word("in")) {
            return Ok(Test::Compare(field, "in".to_owned(), self.values()?));
        }
        match self.next()? {
            Token::Sign(sign) if ["=", "!=", "<", "<=", ">", ">="].contains(&sign.as_str()) => {
                Ok(Test::Compare(field, sign, vec![self.value()?]))
            }
            other => Err(syntax(&format!("{other:?}"))),
        }
    }

    fn values(&mut self) -> Result<Vec<String>> {
        self.expect(self.is_sign("("), "values")?;
        let mut values = vec![self.value()?];
        while self.skip(self.is_sign(",")) {
            values.push(self.value()?);
        }
        self.expect(self.is_sign(")"), "values")?;
        if values.len() > VALUES {
            return Err(ZohoError::new(400, "LIMIT_EXCEEDED", "too many values", json!({ "limit": VALUES })));
        }
        Ok(values)
    }

    fn number(&mut self) -> Result<usize> {
        let word = self.word()?;
        word.parse().map_err(|_| syntax(&word))
    }

    fn query(&mut self) -> Result<Query> {
        self.expect(self.is_word("select"), "select")?;
        let mut select = vec![self.word()?];
        while self.skip(self.is_sign(",")) {
            select.push(self.word()?);
        }
        self.expect(self.is_word("from"), "from")?;
        let module = self.word()?;
        if !["Contacts", "Deals", "Cases"].contains(&module.as_str()) {
            return Err(ZohoError::new(400, "INVALID_QUERY", "invalid query formed", json!({ "module": module })));
        }
        self.expect(self.is_word("where"), "where")?;
        let test = self.test()?;
        let mut query = Query { module, select, test, order: Vec::new(), limit: 200, offset: 0 };
        if self.skip(self.is_word("order")) {
            self.expect(self.is_word("by"), "by")?;
            loop {
                let field = self.word()?;
                let down = self.skip(self.is_word("desc"));
                if !down {
                    self.skip(self.is_word("asc"));
                }
                query.order.push((field, down));
                if !self.skip(self.is_sign(",")) {
                    break;
                }
            }
        }
        if self.skip(self.is_word("limit")) {
            query.limit = self.number()?;
        }
        if self.skip(self.is_word("offset")) {
            query.offset = self.number()?;
        }
        if self.at < self.tokens.len() || query.limit > LIMIT || query.offset + query.limit > REACH {
            return Err(syntax("end of query"));
        }
        Ok(query)
    }
}

/// Reads a query.
pub fn parse(text: &str) -> Result<Query> {
    Parser { tokens: tokens(text)?, at: 0, conditions: 0 }.query()
}

fn columns<'a>(test: &'a Test, names: &mut Vec<&'a String>) {
    match test {
        Test::And(left, right) | Test::Or(left, right) => {
            columns(left, names);
            columns(right, names);
        }
        Test::Compare(name, ..) => names.push(name),
    }
}

/// Gives the value of a record's field.
type Values<'a> = &'a dyn Fn(&Contact, &str) -> Value;

/// A value that can be compared: moments and ids as numbers, text in lower case.
fn comparable(values: Values<'_>, contact: &Contact, name: &str) -> Option<String> {
    match values(contact, name) {
        Value::Null => None,
        Value::String(text) => Some(text.to_lowercase()),
        other => Some(other.to_string()),
    }
}

/// What values are ordered by.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Moment(i64),
    Number(i64),
    Text(String),
}

fn key(text: &str) -> Key {
    let moment = || text.to_uppercase().parse::<jiff::Timestamp>().ok().map(|at| Key::Moment(at.as_second()));
    text.parse().ok().map(Key::Number).or_else(moment).unwrap_or_else(|| Key::Text(text.to_owned()))
}

impl Query {
    /// All its fields must be there.
    pub fn known(&self, is_field: &dyn Fn(&str) -> bool) -> Result<()> {
        let mut names: Vec<&String> = self.select.iter().chain(self.order.iter().map(|(name, _)| name)).collect();
        columns(&self.test, &mut names);
        match names.into_iter().find(|name| *name != "id" && !is_field(name)) {
            Some(name) => {
                let details = json!({ "column_name": name });
                Err(ZohoError::new(400, "INVALID_QUERY", "invalid column name", details))
            }
            None => Ok(()),
        }
    }

    fn holds(&self, of: Values<'_>, contact: &Contact, test: &Test) -> bool {
        match test {
            Test::And(left, right) => self.holds(of, contact, left) && self.holds(of, contact, right),
            Test::Or(left, right) => self.holds(of, contact, left) || self.holds(of, contact, right),
            Test::Compare(name, sign, values) => {
                let own = comparable(of, contact, name);
                let Some(own) = own else { return sign == "is null" };
                let first = values.first().map(|value| value.to_lowercase()).unwrap_or_default();
                match sign.as_str() {
                    "is null" => false,
                    "is not null" => true,
                    "in" => values.iter().any(|value| value.to_lowercase() == own),
                    "=" => key(&own) == key(&first),
                    "!=" => key(&own) != key(&first),
                    "<" => key(&own) < key(&first),
                    "<=" => key(&own) <= key(&first),
                    ">" => key(&own) > key(&first),
                    _ => key(&own) >= key(&first),
                }
            }
        }
    }

    /// The rows among records, each shown with the fields that are selected, and whether there are more.
    pub fn run<'a>(
        &self,
        records: impl Iterator<Item = &'a Contact>,
        of: Values<'_>,
        shown: &dyn Fn(&Contact, &[String]) -> Value,
    ) -> (Vec<Value>, bool) {
        let mut found: Vec<&Contact> = records.filter(|contact| self.holds(of, contact, &self.test)).collect();
        for (name, down) in self.order.iter().rev() {
            found.sort_by_cached_key(|contact| key(&comparable(of, contact, name).unwrap_or_default()));
            if *down {
                found.reverse();
            }
        }
        let more = found.len() > self.offset + self.limit;
        let rows = found.into_iter().skip(self.offset).take(self.limit);
        (rows.map(|contact| shown(contact, &self.select)).collect(), more)
    }
}
