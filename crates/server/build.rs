//! Makes the folder of the web app when it has not been built, so that the server builds without Node, and has the release
//! linked small.

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
    if wanted("PROFILE") == "release" {
        link_small();
    }
}

fn wanted(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}

/// Functions that came out the same are linked once, and names stay behind: a package with an `opt-level` of its own does
/// not get the profile's `strip`. Only where the linker is the one that Rust brings along, which can do both.
fn link_small() {
    println!("cargo:rerun-if-env-changed=RUSTFLAGS");
    let own_linker = !wanted("CARGO_ENCODED_RUSTFLAGS").is_empty() || !wanted("RUSTC_LINKER").is_empty();
    if wanted("TARGET") == "x86_64-unknown-linux-gnu" && !own_linker {
        println!("cargo:rustc-link-arg-bins=-Wl,--strip-all");
        println!("cargo:rustc-link-arg-bins=-Wl,--icf=all");
    }
}
