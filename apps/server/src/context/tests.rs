use std::path::PathBuf;

use super::*;

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn told(files: &[(&str, &str)]) -> String {
    match read(folder(files).path(), Dialect::Sqlite) {
        Ok(glossary) => format!("{} entries", glossary.len()),
        Err(error) => error.to_string(),
    }
}

#[test]
fn no_folder_is_nothing_to_know() {
    assert!(read(Path::new(""), Dialect::Sqlite).unwrap().is_empty());
}

#[test]
fn every_file_of_the_folder_is_read_and_no_other() {
    let rule = "rules: [Weeks begin on Monday.]";
    let files = [("a.yaml", rule), ("b.yml", rule), ("c.txt", "rules: 3"), ("README.md", "# Terms")];
    assert_eq!(told(&files), "2 entries");
    let gone = read(Path::new("/nowhere/at/all"), Dialect::Sqlite).unwrap_err().to_string();
    assert!(gone.contains("context.path: the folder /nowhere/at/all cannot be read"), "{gone}");
    assert!(told(&[("notes.txt", "")]).contains("holds no .yaml file"));
}

#[test]
fn faults_of_all_files_are_listed_with_their_lines() {
    let files = [("b.yaml", "rules:\n  - 3\n"), ("a.yaml", "terms:\n  - nam: x\n    name: y\nrule: []\n")];
    assert_eq!(
        told(&files),
        "the context files cannot be used:\n  \
         a.yaml:2: a term has no `nam`: did you mean `name`?\n  \
         a.yaml:4: there is no section `rule`: did you mean `rules`?\n  \
         b.yaml:2: a rule must be a text; this is a number: put it in quotes"
    );
}

#[test]
fn files_that_cannot_be_read_are_told() {
    let large = "# \n".repeat(400_000);
    assert!(
        told(&[("a.yaml", &large)]).contains("a.yaml: the file has 1200000 bytes; at most 1048576 are read")
    );
    let folder = folder(&[]);
    fs::write(folder.path().join("a.yaml"), [0xff, 0xfe, 0x00]).unwrap();
    let error = read(folder.path(), Dialect::Sqlite).unwrap_err().to_string();
    assert!(error.contains("a.yaml: the file cannot be read"), "{error}");
}

#[test]
fn the_example_can_be_read() {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../config/examples/context"));
    assert!(read(&folder, Dialect::Sqlite).unwrap().len() >= 15);
}
