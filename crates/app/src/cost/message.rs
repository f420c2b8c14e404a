//! The cost beside each message: what the provider said, or an estimate until it does.

use super::{CostView, card};
use crate::error::Result;
use crate::inbox::view::MessageView;
use rapport_core::cost::{Ask, Month, Price, RateCard, Window};
use rapport_core::{ChannelId, ContactId, Ms};
use rapport_store::{Read, cost};
use std::collections::HashMap;
use uuid::Uuid;

/// Message with nobody to pay for it: it never went over the provider's API, or never went at all.
fn is_priced(message: &MessageView) -> bool {
    let went = !matches!(message.status.as_str(), "failed" | "refused");
    message.direction == "out" && went && message.author.kind != "phone_app" && message.kind != "reaction"
}

/// Fills in what the messages of a page cost. `told`: what the provider said, by message. Nothing is read when no
/// message of the page went out; else two to four statements.
pub(crate) async fn price(read: &Read, told: &HashMap<Uuid, Price>, messages: &mut [MessageView]) -> Result<()> {
    if !messages.iter().any(is_priced) {
        return Ok(());
    }
    let card = card(read).await?;
    let people = messages.iter().filter(|one| is_priced(one)).map(|one| ContactId(one.contact_id)).collect();
    let countries = cost::countries(read, &people).await?;
    let mut guess = Guess { read, card: &card, categories: HashMap::new(), used: HashMap::new() };
    for message in messages.iter_mut().filter(|one| is_priced(one)) {
        let country = countries.get(&message.contact_id).map(String::as_str);
        message.cost = match told.get(&message.id) {
            Some(price) => {
                let arrived = message.delivered_at.into_iter().chain(message.read_at).min();
                let month = Month::of(Ms(arrived.or(message.sent_at).unwrap_or(message.at)));
                Some(CostView::actual(price.clone(), card.actual(price, country, month)))
            }
            None => guess.cost(message, country).await?,
        };
    }
    Ok(())
}

struct Guess<'a> {
    read: &'a Read,
    card: &'a RateCard,
    categories: HashMap<(Uuid, String), Option<String>>,
    used: HashMap<(Uuid, Month), u32>,
}

impl Guess<'_> {
    async fn cost(&mut self, message: &MessageView, country: Option<&str>) -> Result<Option<CostView>> {
        let at = Ms(message.sent_at.unwrap_or(message.at));
        let channel = message.channel_id;
        let (category, window, service_used) = if message.kind == "template" {
            let Some(category) = self.category(channel, message.content["name"].as_str().unwrap_or_default()).await?
            else {
                return Ok(None);
            };
            (category, Window::Closed, 0)
        } else {
            ("service".to_owned(), Window::CustomerService, self.used(channel, Month::of(at)).await?)
        };
        let ask = Ask { category: &category, country, window, at, service_used };
        Ok(Some(CostView::estimate(&category, self.card.estimate(&ask))))
    }

    async fn category(&mut self, channel: Uuid, name: &str) -> Result<Option<String>> {
        let key = (channel, name.to_owned());
        if !self.categories.contains_key(&key) {
            let found = cost::template_category(self.read, ChannelId(channel), name).await?;
            self.categories.insert(key.clone(), found);
        }
        Ok(self.categories.get(&key).cloned().flatten())
    }

    async fn used(&mut self, channel: Uuid, month: Month) -> Result<u32> {
        if let Some(known) = self.used.get(&(channel, month)) {
            return Ok(*known);
        }
        let used = cost::free_service(self.read, ChannelId(channel), month).await?;
        let used = u32::try_from(used.max(0)).unwrap_or(u32::MAX);
        self.used.insert((channel, month), used);
        Ok(used)
    }
}
