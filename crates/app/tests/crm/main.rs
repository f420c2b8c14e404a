//! The sync against the CRM stand-in over real HTTP: what appears where, what is not written twice, what faults do.

mod conflicts;
mod faults;
mod first;
mod freshdesk;
mod intercom;
mod life;
mod manage;
mod matter_hooks;
mod matter_rows;
mod matters;
mod rest;
mod salesforce;
mod world;
mod zendesk;
mod zoho;
