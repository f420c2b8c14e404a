//! Makes the folder of the web app when it has not been built, so that the server builds without Node.

use std::path::Path;

const PAGE: &str = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Rapport</title></head>\n\
    <body><p>The web app is not part of this build. Run <code>make web</code> and build again; the API works.</p></body></html>\n";

fn main() {
    let root = std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets it");
    let dist = Path::new(&root).join("../../web/dist");
    let index = dist.join("index.html");
    if !index.exists() {
        std::fs::create_dir_all(&dist).expect("web/dist can be made");
        std::fs::write(&index, PAGE).expect("web/dist can be written");
    }
    println!("cargo:rerun-if-changed={}", dist.display());
}
