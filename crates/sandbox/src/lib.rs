//! A stand-in for the vendors Rapport talks to: Meta's WhatsApp Graph API, 360dialog and
//! Twilio (which serve the same numbers), and the CRMs and help desks that can be connected.
//!
//! It is stateful and follows the vendors' contracts closely enough for their own client libraries to work
//! against it, it can misbehave on request (errors, delays, cut connections, duplicates, reordering), and its
//! clock can run faster than the world's. It shares no wire type with the connectors: it is a second,
//! independent reading of each contract, so a misreading on one side shows.
//!
//! Everything lives in memory. What grows is bounded; the bounds are in [`Keep`].

mod bounded;
mod calls;
mod clock;
mod config;
mod control;
mod deliver;
mod dialog360;
mod fault;
mod faulty;
mod freshdesk;
mod handle;
mod hubspot;
mod intercom;
mod multipart;
mod reply;
mod rest;
mod salesforce;
mod serve;
pub mod shop;
mod timers;
mod twilio;
mod whatsapp;
mod world;
mod zendesk;
mod zoho;

pub use clock::Clock;
pub use config::{
    Config, HubSpotConfig, Keep, Latency, NumberConfig, Shape, StatusDelays, TwilioConfig, WhatsAppLimits,
    ZendeskConfig,
};
pub use freshdesk::FreshdeskConfig;
pub use handle::{Answer, Handle, Hook, Sandbox};
pub use intercom::IntercomConfig;
pub use rest::{Make, RestConfig};
pub use salesforce::config::SalesforceConfig;
pub use whatsapp::inbound::{Customer, Injected};
pub use zoho::config::ZohoConfig;
