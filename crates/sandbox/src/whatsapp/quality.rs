//! How templates are reviewed, and what happens to them afterwards (whatsapp-cloud-api.md §5, §8).

use super::{
    envelope, limits,
    state::State,
    template::{self, Template},
};
use crate::{timers::Task, world::World};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The first pause lasts three hours, the second six, the third is for good.
const PAUSES: [i64; 2] = [3 * 3_600_000, 6 * 3_600_000];
/// Notice before a category changes.
const NOTICE: i64 = limits::DAY;

/// What Meta does to a template.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case", deny_unknown_fields)]
pub enum Event {
    /// Approves it.
    Approve,
    /// Refuses it.
    Reject {
        /// `INVALID_FORMAT` (default), `ABUSIVE_CONTENT`, `INCORRECT_CATEGORY`, `PROMOTIONAL`, `SCAM`, `TAG_CONTENT_MISMATCH`.
        #[serde(default)]
        reason: Option<String>,
        /// What a person should change.
        #[serde(default)]
        recommendation: Option<String>,
    },
    /// Leaves it in review.
    Hold,
    /// Pauses it: 3 hours, then 6 hours, then it is disabled.
    Pause,
    /// Ends a pause.
    Unpause,
    /// Disables it for good.
    Disable,
    /// Warns of its quality without stopping it.
    Flag,
    /// Changes its quality: GREEN, YELLOW, RED, UNKNOWN.
    Quality {
        /// The new score.
        score: String,
    },
    /// Changes its category: a notice now, the change after `notice_ms` (default a day; 0 = at once).
    Category {
        /// The new category.
        to: String,
        /// Milliseconds of sandbox time between notice and change.
        #[serde(default)]
        notice_ms: Option<i64>,
    },
}

/// What a template does by itself later.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// The pause with that number ends.
    Unpause(usize),
    /// The category changes.
    Category(String),
}

/// How reviews of templates end whose name contains a text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Review {
    /// Part of the name; empty = all.
    #[serde(default)]
    pub name: String,
    /// The outcome: `approve`, `reject`, `hold`, or `category` (approved as another category).
    pub outcome: Event,
    /// How often; without it until it is taken away.
    #[serde(default)]
    pub times: Option<u64>,
}

/// The chosen outcome of a template's review, counted.
pub fn chosen(state: &mut State, name: &str) -> Option<Event> {
    let rule =
        state.reviews.iter_mut().find(|rule| name.contains(&rule.name) && rule.times.is_none_or(|times| times > 0))?;
    if let Some(times) = &mut rule.times {
        *times -= 1;
    }
    Some(rule.outcome.clone())
}

/// Ends a review as chosen.
pub fn reviewed(world: &World, state: &mut State, id: &str, outcome: Event) -> Result<(), String> {
    match outcome {
        Event::Hold => Ok(()),
        Event::Category { to, .. } => {
            if let Some(template) = state.templates.get_mut(id) {
                template.previous_category = Some(std::mem::replace(&mut template.category, category(&to)?));
            }
            happen(world, state, id, Event::Approve)?;
            recategorised(world, state, id);
            Ok(())
        }
        outcome => happen(world, state, id, outcome),
    }
}

/// Id of the template with that id or, failing that, that name.
pub fn find(state: &State, wanted: &str) -> Option<String> {
    let known = state.templates.contains_key(wanted).then(|| wanted.to_owned());
    known.or_else(|| state.templates.values().find(|t| t.name == wanted).map(|t| t.id.clone()))
}

fn category(name: &str) -> Result<String, String> {
    let name = name.to_uppercase();
    if ["MARKETING", "UTILITY", "AUTHENTICATION"].contains(&name.as_str()) {
        Ok(name)
    } else {
        Err(format!("{name} is not a category: MARKETING, UTILITY and AUTHENTICATION are"))
    }
}

/// Lets something happen to a template and tells the business.
pub fn happen(world: &World, state: &mut State, id: &str, event: Event) -> Result<(), String> {
    let template = state.templates.get_mut(id).ok_or_else(|| format!("there is no template {id}"))?;
    match event {
        Event::Approve => set(template, "APPROVED", "NONE"),
        Event::Reject { reason, recommendation } => {
            set(template, "REJECTED", reason.as_deref().unwrap_or("INVALID_FORMAT"));
            template.recommendation = recommendation;
        }
        Event::Hold => return Err("`hold` is only possible for coming reviews".into()),
        Event::Pause => return pause(world, state, id),
        Event::Unpause if template.status == "PAUSED" => {
            set(template, "APPROVED", "NONE");
            tell(world, state, id, "APPROVED", Some(("UNPAUSE", "The template can be sent again.")));
            return Ok(());
        }
        Event::Unpause => return Err(format!("the template is {}, not PAUSED", template.status)),
        Event::Disable => {
            set(template, "DISABLED", "NONE");
            tell(world, state, id, "DISABLED", Some(("DISABLED", "The template was disabled for its quality.")));
            return Ok(());
        }
        Event::Flag => {
            tell(world, state, id, "FLAGGED", None);
            return Ok(());
        }
        Event::Quality { score } => return quality(world, state, id, &score),
        Event::Category { to, notice_ms } => {
            let to = category(&to)?;
            return announce(world, state, id, to, notice_ms.unwrap_or(NOTICE));
        }
    }
    template::tell(world, state, id, None);
    Ok(())
}

fn set(template: &mut Template, status: &str, reason: &str) {
    template.status = status.to_owned();
    template.rejected_reason = reason.to_owned();
    template.recommendation = None;
}

fn pause(world: &World, state: &mut State, id: &str) -> Result<(), String> {
    let template = state.templates.get_mut(id).ok_or_else(|| format!("there is no template {id}"))?;
    let number = template.pauses;
    template.pauses += 1;
    template.quality = "RED".into();
    let Some(lasting) = PAUSES.get(number) else {
        return happen(world, state, id, Event::Disable);
    };
    set(template, "PAUSED", "NONE");
    let title = if number == 0 { "FIRST_PAUSE" } else { "SECOND_PAUSE" };
    let text = format!("The template was paused for {} hours because of its quality.", lasting / 3_600_000);
    tell(world, state, id, "PAUSED", Some((title, &text)));
    let step = Step::Unpause(number + 1);
    world.timers.at(world.clock.now() + lasting, Task::Template { template: id.to_owned(), step });
    Ok(())
}

fn quality(world: &World, state: &mut State, id: &str, score: &str) -> Result<(), String> {
    let score = score.to_uppercase();
    if !["GREEN", "YELLOW", "RED", "UNKNOWN"].contains(&score.as_str()) {
        return Err(format!("{score} is not a quality: GREEN, YELLOW, RED and UNKNOWN are"));
    }
    let template = state.templates.get_mut(id).ok_or_else(|| format!("there is no template {id}"))?;
    let before = std::mem::replace(&mut template.quality, score.clone());
    let mut value = named(template);
    value["previous_quality_score"] = before.into();
    value["new_quality_score"] = score.into();
    let waba = template.waba.clone();
    envelope::send_account(world, state, &waba, "message_template_quality_update", &value);
    Ok(())
}

/// Tells a change of category ahead, and lets it happen after the notice.
fn announce(world: &World, state: &mut State, id: &str, to: String, notice: i64) -> Result<(), String> {
    let template = state.templates.get_mut(id).ok_or_else(|| format!("there is no template {id}"))?;
    if template.category == to {
        return Err(format!("the template is {to} already"));
    }
    if notice <= 0 {
        change_category(world, state, id, to);
        return Ok(());
    }
    let at = world.clock.now() + notice;
    template.correct_category = Some(to.clone());
    let mut value = named(template);
    // The notice calls the present category the new one, as Meta does.
    value["new_category"] = template.category.as_str().into();
    value["correct_category"] = to.as_str().into();
    value["category_update_timestamp"] = (at / 1000).into();
    let waba = template.waba.clone();
    envelope::send_account(world, state, &waba, "template_category_update", &value);
    world.timers.at(at, Task::Template { template: id.to_owned(), step: Step::Category(to) });
    Ok(())
}

fn change_category(world: &World, state: &mut State, id: &str, to: String) {
    if let Some(template) = state.templates.get_mut(id) {
        template.previous_category = Some(std::mem::replace(&mut template.category, to));
        template.correct_category = None;
        recategorised(world, state, id);
    }
}

fn recategorised(world: &World, state: &State, id: &str) {
    let Some(template) = state.templates.get(id) else {
        return;
    };
    let mut value = named(template);
    value["previous_category"] = json!(template.previous_category);
    value["new_category"] = template.category.as_str().into();
    envelope::send_account(world, state, &template.waba, "template_category_update", &value);
}

/// Goes on with what was announced.
pub fn go_on(world: &World, id: &str, step: &Step) {
    let mut guard = world.wa();
    let state = &mut *guard;
    let Some(template) = state.templates.get(id) else {
        return;
    };
    match step {
        Step::Unpause(number) if template.status == "PAUSED" && template.pauses == *number => {
            // Cannot fail: the template is there and paused.
            let _ = happen(world, state, id, Event::Unpause);
        }
        Step::Category(to) if template.correct_category.as_ref() == Some(to) => {
            change_category(world, state, id, to.clone());
        }
        _ => {}
    }
}

/// Id, name and language as webhooks write them.
fn named(template: &Template) -> Value {
    json!({
        "message_template_id": template.id.parse::<u64>().unwrap_or_default(),
        "message_template_name": template.name,
        "message_template_language": template.language.replace('_', "-"),
    })
}

fn tell(world: &World, state: &State, id: &str, event: &str, other: Option<(&str, &str)>) {
    let Some(template) = state.templates.get(id) else {
        return;
    };
    let mut value = named(template);
    value["event"] = event.into();
    value["message_template_category"] = template.category.as_str().into();
    value["reason"] = "NONE".into();
    if let Some((title, description)) = other {
        value["other_info"] = json!({"title": title, "description": description});
    }
    if event == "DISABLED" {
        value["disable_info"] = json!({"disable_date": world.clock.now() / 1000});
    }
    envelope::send_account(world, state, &template.waba, "message_template_status_update", &value);
}
