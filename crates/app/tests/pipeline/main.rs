//! The spine without a network: events in, decisions, messages out - on both databases, with crashes in between.

mod consent;
mod inbound;
mod outbound;
mod world;
