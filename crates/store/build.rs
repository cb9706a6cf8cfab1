//! A new migration is a change of this crate: the macro that embeds them cannot see a file that was added.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
