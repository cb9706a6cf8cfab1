//! Questions with the statements that answer them.

use std::{fs, path::Path};

/// A question, and the statement that a perfect model would write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The question.
    pub text: String,
    /// The statement.
    pub sql: String,
    /// The place, in the same list, of the question that this one goes on from.
    pub follows: Option<usize>,
}

/// Those of `docs/demo-questions.md` that have an answer, on the demo database.
///
/// # Panics
/// When the document is not there, or not in its form.
pub fn demo_questions() -> Vec<Question> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/demo-questions.md");
    let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let (text, _) = text.split_once("\n## Questions without an answer").expect("the document has two parts");
    text.split("\n### ").skip(1).map(demo_question).collect()
}

fn demo_question(section: &str) -> Question {
    let (title, rest) = section.split_once('\n').expect("a title");
    let (_, text) = title.split_once(". ").expect("a number before the question");
    let (before, sql) = rest.split_once("```sql\n").expect("a statement");
    let (sql, _) = sql.split_once("\n```").expect("the end of the statement");
    let follows = before.split("follow-up of ").nth(1).map(|rest| {
        let number = rest.split(|letter: char| !letter.is_ascii_digit()).next().unwrap_or_default();
        number.parse::<usize>().expect("the number of a question") - 1
    });
    Question { text: text.trim().to_owned(), sql: sql.replace(":today", "date('now')"), follows }
}

/// What every table of [`many`](crate::database::many) is about, with what its area does.
const SUBJECTS: [(&str, &str); 8] = [
    ("sales_invoices", "sales invoices"),
    ("hr_contracts", "contracts in hr"),
    ("fleet_trips", "fleet trips"),
    ("claims_payments", "claims payments"),
    ("energy_meters", "energy meters"),
    ("clinic_visits", "clinic visits"),
    ("retail_returns", "retail returns"),
    ("campus_exams", "campus exams"),
];

/// Forty questions on the thousand tables of [`many`](crate::database::many), each going on from the one
/// before.
pub fn questions_on_many() -> Vec<Question> {
    let made = SUBJECTS.iter().flat_map(|(table, subject)| {
        [
            (
                format!("How many {subject} are there per status?"),
                format!("SELECT status, count(*) AS n FROM {table} GROUP BY status"),
            ),
            (
                format!("Total amount of {subject} this year"),
                format!("SELECT sum(total_amount) AS total FROM {table} WHERE created_at >= '2026-01-01'"),
            ),
            (
                format!("Average amount of {subject} by currency"),
                format!("SELECT currency, avg(total_amount) AS average FROM {table} GROUP BY currency"),
            ),
            (
                format!("Which {subject} were approved last?"),
                format!(
                    "SELECT reference_number, approved_at FROM {table} ORDER BY approved_at DESC LIMIT 10"
                ),
            ),
            (
                format!("List the {subject} that nobody owns"),
                format!("SELECT reference_number FROM {table} WHERE owner_name IS NULL"),
            ),
        ]
    });
    let question = |(place, (text, sql)): (usize, (String, String))| Question {
        text,
        sql,
        follows: place.checked_sub(1),
    };
    made.enumerate().map(question).collect()
}
