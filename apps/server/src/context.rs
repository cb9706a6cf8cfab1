//! The context files: a folder of YAML that says what a house calls things.

use std::{fmt, fs, path::Path};

use sqlatte_core::{
    Catalog,
    glossary::{ContextFile, Fault, Glossary},
};
use sqlatte_guard::Dialect;
use sqlatte_providers::ProviderError;

/// Bytes of one file at most: people write them by hand.
const LARGEST_FILE: u64 = 1024 * 1024;

/// Context files that cannot be used.
#[derive(Debug)]
pub struct ContextError(Vec<String>);

impl fmt::Display for ContextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the context files cannot be used:")?;
        self.0.iter().try_for_each(|fault| write!(f, "\n  {fault}"))
    }
}

impl std::error::Error for ContextError {}

/// Reads every `.yaml` and `.yml` file of a folder, in the order of their names; no folder is nothing to
/// know.
///
/// # Errors
/// Every fault of every file, or why the folder cannot be read.
pub(crate) fn read(folder: &Path, dialect: Dialect) -> Result<Glossary, ContextError> {
    if folder.as_os_str().is_empty() {
        return Ok(Glossary::default());
    }
    let files = files(folder).map_err(|fault| ContextError(vec![fault]))?;
    Glossary::read(&files, dialect)
        .map_err(|faults| ContextError(faults.iter().map(ToString::to_string).collect()))
}

/// Every name of a catalogue's glossary that its database does not know.
///
/// # Errors
/// Those of the database.
pub(crate) async fn compare(catalog: &Catalog) -> Result<Vec<String>, ProviderError> {
    let faults = catalog.glossary().check(catalog).await?;
    Ok(faults.iter().map(|fault: &Fault| format!("{fault} (this entry is not used)")).collect())
}

fn files(folder: &Path) -> Result<Vec<ContextFile>, String> {
    let shown = folder.display();
    let cannot = |error| format!("context.path: the folder {shown} cannot be read: {error}");
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(cannot)? {
        let path = entry.map_err(cannot)?.path();
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        if matches!(ending, "yaml" | "yml") && path.is_file() {
            paths.push(path);
        }
    }
    paths.sort();
    if paths.is_empty() {
        return Err(format!("context.path: the folder {shown} holds no .yaml file"));
    }
    paths.iter().map(|path| file(path)).collect()
}

fn file(path: &Path) -> Result<ContextFile, String> {
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let cannot = |error| format!("{name}: the file cannot be read: {error}");
    let size = fs::metadata(path).map_err(cannot)?.len();
    if size > LARGEST_FILE {
        return Err(format!("{name}: the file has {size} bytes; at most {LARGEST_FILE} are read"));
    }
    let text = fs::read_to_string(path).map_err(cannot)?;
    Ok(ContextFile { name, text })
}

#[cfg(test)]
mod tests;
