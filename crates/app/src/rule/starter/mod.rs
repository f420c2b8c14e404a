//! Rules that are ready to be switched on: `recipes.json` says what they do, one file a language what they are called and
//! what they say, and the hot words that the program knows what they listen for.

use super::manage::{self, NewRule};
use super::view::RuleView;
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::state::App;
use crate::understanding::words::{self, StarterLists};
use rapport_core::rule::Definition;
use rapport_text::hotwords;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::OnceLock;
use utoipa::{IntoParams, ToSchema};

/// The recipes, in the order in which they are offered.
const KEYS: [&str; 17] = [
    "parcel",
    "parcel_update",
    "human_wanted",
    "unhappy",
    "wants_to_buy",
    "quote_case",
    "complaint_case",
    "instalments",
    "price_sensitive",
    "high_intent",
    "high_intent_code",
    "asked_code",
    "store_enquiry",
    "store_voucher",
    "prospect",
    "lost",
    "back_again",
];

const RECIPES: &str = include_str!("recipes.json");

/// One for each language of the screen.
const WORDS: [(&str, &str); 8] = [
    ("en", include_str!("words/en.json")),
    ("ar", include_str!("words/ar.json")),
    ("es", include_str!("words/es.json")),
    ("fr", include_str!("words/fr.json")),
    ("pt", include_str!("words/pt.json")),
    ("ru", include_str!("words/ru.json")),
    ("zh-Hans", include_str!("words/zh-Hans.json")),
    ("zh-Hant", include_str!("words/zh-Hant.json")),
];

/// In which language starters are wanted.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct StarterQuery {
    /// The language that customers write in and are answered in: `en`, `ar`, `es`, `fr`, `pt`, `ru`, `zh-Hans`, `zh-Hant`;
    /// regional forms find their base, every other language is English. Left out: English.
    pub language: Option<String>,
}

/// Which language a starter is made in.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFromStarter {
    /// As the list's `language`.
    #[serde(default)]
    pub language: Option<String>,
}

/// A rule that is ready to be looked at and switched on.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = RuleStarter)]
pub struct StarterView {
    /// Its name for programs: `parcel`, `lost`, ...
    pub key: String,
    /// The language of its words.
    pub language: String,
    /// What it says: `docs/rules.md` has the form.
    #[schema(value_type = Object)]
    pub definition: Value,
    /// What a customer might write to set it off, for those that listen to words.
    pub example: Option<String>,
}

/// The texts of a language by their keys.
type Texts = BTreeMap<String, String>;

fn texts(language: &str) -> Texts {
    let file = WORDS.iter().find(|(known, _)| *known == language).map_or("{}", |(_, file)| file);
    serde_json::from_str(file).unwrap_or_default()
}

/// The language of the screen that is nearest to a locale; the practice room's customers know them all.
fn nearest(locale: Option<&str>) -> &'static str {
    rapport_core::practice::words(locale.unwrap_or_default()).language
}

/// The recipes as they are written down.
fn recipes() -> &'static Map<String, Value> {
    static READ: OnceLock<Map<String, Value>> = OnceLock::new();
    READ.get_or_init(|| serde_json::from_str(RECIPES).unwrap_or_default())
}

/// What fills a recipe.
struct Filling<'a> {
    key: &'a str,
    /// As hot words know it: both scripts of Chinese are one.
    language: &'a str,
    texts: &'a Texts,
}

impl Filling<'_> {
    /// `#a,b` becomes the hot words of these topics, `@tag.x` a tag's name, `@words` the recipe's own words, `@x` its own
    /// text.
    fn fill(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => match (text.strip_prefix('#'), text.strip_prefix('@')) {
                (Some(topics), _) => json!(self.words(topics)),
                (_, Some(name)) if name.starts_with("tag.") => json!(self.texts.get(name)),
                (_, Some("words")) => self.own_words(),
                (_, Some(name)) => json!(self.texts.get(&format!("{}.{name}", self.key))),
                _ => value.clone(),
            },
            Value::Array(items) => items.iter().map(|item| self.fill(item)).collect(),
            Value::Object(fields) => fields.iter().map(|(name, item)| (name.clone(), self.fill(item))).collect(),
            other => other.clone(),
        }
    }

    /// The recipe's own words, written with `|` between them.
    fn own_words(&self) -> Value {
        let words = self.texts.get(&format!("{}.words", self.key)).map_or("", String::as_str);
        words.split('|').map(str::trim).filter(|word| !word.is_empty()).collect()
    }

    /// Words that count only where something else does not stand are left out: rules know no such exceptions.
    fn words(&self, topics: &str) -> Vec<String> {
        let wanted: Vec<&str> = topics.split(',').collect();
        let known = hotwords::starter(self.language).into_iter();
        known
            .filter(|starter| wanted.contains(&starter.topic) && starter.word.except.is_empty())
            .map(|starter| starter.word.text)
            .collect()
    }
}

/// A starter in a language of the screen.
fn starter(key: &str, language: &'static str) -> Option<(Definition, StarterView)> {
    let texts = texts(language);
    let base = language.split('-').next().unwrap_or_default();
    let filling = Filling { key, language: base, texts: &texts };
    let mut filled = filling.fill(recipes().get(key)?);
    let own = |name: &str| texts.get(&format!("{key}.{name}")).cloned();
    filled["name"] = json!(own("name"));
    filled["description"] = json!(own("description"));
    filled["language"] = json!(base);
    let definition: Definition = serde_json::from_value(filled).ok()?;
    let view = StarterView {
        key: key.to_owned(),
        language: language.to_owned(),
        definition: json!(definition),
        example: own("example"),
    };
    Some((definition, view))
}

/// The rules that are ready to be switched on.
///
/// # Errors
/// `Forbidden`.
pub fn list(caller: &Caller, query: &StarterQuery) -> Result<Vec<StarterView>> {
    caller.require(Permission::RuleRead)?;
    let language = nearest(query.language.as_deref());
    Ok(KEYS.iter().filter_map(|key| starter(key, language)).map(|(_, view)| view).collect())
}

/// Makes a rule of a starter, switched off: somebody looks at its words first.
///
/// # Errors
/// `Forbidden`, `NotFound`, and as [`manage::create`].
pub async fn make(app: &App, caller: &Caller, key: &str, new: NewFromStarter) -> Result<RuleView> {
    caller.require(Permission::RuleManage)?;
    let (definition, view) = starter(key, nearest(new.language.as_deref())).ok_or(Error::NotFound("starter"))?;
    bring_words(app, caller, &definition).await?;
    manage::create(app, caller, NewRule { enabled: false, shadow: false, definition: view.definition }).await
}

/// A rule that asks for hot words brings those of the program along, where the workspace has none of a topic yet.
async fn bring_words(app: &App, caller: &Caller, definition: &Definition) -> Result<()> {
    let mut topics = definition.topics();
    if topics.is_empty() {
        return Ok(());
    }
    let reader = app.channels.reader(caller.workspace).await?;
    topics.retain(|topic| !reader.all().iter().any(|known| *known.topic == **topic));
    let lists = StarterLists { languages: vec![definition.language.clone()], topics: topics.into_iter().collect() };
    if !lists.topics.is_empty() {
        words::take_over(app, caller, lists).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::set::RuleSet;
    use rapport_core::rule::{Known, check};
    use rapport_store::rule::Stamp;
    use std::collections::BTreeSet;
    use uuid::Uuid;

    fn all() -> impl Iterator<Item = (&'static str, Definition, StarterView)> {
        let languages = WORDS.iter().map(|(language, _)| *language);
        languages.flat_map(|language| {
            KEYS.iter().map(move |key| {
                let (definition, view) = starter(key, language).unwrap_or_else(|| panic!("{key} in {language}"));
                (*key, definition, view)
            })
        })
    }

    #[test]
    fn every_starter_can_be_kept_in_every_language() {
        assert_eq!(recipes().keys().map(String::as_str).collect::<BTreeSet<_>>(), KEYS.into());
        let keys = |language: &str| texts(language).into_keys().collect::<BTreeSet<_>>();
        for (language, _) in WORDS {
            assert_eq!(keys(language), keys("en"), "{language}");
            assert_eq!(nearest(Some(language)), language);
            assert!(texts(language).values().all(|text| !text.trim().is_empty()), "{language}");
        }
        for (key, definition, view) in all() {
            assert_eq!(check(&definition), [], "{key} in {}", view.language);
            let written = view.definition.to_string();
            assert!(!written.contains("\"@") && !written.contains("\"#"), "{key} in {}: {written}", view.language);
        }
        assert_eq!((nearest(Some("ar-EG")), nearest(Some("zh-TW")), nearest(Some("de"))), ("ar", "zh-Hant", "en"));
        assert!(starter("nothing", "en").is_none());
    }

    #[test]
    fn the_examples_say_the_words_and_no_other_rule_takes_them_for_a_wish_for_a_person() {
        for (key, definition, view) in all() {
            let (words, topics) = (!definition.phrases().is_empty(), definition.topics());
            assert_eq!(view.example.is_some(), words || !topics.is_empty(), "{key} in {}", view.language);
            let Some(example) = view.example else { continue };
            if !topics.is_empty() {
                let known = hotwords::starter(&definition.language);
                let list: Vec<_> = known.iter().map(|starter| starter.word.clone()).collect();
                let hits = hotwords::HotWords::compile(&list).unwrap().find(&example);
                let said = hits.iter().any(|hit| topics.contains(known[hit.word].topic));
                assert!(said, "{key} in {}: {example}", view.language);
                continue;
            }
            let known = Known { id: Uuid::from_u128(1), version: 1, enabled: true, shadow: false, definition };
            let set = RuleSet::of(vec![known], Stamp::default());
            assert!(set.heard(&example).phrases().next().is_some(), "{key} in {}: {example}", view.language);
            let human = rapport_text::intents::asks_for_human(&example).is_some();
            assert_eq!(human, key == "human_wanted", "{key} in {}: {example}", view.language);
        }
    }
}
