//! The spine without a network: events in, decisions, messages out - on both databases, with crashes in between.

mod backtests;
mod calls;
mod campaigns;
mod clock;
mod consent;
mod coupons;
mod deals;
#[path = "../house/mod.rs"]
mod house;
mod inbound;
mod nodes;
mod order;
mod outbound;
mod overtaking;
mod parcels;
mod parts;
mod practice;
mod providers;
mod push;
mod refusals;
mod routing;
mod rules;
mod same_person;
mod starters;
mod tagging;
mod unsent;
mod webhook_turns;
mod webhooks;
mod world;
