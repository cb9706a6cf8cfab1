//! Watches the web build, which `assets.rs` compiles in; never runs npm.

use std::path::Path;

fn main() -> Result<(), String> {
    let dist = Path::new("../../web/dist");
    println!("cargo::rerun-if-changed={}", dist.display());
    println!("cargo::rerun-if-env-changed=SQLATTE_REQUIRE_WEB");
    let required = std::env::var("SQLATTE_REQUIRE_WEB").is_ok_and(|value| value == "1");
    if required && !dist.join("index.html").exists() {
        return Err("web/dist has no pages: run `cargo xtask web` first".to_owned());
    }
    Ok(())
}
