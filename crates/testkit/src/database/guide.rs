/// The SQL that a guide shows under a heading, such as `## A user that can only read`: all its code blocks, joined.
///
/// Tests run what the guide tells people to run, and not what resembles it.
///
/// # Panics
/// When there is none.
pub fn sql_of_guide(guide: &str, heading: &str) -> String {
    let from_heading = guide.lines().skip_while(|line| *line != heading).skip(1);
    let section = from_heading.take_while(|line| !line.starts_with("## "));
    let (mut sql, mut inside) = (String::new(), false);
    for line in section {
        if line.starts_with("```") {
            inside = line == "```sql";
        } else if inside {
            sql.push_str(line);
            sql.push('\n');
        }
    }
    assert!(!sql.is_empty(), "the guide shows no SQL under `{heading}`");
    sql
}

#[cfg(test)]
mod tests {
    use super::sql_of_guide;

    #[test]
    fn blocks_of_a_section_are_joined() {
        let guide = "## One\n```sql\nA\n```\n## Two\ntext\n```sql\nB;\n```\n```sh\nno\n```\n### Part\n```sql\nC;\n```\n## Three\n```sql\nD\n```\n";
        assert_eq!(sql_of_guide(guide, "## Two"), "B;\nC;\n");
    }

    #[test]
    #[should_panic(expected = "no SQL under `## Four`")]
    fn a_section_without_sql_is_told() {
        sql_of_guide("## Four\ntext\n", "## Four");
    }
}
