//! No nesting and no length ends the process or takes long; run on a small stack, as servers' threads have.

use std::{
    thread,
    time::{Duration, Instant},
};

use sqlatte_guard::{Dialect, Guard};

/// Generous for a debug build on a busy machine.
const LONGEST: Duration = Duration::from_secs(20);

fn survives(sql: String) {
    let check = move || {
        for dialect in Dialect::ALL {
            let start = Instant::now();
            let _ = Guard::new(dialect).check(&sql);
            let end: String = sql.chars().take(60).collect();
            assert!(start.elapsed() < LONGEST, "{dialect} took {:?}: {end}", start.elapsed());
        }
    };
    let thread = thread::Builder::new().stack_size(512 * 1024).spawn(check).expect("a thread");
    thread.join().expect("the guard neither panics nor overflows");
}

fn nested(open: &str, inner: &str, close: &str, depth: usize) -> String {
    format!("SELECT {}{inner}{}", open.repeat(depth), close.repeat(depth))
}

#[test]
fn flat_chains() {
    for operator in ["+", "||", " AND ", " OR ", "=", ","] {
        for length in [20, 140, 149, 4_000] {
            survives(format!("SELECT {}", vec!["1"; length].join(operator)));
        }
        survives(format!("SELECT {}", vec!["1"; 30_000].join(operator)));
    }
    survives(format!("SELECT {}", vec!["1"; 1_500].join(" UNION ALL SELECT ")));
    survives(format!("SELECT * FROM {}", vec!["t"; 3_000].join(" JOIN ")));
    survives(format!("SELECT 1{}", "::int".repeat(3_900)));
    survives(format!("SELECT a{}", "[1]".repeat(6_000)));
    survives(format!("SELECT a{}", ".b".repeat(9_000)));
    survives(format!("SELECT {}1", "-".repeat(1_000).replace('-', "- ")));
    survives(format!("SELECT a {}", "IS NOT NULL ".repeat(1_500)));
    survives(format!("SELECT a {}", "DIV 1 ".repeat(3_000)));
}

#[test]
fn nested_parentheses() {
    for depth in [10, 40, 120, 200, 1_000, 9_000] {
        survives(nested("(", "1", ")", depth));
        survives(format!("SELECT * FROM {}t{}", "(".repeat(depth), ")".repeat(depth)));
        survives(format!("{}SELECT 1{}", "(".repeat(depth), ")".repeat(depth)));
        survives(nested("(", "", "", depth));
    }
}

#[test]
fn nested_expressions() {
    for depth in [10, 40, 120, 140, 600] {
        survives(nested("CASE WHEN ", "1", " THEN 1 END", depth));
        survives(nested("NOT ", "1", "", depth));
        survives(nested("abs(", "1", ")", depth));
        survives(nested("[", "1", "]", depth));
        survives(nested("ARRAY[", "1", "]", depth));
        survives(nested("(SELECT ", "1", ")", depth));
        survives(nested("EXISTS (SELECT ", "1", ")", depth));
        survives(nested("CAST(", "1", " AS int)", depth));
        survives(nested("INTERVAL (", "1", ") DAY", depth));
        survives(nested("STRUCT(", "1", ")", depth));
        survives(nested("{a: ", "1", "}", depth));
        survives(nested("a -> (", "1", ")", depth));
        survives(nested("x IN (", "1", ")", depth));
        survives(nested("IF(", "1", ", 1, 2)", depth));
        survives(format!("SELECT CAST(x AS {}INT64{})", "ARRAY<".repeat(depth), ">".repeat(depth)));
        survives(format!("SELECT CAST(x AS {}bigint{})", "array(".repeat(depth), ")".repeat(depth)));
        survives(format!("SELECT * FROM {}t{}", "(SELECT * FROM ".repeat(depth), ") x".repeat(depth)));
        survives(format!("{}SELECT 1{}", "WITH a AS (".repeat(depth), ") SELECT 1".repeat(depth)));
        survives(format!("SELECT 1 {}", "/* ".repeat(depth)));
    }
}
