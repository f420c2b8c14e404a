//! The spine without a network: events in, decisions, messages out - on both databases, with crashes in between.

mod campaigns;
mod clock;
mod consent;
#[path = "../house/mod.rs"]
mod house;
mod inbound;
mod nodes;
mod order;
mod outbound;
mod overtaking;
mod parts;
mod practice;
mod providers;
mod push;
mod refusals;
mod routing;
mod rules;
mod starters;
mod tagging;
mod unsent;
mod world;
