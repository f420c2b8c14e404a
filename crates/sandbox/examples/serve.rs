//! Runs a sandbox: `cargo run -p rapport-sandbox --example serve -- 127.0.0.1:9100`.

use rapport_sandbox::{Config, Sandbox};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let listen = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:9100".into());
    let handle = Sandbox::start(Config { listen: listen.parse()?, ..Config::default() }).await?;
    println!("sandbox listening on {}", handle.base_url());
    tokio::signal::ctrl_c().await?;
    handle.shutdown().await;
    Ok(())
}
