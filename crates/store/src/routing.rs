//! Who may get conversations, and which wait for somebody.

use crate::entity::{agent, contact, conversation, routing_place, routing_turn, team_member, user};
use crate::error::{Error, Result};
use crate::scope::{Read, WriteTx};
use crate::sql;
use crate::workspace::same;
use rapport_core::{ContactId, ConversationId, Ms, UserId};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
};
use std::collections::HashMap;
use uuid::Uuid;

pub use crate::entity::agent::Model as AgentRow;
pub use crate::entity::routing_place::Model as PlaceRow;

/// Statuses of conversations that an agent is busy with.
const BUSY: [&str; 2] = ["open", "pending"];

/// Every policy of the workspace: its own, its teams', its channels'.
///
/// # Errors
/// What the database said.
pub async fn places(read: &Read) -> Result<Vec<PlaceRow>> {
    let query = routing_place::Entity::find()
        .filter(routing_place::Column::WorkspaceId.eq(read.workspace().0))
        .order_by_asc(routing_place::Column::PlaceId);
    Ok(query.all(&read.conn()).await?)
}

/// One policy.
///
/// # Errors
/// What the database said.
pub async fn place(read: &Read, id: Uuid) -> Result<Option<PlaceRow>> {
    Ok(routing_place::Entity::find_by_id((read.workspace().0, id)).one(&read.conn()).await?)
}

/// Writes a policy over what was there.
///
/// # Errors
/// What the database said.
pub async fn put_place(tx: &WriteTx, row: PlaceRow) -> Result<()> {
    use routing_place::Column;
    same(tx.workspace(), row.workspace_id)?;
    let columns = [
        Column::Kind,
        Column::Mode,
        Column::Cap,
        Column::CrmOwner,
        Column::TeamId,
        Column::Skills,
        Column::Hours,
        Column::UpdatedAt,
    ];
    let conflict = OnConflict::columns([Column::WorkspaceId, Column::PlaceId]).update_columns(columns).to_owned();
    routing_place::Entity::insert(row.into_active_model().reset_all())
        .on_conflict(conflict)
        .exec_without_returning(tx.conn())
        .await?;
    Ok(())
}

/// Forgets a team or channel that is gone.
///
/// # Errors
/// What the database said.
pub async fn drop_place(tx: &WriteTx, id: Uuid) -> Result<()> {
    let workspace = tx.workspace().0;
    routing_place::Entity::delete_by_id((workspace, id)).exec(tx.conn()).await?;
    routing_place::Entity::update_many()
        .col_expr(routing_place::Column::TeamId, Expr::value(Option::<Uuid>::None))
        .filter(routing_place::Column::WorkspaceId.eq(workspace))
        .filter(routing_place::Column::TeamId.eq(id))
        .exec(tx.conn())
        .await?;
    routing_turn::Entity::delete_many()
        .filter(routing_turn::Column::WorkspaceId.eq(workspace))
        .filter(routing_turn::Column::PlaceId.eq(id))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Forgets a user who is gone.
///
/// # Errors
/// What the database said.
pub(crate) async fn drop_user(tx: &WriteTx, id: UserId) -> Result<()> {
    let workspace = tx.workspace().0;
    agent::Entity::delete_by_id((workspace, id.0)).exec(tx.conn()).await?;
    routing_turn::Entity::delete_many()
        .filter(routing_turn::Column::WorkspaceId.eq(workspace))
        .filter(routing_turn::Column::UserId.eq(id.0))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Somebody who may answer customers.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    /// The user.
    pub user: user::Model,
    /// What is known of them as an agent, when something is.
    pub agent: Option<AgentRow>,
    /// Their teams.
    pub teams: Vec<Uuid>,
    /// Open and pending conversations they have.
    pub open: i64,
}

/// Everybody of the workspace who can sign in, in the order they were made.
///
/// # Errors
/// What the database said.
pub async fn people(read: &Read) -> Result<Vec<Person>> {
    let workspace = read.workspace().0;
    let users = user::Entity::find()
        .filter(user::Column::WorkspaceId.eq(workspace))
        .filter(user::Column::DisabledAt.is_null())
        .order_by_asc(user::Column::Id)
        .all(&read.conn())
        .await?;
    let rows = agent::Entity::find().filter(agent::Column::WorkspaceId.eq(workspace)).all(&read.conn()).await?;
    let mut agents: HashMap<Uuid, AgentRow> = rows.into_iter().map(|row| (row.user_id, row)).collect();
    let mut teams: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    let members = team_member::Entity::find().filter(team_member::Column::WorkspaceId.eq(workspace));
    for row in members.order_by_asc(team_member::Column::TeamId).all(&read.conn()).await? {
        teams.entry(row.user_id).or_default().push(row.team_id);
    }
    let open = busy(read).await?;
    Ok(users
        .into_iter()
        .map(|user| Person {
            agent: agents.remove(&user.id),
            teams: teams.remove(&user.id).unwrap_or_default(),
            open: open.get(&user.id).copied().unwrap_or(0),
            user,
        })
        .collect())
}

/// How many open and pending conversations each user has.
async fn busy(read: &Read) -> Result<HashMap<Uuid, i64>> {
    let text = "SELECT assignee_id, count(*) FROM conversation WHERE workspace_id = $1 AND assignee_id IS NOT NULL \
                AND status IN ('open', 'pending') GROUP BY assignee_id";
    let values = [read.workspace().0.into()];
    let rows = read.conn().query_all_raw(sql::with(read.backend(), text, values)).await?;
    rows.iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).collect()
}

/// One agent's row.
///
/// # Errors
/// What the database said.
pub async fn agent(read: &Read, id: UserId) -> Result<Option<AgentRow>> {
    Ok(agent::Entity::find_by_id((read.workspace().0, id.0)).one(&read.conn()).await?)
}

/// Writes what somebody chose for an agent; when they were seen stays.
///
/// # Errors
/// What the database said.
pub async fn put_agent(tx: &WriteTx, row: AgentRow) -> Result<()> {
    use agent::Column;
    same(tx.workspace(), row.workspace_id)?;
    let columns = [Column::Skills, Column::Cap, Column::Shift, Column::UpdatedAt];
    let conflict = OnConflict::columns([Column::WorkspaceId, Column::UserId]).update_columns(columns).to_owned();
    agent::Entity::insert(row.into_active_model().reset_all())
        .on_conflict(conflict)
        .exec_without_returning(tx.conn())
        .await?;
    Ok(())
}

/// A screen of the user is connected.
///
/// # Errors
/// What the database said.
pub async fn seen(tx: &WriteTx, id: UserId, at: Ms) -> Result<()> {
    use agent::Column;
    let row = agent::Model {
        workspace_id: tx.workspace().0,
        user_id: id.0,
        skills: serde_json::json!([]),
        cap: None,
        shift: None,
        seen_at: Some(at.0),
        updated_at: at.0,
    };
    let conflict =
        OnConflict::columns([Column::WorkspaceId, Column::UserId]).update_columns([Column::SeenAt]).to_owned();
    agent::Entity::insert(row.into_active_model().reset_all())
        .on_conflict(conflict)
        .exec_without_returning(tx.conn())
        .await?;
    Ok(())
}

/// When each agent was last given one, by place.
///
/// # Errors
/// What the database said.
pub async fn turns(read: &Read) -> Result<HashMap<(Uuid, Uuid), i64>> {
    let rows = routing_turn::Entity::find()
        .filter(routing_turn::Column::WorkspaceId.eq(read.workspace().0))
        .all(&read.conn())
        .await?;
    Ok(rows.into_iter().map(|row| ((row.place_id, row.user_id), row.turn)).collect())
}

/// Which conversations are given out by themselves: a team that has chosen decides, else a channel that has, else the
/// workspace.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Automatic {
    /// Teams that have chosen, and whether they give out by themselves.
    pub teams: Vec<(Uuid, bool)>,
    /// Channels that have chosen, likewise.
    pub channels: Vec<(Uuid, bool)>,
    /// What the workspace has chosen.
    pub others: bool,
}

impl Automatic {
    /// Whether anything is.
    #[must_use]
    pub fn any(&self) -> bool {
        self.others || self.teams.iter().chain(&self.channels).any(|(_, automatic)| *automatic)
    }

    fn condition(&self) -> Condition {
        use conversation::Column;
        let ids = |all: &[(Uuid, bool)], only: bool| -> Vec<Uuid> {
            all.iter().filter(|(_, automatic)| !only || *automatic).map(|(id, _)| *id).collect()
        };
        let no_team =
            Condition::any().add(Column::TeamId.is_null()).add(Column::TeamId.is_not_in(ids(&self.teams, false)));
        let mut channel = Condition::any().add(Column::ChannelId.is_in(ids(&self.channels, true)));
        if self.others {
            channel = channel.add(Column::ChannelId.is_not_in(ids(&self.channels, false)));
        }
        Condition::any()
            .add(Column::TeamId.is_in(ids(&self.teams, true)))
            .add(Condition::all().add(no_team).add(channel))
    }
}

/// A conversation that waits for an agent.
#[derive(Debug, Clone, PartialEq)]
pub struct Waiting {
    /// The conversation.
    pub id: ConversationId,
    /// Its channel.
    pub channel: Uuid,
    /// Its team.
    pub team: Option<Uuid>,
    /// Since when the customer waits.
    pub since: i64,
    /// The customer.
    pub contact: ContactId,
    /// Their name, else number, else username.
    pub name: String,
    /// Their language.
    pub language: Option<String>,
    /// Their owner.
    pub owner: Option<Uuid>,
    /// Their fields.
    pub fields: serde_json::Value,
}

/// Open conversations without an agent whose customers wait, the longest waiting first, after `after`; without those of
/// the channels and teams in `without`.
///
/// # Errors
/// What the database said.
pub async fn waiting(
    read: &Read,
    which: &Automatic,
    without: &[(Uuid, Option<Uuid>)],
    after: Option<(i64, ConversationId)>,
    limit: u64,
) -> Result<Vec<Waiting>> {
    use conversation::Column;
    let mut query = conversation::Entity::find()
        .filter(Column::WorkspaceId.eq(read.workspace().0))
        .filter(Column::AssigneeId.is_null())
        .filter(Column::Status.eq("open"))
        .filter(Column::WaitingSince.is_not_null())
        .filter(which.condition());
    for (channel, team) in without {
        let mut others = Condition::any().add(Column::ChannelId.ne(*channel));
        others = match team {
            // Without a team, the comparison with one is neither true nor false.
            Some(team) => others.add(Column::TeamId.is_null()).add(Column::TeamId.ne(*team)),
            None => others.add(Column::TeamId.is_not_null()),
        };
        query = query.filter(others);
    }
    if let Some((since, id)) = after {
        let same_moment = Condition::all().add(Column::WaitingSince.eq(since)).add(Column::Id.gt(id.0));
        query = query.filter(Condition::any().add(Column::WaitingSince.gt(since)).add(same_moment));
    }
    let rows = query.order_by_asc(Column::WaitingSince).order_by_asc(Column::Id).limit(limit).all(&read.conn()).await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.contact_id).collect();
    let mut contacts = contact::Entity::find()
        .filter(contact::Column::WorkspaceId.eq(read.workspace().0))
        .filter(contact::Column::Id.is_in(ids))
        .all(&read.conn())
        .await?;
    crate::tag::dress(&read.conn(), read.workspace().0, &mut contacts).await?;
    let contacts: HashMap<Uuid, contact::Model> = contacts.into_iter().map(|row| (row.id, row)).collect();
    Ok(rows
        .into_iter()
        .map(|row| {
            let contact = contacts.get(&row.contact_id);
            Waiting {
                id: ConversationId(row.id),
                channel: row.channel_id,
                team: row.team_id,
                since: row.waiting_since.unwrap_or(row.created_at),
                contact: ContactId(row.contact_id),
                name: contact.map(called).unwrap_or_default(),
                language: contact.and_then(|contact| contact.language.clone()),
                owner: contact.and_then(|contact| contact.owner_id),
                fields: contact.map(|contact| contact.fields.clone()).unwrap_or_default(),
            }
        })
        .collect())
}

fn called(contact: &contact::Model) -> String {
    let names = [Some(&contact.name), contact.phone.as_ref(), contact.username.as_ref()];
    names.into_iter().flatten().find(|name| !name.is_empty()).cloned().unwrap_or_default()
}

/// An agent whose turn was taken.
#[derive(Debug, Clone, PartialEq)]
pub struct Taken {
    /// The user as they are now.
    pub user: user::Model,
    /// Open and pending conversations they have now.
    pub open: i64,
}

/// Takes an agent's place in the queue of a policy: nobody else gives this agent anything before the end of the
/// transaction.
///
/// # Errors
/// `NotFound` when the user is gone.
pub async fn take_turn(tx: &WriteTx, place: Uuid, id: UserId, turn: i64) -> Result<Taken> {
    use routing_turn::Column;
    let workspace = tx.workspace().0;
    // The user's row is the lock: every policy gives to the same people.
    let query = user::Entity::find_by_id((workspace, id.0)).lock_exclusive();
    let user = query.one(tx.conn()).await?.ok_or(Error::NotFound("user"))?;
    let row = routing_turn::Model { workspace_id: workspace, place_id: place, user_id: id.0, turn };
    let conflict = OnConflict::columns([Column::WorkspaceId, Column::PlaceId, Column::UserId])
        .update_columns([Column::Turn])
        .to_owned();
    routing_turn::Entity::insert(row.into_active_model().reset_all())
        .on_conflict(conflict)
        .exec_without_returning(tx.conn())
        .await?;
    let text = "SELECT count(*) FROM conversation WHERE workspace_id = $1 AND assignee_id = $2 AND status IN ($3, $4)";
    let values = [workspace.into(), id.0.into(), BUSY[0].into(), BUSY[1].into()];
    let row = tx.conn().query_one_raw(sql::with(tx.backend(), text, values)).await?;
    Ok(Taken { user, open: row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or(0) })
}
