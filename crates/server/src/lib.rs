//! The server: command line, HTTP API, embedded web app, configuration and telemetry.
//!
//! Nothing is decided here: a handler reads the request, calls one use case of `app` and writes the answer.

pub mod boot;
pub mod cli;
pub mod config;
pub mod http;
pub mod telemetry;
