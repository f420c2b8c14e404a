//! Surveys as they are shown, and their figures.

use crate::account::Page;
use crate::auth::{Caller, Permission};
use crate::error::Result;
use crate::state::App;
use rapport_core::Ms;
use rapport_core::routing::SCORES;
use rapport_store::survey::{self, Count, Filter, SurveyRow};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// A customer who was asked.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Survey)]
pub struct SurveyView {
    /// The survey.
    pub id: Uuid,
    /// The conversation it is about.
    pub conversation_id: Uuid,
    /// The customer.
    pub contact_id: Uuid,
    /// Who had the conversation when it was resolved.
    pub agent_id: Option<Uuid>,
    /// The resolution it follows, milliseconds UTC.
    #[schema(value_type = i64)]
    pub resolved_at: Ms,
    /// `asked` or `answered`.
    pub state: String,
    /// `list` inside the service window, `template` outside.
    pub via: Option<String>,
    /// The question.
    pub message_id: Option<Uuid>,
    /// When it was asked, milliseconds UTC.
    #[schema(value_type = Option<i64>)]
    pub asked_at: Option<Ms>,
    /// 1 (worst) to 5 (best).
    pub score: Option<i16>,
    /// When that was given, milliseconds UTC.
    #[schema(value_type = Option<i64>)]
    pub scored_at: Option<Ms>,
    /// The customer's words about it.
    pub comment: Option<String>,
}

impl From<SurveyRow> for SurveyView {
    fn from(row: SurveyRow) -> Self {
        Self {
            id: row.id,
            conversation_id: row.conversation_id,
            contact_id: row.contact_id,
            agent_id: row.agent_id,
            resolved_at: Ms(row.resolved_at),
            state: row.state,
            via: row.via,
            message_id: row.message_id,
            asked_at: row.asked_at.map(Ms),
            score: row.score,
            scored_at: row.scored_at.map(Ms),
            comment: row.comment,
        }
    }
}

/// Which surveys are wanted.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SurveyFilter {
    /// Only of this customer.
    pub contact_id: Option<Uuid>,
    /// Only of this conversation.
    pub conversation_id: Option<Uuid>,
    /// Only of conversations this user had.
    pub agent_id: Option<Uuid>,
    /// Only those with a score.
    pub answered: Option<bool>,
    /// Asked at or after, milliseconds UTC.
    pub from: Option<i64>,
    /// Asked before, milliseconds UTC.
    pub to: Option<i64>,
}

impl SurveyFilter {
    fn filter(&self) -> Filter {
        Filter {
            contact: self.contact_id.map(Into::into),
            conversation: self.conversation_id.map(Into::into),
            agent: self.agent_id,
            answered: self.answered.unwrap_or(false),
            from: self.from.map(Ms),
            to: self.to.map(Ms),
        }
    }
}

/// How satisfied customers were.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct SurveyScores {
    /// How many were asked.
    pub asked: i64,
    /// How many gave a score.
    pub answered: i64,
    /// The mean score; null when nobody answered.
    pub average: Option<f64>,
    /// How often each score was given: 1 first, 5 last.
    pub distribution: Vec<i64>,
}

/// The scores of one agent.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SurveyScoresOfAgent {
    /// The agent; null = nobody had the conversation.
    pub agent_id: Option<Uuid>,
    /// Their scores.
    #[serde(flatten)]
    pub scores: SurveyScores,
}

/// The figures, all of them exact.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SurveyFigures {
    /// Everything together.
    pub total: SurveyScores,
    /// By agent, the most asked first.
    pub agents: Vec<SurveyScoresOfAgent>,
}

/// Surveys that were asked, newest first.
///
/// # Errors
/// `Forbidden`, `Store`.
pub async fn list(
    app: &App,
    caller: &Caller,
    filter: &SurveyFilter,
    before: Option<Uuid>,
    limit: u64,
) -> Result<Page<SurveyView>> {
    caller.require(Permission::InboxRead)?;
    let read = app.store.workspace(caller.workspace).read();
    let rows = survey::page(&read, &filter.filter(), before, limit + 1).await?;
    Ok(Page::cut(rows, limit, |row| row.id).map(SurveyView::from))
}

/// The figures of what [`list`] shows.
///
/// # Errors
/// `Forbidden`, `Store`.
pub async fn figures(app: &App, caller: &Caller, filter: &SurveyFilter) -> Result<SurveyFigures> {
    caller.require(Permission::TeamManage)?;
    let read = app.store.workspace(caller.workspace).read();
    Ok(summed(&survey::counts(&read, &filter.filter()).await?))
}

fn summed(counts: &[Count]) -> SurveyFigures {
    let mut by_agent: BTreeMap<Option<Uuid>, Vec<Count>> = BTreeMap::new();
    for count in counts {
        by_agent.entry(count.agent).or_default().push(*count);
    }
    let mut agents: Vec<SurveyScoresOfAgent> = by_agent
        .into_iter()
        .map(|(agent_id, counts)| SurveyScoresOfAgent { agent_id, scores: scores(&counts) })
        .collect();
    agents.sort_by_key(|agent| std::cmp::Reverse(agent.scores.asked));
    SurveyFigures { total: scores(counts), agents }
}

fn scores(counts: &[Count]) -> SurveyScores {
    let of = |score: u8| -> i64 {
        counts.iter().filter(|count| count.score == Some(i16::from(score))).map(|count| count.count).sum()
    };
    let distribution: Vec<i64> = SCORES.map(of).collect();
    let answered: i64 = distribution.iter().sum();
    let points: i64 = SCORES.map(i64::from).zip(&distribution).map(|(score, count)| score * count).sum();
    let average = (answered > 0).then(|| points as f64 / answered as f64);
    SurveyScores { asked: counts.iter().map(|count| count.count).sum(), answered, average, distribution }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_summed_by_agent() {
        let (one, two) = (Some(Uuid::from_u128(1)), Some(Uuid::from_u128(2)));
        let count = |agent, score, count| Count { agent, score, count };
        let figures = summed(&[
            count(one, Some(5), 2),
            count(one, None, 1),
            count(two, Some(1), 1),
            count(two, Some(4), 3),
            count(two, None, 4),
        ]);
        assert_eq!((figures.total.asked, figures.total.answered), (11, 6));
        assert_eq!(figures.total.distribution, [1, 0, 0, 3, 2]);
        assert_eq!(figures.total.average, Some(23.0 / 6.0));
        assert_eq!(figures.agents[0].agent_id, two, "the most asked first");
        assert_eq!(figures.agents[1].scores.average, Some(5.0));
        let none = summed(&[]);
        assert_eq!((none.total.average, none.total.distribution.len()), (None, 5));
    }
}
