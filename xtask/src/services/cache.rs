//! What was downloaded, kept from one start to the next.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use super::{
    say, seconds,
    session::{Session, allow},
};
use crate::process::{Outcome, run_quietly};

/// A folder of folders, each complete or absent.
pub(super) struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// `SQLATTE_SERVICES_CACHE`, else the user's cache folder. Root's servers run as nobody, who cannot look into
    /// root's home: then it is the system's cache folder.
    pub(super) fn open(root: bool) -> Outcome<Self> {
        let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let folder = variable("SQLATTE_SERVICES_CACHE")
            .or_else(|| variable("XDG_CACHE_HOME").map(|cache| cache.join("sqlatte-services")))
            .or_else(|| root.then(|| PathBuf::from("/var/cache/sqlatte-services")))
            .or_else(|| variable("HOME").map(|home| home.join(".cache/sqlatte-services")))
            .ok_or("there is no place for downloads: name a folder with SQLATTE_SERVICES_CACHE")?;
        if !folder.exists() {
            fs::create_dir_all(&folder)
                .and_then(|()| allow(&folder, 0o755))
                .map_err(|error| format!("{}: {error}", folder.display()))?;
        }
        Ok(Self { folder })
    }
}

impl Session {
    /// Whether a folder of the cache is there.
    pub(super) fn has_cached(&self, name: &str) -> bool {
        self.cache.folder.join(name).exists()
    }

    /// A folder of the cache. If it is not there, `make` fills a new one with `what`, which takes its place when
    /// it is complete. `make` gets a folder for files that nobody needs afterwards, too.
    pub(super) fn cached(
        &self,
        server: &str,
        name: &str,
        what: &str,
        make: impl FnOnce(&Path, &Path) -> Outcome,
    ) -> Outcome<PathBuf> {
        let cannot = |path: &Path, error: std::io::Error| format!("{}: {error}", path.display());
        let folder = &self.cache.folder;
        if !self.reaches(folder) {
            return Err(format!(
                "as root, servers run as the user nobody, who cannot reach {}: name a folder that everybody \
                 may pass with SQLATTE_SERVICES_CACHE",
                folder.display()
            ));
        }
        let kept = folder.join(name);
        let lock = folder.join(format!("{name}.lock"));
        // Two starts at once would download twice.
        let lock_file = File::create(&lock).map_err(|error| cannot(&lock, error))?;
        lock_file.lock().map_err(|error| cannot(&lock, error))?;
        if !kept.exists() {
            let began = Instant::now();
            say(server, format!("getting {what} …"));
            let unfinished = folder.join(format!("{name}.unfinished"));
            if unfinished.exists() {
                fs::remove_dir_all(&unfinished).map_err(|error| cannot(&unfinished, error))?;
            }
            let (new, scratch) = (unfinished.join("new"), unfinished.join("scratch"));
            for folder in [&new, &scratch] {
                fs::create_dir_all(folder).map_err(|error| cannot(folder, error))?;
            }
            make(&new, &scratch)?;
            // Readable for the servers' user whatever the umask.
            run_quietly(Command::new("chmod").args(["-R", "a+rX"]).arg(&new))?;
            fs::rename(&new, &kept).map_err(|error| cannot(&kept, error))?;
            // What is left over does no harm.
            let _ = fs::remove_dir_all(&unfinished);
            say(server, format!("got {what} in {}", seconds(began.elapsed())));
        }
        Ok(kept)
    }
}
