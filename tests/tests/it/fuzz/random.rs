use serde_json::{Map, Value, json};

/// Words that statements and texts are made of.
const WORDS: [&str; 40] = [
    "SELECT",
    "FROM",
    "WHERE",
    "customers",
    "orders",
    "sales",
    "oddities",
    "name",
    "value",
    "id",
    "*",
    ",",
    "(",
    ")",
    "'",
    "\"",
    "1",
    "0",
    "=",
    "AND",
    "OR",
    "NOT",
    "NULL",
    "JOIN",
    "ON",
    "GROUP BY",
    "ORDER BY",
    "LIMIT",
    "UNION",
    "WITH",
    "DELETE",
    "--",
    "/*",
    ";",
    "count(*)",
    "CAST",
    "AS",
    "x'00'",
    "🙂",
    "\0",
];

/// Words that questions are made of.
const ASKED: [&str; 60] = [
    "how many",
    "which",
    "what is the",
    "average",
    "total",
    "top 5",
    "top",
    "most",
    "least",
    "number of",
    "customers",
    "customer",
    "orders",
    "products",
    "product",
    "oddities",
    "sales",
    "revenue",
    "price",
    "quantity",
    "city",
    "name",
    "in",
    "from",
    "by",
    "per",
    "each",
    "with",
    "without",
    "not",
    "never",
    "more than",
    "less than",
    "between",
    "and",
    "or",
    "10",
    "2.5",
    "-1",
    "1e999",
    "Berlin",
    "İstanbul",
    "last month",
    "in 2026",
    "this year vs last year",
    "since March",
    "yesterday",
    "before 2026-02-30",
    "ordered",
    "only",
    "also",
    "sorted by",
    "descending",
    "share of",
    "distinct",
    "?",
    "'",
    "\"",
    ",",
    "2026-01-05",
];

/// Numbers that look random and are the same in every run: `SplitMix64`.
#[derive(Debug)]
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Random(seed)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub(super) fn wide(&mut self) -> u128 {
        u128::from(self.next()) << 64 | u128::from(self.next())
    }

    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    pub(super) fn one_in(&mut self, chances: u64) -> bool {
        self.below(chances) == 0
    }

    pub(super) fn of<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len() as u64) as usize]
    }

    pub(super) fn bytes(&mut self, most: u64) -> Vec<u8> {
        (0..self.below(most)).map(|_| self.next() as u8).collect()
    }

    /// Text of every plane of Unicode.
    pub(super) fn text(&mut self, most: u64) -> String {
        let one = |random: &mut Self| match random.below(4) {
            0 => char::from_u32(random.below(0x11_0000) as u32).unwrap_or('\u{fffd}'),
            1 => char::from(random.below(128) as u8),
            _ => char::from(32 + random.below(95) as u8),
        };
        (0..self.below(most)).map(|_| one(self)).collect()
    }

    /// What may stand in a header: no control characters.
    pub(super) fn header(&mut self) -> String {
        self.text(60).chars().filter(|one| !one.is_control()).collect()
    }

    /// Bytes as `%xx`, some as they are.
    pub(super) fn escaped(&mut self, most: u64) -> String {
        let escape = |byte: u8| match byte {
            b'a'..=b'z' | b'0'..=b'9' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        };
        let text: String = self.bytes(most).into_iter().map(escape).collect();
        if text.is_empty() { "x".to_owned() } else { text }
    }

    /// Words of SQL in no order, or a statement with a few of them thrown in.
    pub(super) fn sql(&mut self) -> String {
        let mut words = match self.below(3) {
            0 => Vec::new(),
            1 => vec!["SELECT", "name", "FROM", "customers"],
            _ => vec!["SELECT", "kind", ",", "value", "FROM", "oddities", "ORDER BY", "id"],
        };
        for _ in 0..self.below(8) {
            let at = self.below(words.len() as u64 + 1) as usize;
            let word: &str = WORDS[self.below(WORDS.len() as u64) as usize];
            words.insert(at, word);
        }
        words.join(" ")
    }

    /// Words of questions in no order.
    pub(super) fn question(&mut self) -> String {
        let words: Vec<&str> =
            (0..=self.below(12)).map(|_| ASKED[self.below(ASKED.len() as u64) as usize]).collect();
        words.join(" ")
    }

    /// Any JSON at all.
    pub(super) fn json(&mut self, depth: u64) -> Value {
        match self.below(if depth == 0 { 6 } else { 8 }) {
            0 => Value::Null,
            1 => json!(self.one_in(2)),
            2 => json!(self.next() as i64),
            3 => json!(f64::from_bits(self.next())),
            4 | 5 => json!(self.text(40)),
            6 => (0..self.below(5)).map(|_| self.json(depth - 1)).collect(),
            _ => {
                let mut map = Map::new();
                for _ in 0..self.below(5) {
                    let key = match self.below(3) {
                        0 => self.text(10),
                        _ => (*self.of(&["question", "sql", "tables", "limit", "rating", "session_id"]))
                            .to_owned(),
                    };
                    let value = self.json(depth - 1);
                    map.insert(key, value);
                }
                Value::Object(map)
            }
        }
    }
}
