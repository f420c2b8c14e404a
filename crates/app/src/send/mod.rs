//! Messages on their way to the provider: judged by the guard, counted by exact limiters, handed over once.

mod crossing;
mod facts;
mod files;
mod hand;
mod limits;
pub mod mark;
mod order;
mod plan;
mod planned;
mod portfolio;
mod prepare;
pub(crate) mod preview;
mod records;
mod way;
pub mod words;
mod worker;

pub(crate) use facts::template_facts;
pub use words::VerdictView;
pub use worker::Senders;
