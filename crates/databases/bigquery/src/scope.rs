//! Which project pays, which datasets may be read, and where a short name is looked for.

use google_cloud_bigquery_v2::model::TableReference;
use sqlatte_providers::{Result, TableRef};

use crate::config::invalid;

/// A dataset by its full name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Dataset {
    pub(crate) project: String,
    pub(crate) dataset: String,
}

/// What statements may reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scope {
    /// Pays for the jobs.
    pub(crate) project: String,
    /// Where a table named without a dataset is looked for.
    pub(crate) home: Option<Dataset>,
    /// Those that may be read; empty for all of the project.
    pub(crate) datasets: Vec<Dataset>,
    /// Those that only views reach.
    behind_views: Vec<Dataset>,
}

impl Scope {
    pub(crate) fn new(
        project: String,
        home: Option<String>,
        datasets: &[String],
        behind_views: &[String],
    ) -> Result<Self> {
        check_project(&project)?;
        let read = |names: &[String]| {
            let names = names.iter().map(|name| name.trim()).filter(|name| !name.is_empty());
            names.map(|name| dataset(&project, name)).collect::<Result<Vec<_>>>()
        };
        let (mut datasets, behind_views) = (read(datasets)?, read(behind_views)?);
        let home = home.map(|name| dataset(&project, &name)).transpose()?;
        match &home {
            // The default dataset alone means: this one, and no other.
            Some(home) if !datasets.contains(home) => datasets.push(home.clone()),
            _ => {}
        }
        datasets.sort();
        datasets.dedup();
        let home = match (home, datasets.as_slice()) {
            (None, [only]) => Some(only.clone()),
            (home, _) => home,
        };
        Ok(Scope { project, home, datasets, behind_views })
    }

    /// Whether a statement may reach this dataset.
    pub(crate) fn allows(&self, project: &str, dataset: &str) -> bool {
        let is = |other: &Dataset| other.project == project && other.dataset == dataset;
        let readable = match self.datasets.as_slice() {
            // Hidden datasets hold the results of other people's queries.
            [] => project == self.project && !dataset.starts_with('_'),
            datasets => datasets.iter().any(is),
        };
        readable || self.behind_views.iter().any(is)
    }

    /// The datasets that may be read, for people.
    pub(crate) fn in_words(&self) -> String {
        match self.datasets.as_slice() {
            [] => format!("those of the project `{}`", self.project),
            datasets => datasets
                .iter()
                .map(|it| format!("`{}.{}`", it.project, it.dataset))
                .collect::<Vec<_>>()
                .join(", "),
        }
    }

    /// The table as the rest of the program names it. The project is left out where the home dataset tells
    /// it.
    pub(crate) fn table(&self, reference: &TableReference) -> TableRef {
        let told = self.home.is_some() && reference.project_id == self.project;
        TableRef {
            catalog: (!told).then(|| reference.project_id.clone()),
            schema: Some(reference.dataset_id.clone()),
            ..TableRef::new(reference.table_id.clone())
        }
    }

    /// Where the table is; `None` for a name that cannot be one.
    pub(crate) fn reference(&self, table: &TableRef) -> Option<TableReference> {
        let home = self.home.as_ref();
        let project = match (&table.catalog, &table.schema) {
            (Some(project), _) => project,
            (None, Some(_)) => &self.project,
            (None, None) => &home?.project,
        };
        let dataset = table.schema.as_ref().or(home.map(|home| &home.dataset))?;
        // They become a part of a path.
        let sane = |name: &str| !name.is_empty() && !name.contains('/') && !name.chars().all(|c| c == '.');
        [project, dataset, &table.name].into_iter().all(|name| sane(name)).then(|| {
            TableReference::new().set_project_id(project).set_dataset_id(dataset).set_table_id(&table.name)
        })
    }
}

/// `dataset` or `project.dataset`; a project may have dots of its own.
fn dataset(project: &str, name: &str) -> Result<Dataset> {
    let (project, dataset) = name.rsplit_once('.').unwrap_or((project, name));
    check_project(project)?;
    if dataset.is_empty() || !dataset.chars().all(|c| c == '_' || c.is_alphanumeric()) {
        return Err(invalid(format!(
            "`{name}` is not a dataset: write `dataset` or `project.dataset`, in letters, digits and `_`"
        )));
    }
    Ok(Dataset { project: project.to_owned(), dataset: dataset.to_owned() })
}

fn check_project(project: &str) -> Result<()> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | ':' | '_');
    if project.chars().all(fits) && project.chars().any(|c| c.is_ascii_alphanumeric()) {
        return Ok(());
    }
    Err(invalid(format!("`{project}` is not the id of a project, such as `my-project-123`")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(home: Option<&str>, datasets: &[&str]) -> Scope {
        let datasets: Vec<_> = datasets.iter().map(|&name| name.to_owned()).collect();
        Scope::new("shop".to_owned(), home.map(str::to_owned), &datasets, &["raw".to_owned()]).unwrap()
    }

    #[test]
    fn all_datasets_of_the_project_unless_some_are_named() {
        let all = scope(None, &[]);
        assert!(all.allows("shop", "sales") && !all.allows("other", "sales") && !all.allows("shop", "_anon"));
        let some = scope(None, &["sales", "example.com:public.samples"]);
        assert!(some.allows("shop", "sales") && some.allows("example.com:public", "samples"));
        assert!(!some.allows("shop", "samples") && !some.allows("shop", "Sales"));
        assert!(some.allows("shop", "raw"), "views read it");
        let home = scope(Some("sales"), &[]);
        assert!(home.allows("shop", "sales") && !home.allows("shop", "hr"));
    }

    #[test]
    fn one_dataset_alone_is_home() {
        assert_eq!(scope(None, &["sales"]).home.unwrap().dataset, "sales");
        assert_eq!(scope(None, &["sales", "hr"]).home, None);
        assert_eq!(scope(Some("hr"), &["sales"]).home.unwrap().dataset, "hr");
    }

    #[test]
    fn tables_are_named_in_full_where_no_home_completes_them() {
        let reference = |project| {
            TableReference::new().set_project_id(project).set_dataset_id("sales").set_table_id("orders")
        };
        assert_eq!(scope(None, &["sales"]).table(&reference("shop")).to_string(), "sales.orders");
        assert_eq!(scope(None, &["sales"]).table(&reference("other")).to_string(), "other.sales.orders");
        assert_eq!(scope(None, &[]).table(&reference("shop")).to_string(), "shop.sales.orders");
        for scope in [scope(None, &["sales"]), scope(None, &[])] {
            for project in ["shop", "other"] {
                let table = scope.table(&reference(project));
                assert_eq!(scope.reference(&table), Some(reference(project)));
            }
        }
        let short = TableRef::new("orders");
        assert_eq!(scope(None, &["sales"]).reference(&short), Some(reference("shop")));
        assert_eq!(scope(None, &[]).reference(&short), None);
        let path = TableRef { schema: Some("..".to_owned()), ..TableRef::new("x/y") };
        assert_eq!(scope(None, &["sales"]).reference(&path), None);
    }

    #[test]
    fn refuses_what_cannot_be_a_name() {
        for (project, name) in [("", "a"), ("a b", "a"), ("shop", "a-b"), ("shop", "a/b"), ("shop", "x.")] {
            assert!(
                Scope::new(project.to_owned(), None, &[name.to_owned()], &[]).is_err(),
                "{project} {name}"
            );
        }
    }
}
