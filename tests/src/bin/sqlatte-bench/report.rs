use std::fmt::Write as _;

use crate::machine::Machine;

/// What was measured so far, in sections.
#[derive(Debug, Default)]
pub(crate) struct Report {
    sections: Vec<Section>,
}

#[derive(Debug)]
struct Section {
    title: &'static str,
    method: String,
    lines: Vec<Line>,
}

#[derive(Debug)]
struct Line {
    what: String,
    measured: String,
    goal: String,
    verdict: &'static str,
}

impl Report {
    /// Begins a section; `method` says how its lines are measured.
    pub(crate) fn section(&mut self, title: &'static str, method: impl Into<String>) {
        eprintln!("measuring: {title}");
        self.sections.push(Section { title, method: method.into(), lines: Vec::new() });
    }

    /// A measurement with a goal.
    pub(crate) fn goal(
        &mut self,
        what: impl Into<String>,
        measured: impl Into<String>,
        goal: &str,
        met: bool,
    ) {
        self.line(what.into(), measured.into(), goal, if met { "ok" } else { "MISS" });
    }

    /// A measurement that explains others.
    pub(crate) fn note(&mut self, what: impl Into<String>, measured: impl Into<String>) {
        self.line(what.into(), measured.into(), "", "");
    }

    fn line(&mut self, what: String, measured: String, goal: &str, verdict: &'static str) {
        eprintln!("  {what}: {measured} {verdict}");
        let section = self.sections.last_mut().expect("a section was begun");
        section.lines.push(Line { what, measured, goal: goal.to_owned(), verdict });
    }

    /// For the terminal.
    pub(crate) fn text(&self) -> String {
        let lines = || self.sections.iter().flat_map(|section| &section.lines);
        let width =
            |cell: fn(&Line) -> &str| lines().map(|line| cell(line).chars().count()).max().unwrap_or(0);
        let (what, measured, goal) =
            (width(|line| &line.what), width(|line| &line.measured), width(|line| &line.goal));
        let mut text = String::new();
        for section in &self.sections {
            let _ = writeln!(text, "{}", section.title);
            for line in &section.lines {
                let Line { what: name, measured: number, goal: wanted, verdict } = line;
                let row = format!("  {name:what$}  {number:>measured$}  {wanted:goal$}  {verdict}");
                let _ = writeln!(text, "{}", row.trim_end());
            }
        }
        text
    }

    /// For `docs/benchmarks.md`.
    pub(crate) fn document(&self, machine: &Machine, load_after: &str) -> String {
        let mut text = format!(
            "# Benchmarks\n\n\
             Written by `cargo xtask bench`, which measures the release build; every number is of one run.\n\n\
             {}\n",
            machine.text(load_after)
        );
        for Section { title, method, lines } in &self.sections {
            let _ = writeln!(text, "\n## {title}\n\n{method}\n\n| | measured | goal | |\n|---|---:|---|---|");
            for Line { what, measured, goal, verdict } in lines {
                let _ = writeln!(text, "| {what} | {measured} | {goal} | {verdict} |");
            }
        }
        text
    }
}
