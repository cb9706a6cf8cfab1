//! Servers in the background: `up` starts a process that keeps them, `env` and `down` find it again.
//!
//! That process holds a lock on a file with the addresses for as long as it lives, and ends when the file is gone:
//! so a file left behind by a crash is known for what it is, and nobody has to trust a process number.

use std::{
    fs::{self, File},
    io::{BufRead, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use super::{
    Environment, Server, Session, all_required, has_address, start_in, this_program, watcher::own_group,
};
use crate::process::{Outcome, target};

const GLANCE: Duration = Duration::from_millis(100);

/// Starts in the background what is not running, and prints all addresses.
pub(super) fn up(wanted: &[&'static Server], by_name: bool) -> Outcome {
    let folder = folder()?;
    // Of two at once, the second finds what the first one started.
    let gate = File::create(folder.join("up.lock")).map_err(|error| at(&folder, &error))?;
    gate.lock().map_err(|error| at(&folder, &error))?;
    let running = running()?;
    let absent: Vec<_> = wanted.iter().copied().filter(|server| !has_address(server, &running)).collect();
    if !absent.is_empty() {
        spawn(&folder, &absent)?;
    }
    env()?;
    let running = self::running()?;
    let missing: Vec<_> =
        absent.iter().filter(|server| !has_address(server, &running)).map(|server| server.title).collect();
    if by_name && !missing.is_empty() {
        return Err(format!("there is no {}", missing.join(", no ")));
    }
    Ok(())
}

/// Prints the addresses for a shell to read.
pub(super) fn env() -> Outcome {
    for (name, value) in running()? {
        println!("export {name}={value}");
    }
    Ok(())
}

/// Has everything in the background stopped, and waits for it.
pub(super) fn down() -> Outcome {
    for (path, file) in kept()? {
        fs::remove_file(&path).map_err(|error| at(&path, &error))?;
        file.lock_shared().map_err(|error| at(&path, &error))?;
    }
    Ok(())
}

/// The addresses of what runs in the background.
pub(super) fn running() -> Outcome<Environment> {
    let mut environment = Environment::new();
    for (path, mut file) in kept()? {
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(|error| at(&path, &error))?;
        let pairs = text.lines().filter_map(|line| line.split_once('='));
        environment.extend(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }
    Ok(environment)
}

/// The process in the background: keeps servers until its file is gone.
pub(super) fn keep(wanted: &[&'static Server]) -> Outcome {
    // Until the servers stand, they are of no use without the one who waits for them.
    thread::spawn(|| {
        let mut word = String::new();
        let read = std::io::stdin().lock().read_line(&mut word);
        if read.is_ok() && word.trim() != "stay" {
            std::process::exit(1);
        }
    });
    let folder = folder()?;
    let path = folder.join(format!("{}.env", std::process::id()));
    let new = path.with_extension("new");
    let session = Session::begin(wanted)?;
    let mut environment = start_in(&session, wanted)?;
    if environment.is_empty() {
        return Ok(());
    }
    environment.extend(this_program());
    let text: String = environment.iter().map(|(name, value)| format!("{name}={value}\n")).collect();
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&new).map_err(|error| at(&new, &error))?;
    file.lock()
        .and_then(|()| file.write_all(text.as_bytes()))
        .and_then(|()| fs::rename(&new, &path))
        .map_err(|error| at(&path, &error))?;
    while path.exists() {
        thread::sleep(GLANCE);
    }
    drop(session);
    Ok(())
}

/// Starts the process in the background and passes on what it says until the servers stand.
fn spawn(folder: &Path, wanted: &[&Server]) -> Outcome {
    let log = folder.join("keeper.log");
    let cannot = |error: std::io::Error| at(&log, &error);
    let output = File::create(&log).map_err(cannot)?;
    let task =
        std::env::current_exe().map_err(|error| format!("this program's path is not known: {error}"))?;
    let mut command = Command::new(task);
    command.args(["services", "keep"]).args(wanted.iter().map(|server| server.name));
    command.stdin(Stdio::piped()).stdout(output.try_clone().map_err(cannot)?).stderr(output);
    own_group(&mut command);
    let mut keeper = command.spawn().map_err(|error| format!("the keeper does not start: {error}"))?;
    let stay = keeper.stdin.take();
    let path = folder.join(format!("{}.env", keeper.id()));
    wait(&mut keeper, &path, &log)?;
    if let Some(mut stay) = stay {
        stay.write_all(b"stay\n").map_err(|error| format!("the keeper does not listen: {error}"))?;
    }
    Ok(())
}

fn wait(keeper: &mut Child, path: &Path, log: &Path) -> Outcome {
    let mut said = File::open(log).map_err(|error| at(log, &error))?;
    let mut passed = 0;
    loop {
        let ended = keeper.try_wait().map_err(|error| format!("the keeper is lost: {error}"))?;
        let stands = path.exists();
        let mut text = Vec::new();
        said.seek(SeekFrom::Start(passed))
            .and_then(|_| said.read_to_end(&mut text))
            .map_err(|error| at(log, &error))?;
        passed += text.len() as u64;
        eprint!("{}", String::from_utf8_lossy(&text));
        match ended {
            _ if stands => return Ok(()),
            // Nothing could be started; it said why.
            Some(status) if status.success() && !all_required() => return Ok(()),
            Some(_) => return Err("the servers were not started; the lines above say why".to_owned()),
            None => thread::sleep(GLANCE),
        }
    }
}

/// The files of living keepers; those of dead ones are removed.
fn kept() -> Outcome<Vec<(PathBuf, File)>> {
    let folder = folder()?;
    let entries = fs::read_dir(&folder).map_err(|error| at(&folder, &error))?;
    let mut alive = Vec::new();
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.extension().is_none_or(|ending| ending != "env") {
            continue;
        }
        // Gone since it was listed: stopped by somebody else.
        let Ok(file) = File::open(&path) else { continue };
        match file.try_lock_shared() {
            Err(fs::TryLockError::WouldBlock) => alive.push((path, file)),
            _ => {
                let _ = fs::remove_file(&path);
            }
        }
    }
    Ok(alive)
}

/// Where the files of keepers are; it belongs to the checkout.
fn folder() -> Outcome<PathBuf> {
    let folder = target()?.join("services");
    fs::create_dir_all(&folder).map_err(|error| at(&folder, &error))?;
    Ok(folder)
}

fn at(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}
