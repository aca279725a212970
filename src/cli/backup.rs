//! `entraide backup` and `entraide restore`: the embedded database, and the files of documents that it refers to.
//!
//! Files never change, and each is kept before the row that refers to it commits: those that are copied after the database are all
//! that its copy refers to. Restored, they are there before the database is.

use super::Outcome;
use super::documents::each_version;
use entraide::auth::Scope;
use entraide::config::Config;
use entraide::db::{self, Id};
use entraide::documents::store;
use entraide::error::{Error, Result};
use entraide::storage::{self, Directory, Storage};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// A path with something after it.
fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut path = file.as_os_str().to_owned();
    path.push(suffix);
    PathBuf::from(path)
}

/// The table that says which files there are.
const VERSIONS: &str = "document_versions";

pub fn backup(config: &Config, file: &Path) -> Outcome {
    let (copy, files) = (beside(file, ".partial"), beside(file, ".documents"));
    for taken in [file, &files] {
        if taken.exists() {
            return Err(format!("{} exists already", taken.display()).into());
        }
    }
    // Left by a backup that was broken off.
    if copy.exists() {
        fs::remove_file(&copy)?;
    }
    db::backup(&config.database.url, &copy)?;
    let copied = copy_files(config, &copy, &files);
    if copied.is_err() {
        fs::remove_file(&copy)?;
        if files.exists() {
            fs::remove_dir_all(&files)?;
        }
    }
    let copied = copied?;
    fs::rename(&copy, file)?;
    fs::File::open(file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")))?.sync_all()?;
    println!("backup written to {}", file.display());
    if copied > 0 {
        println!("{copied} files of documents written to {}", files.display());
    }
    Ok(ExitCode::SUCCESS)
}

/// Copies the files that a copy of the database refers to; tells how many.
fn copy_files(config: &Config, copy: &Path, files: &Path) -> Result<usize> {
    let (mut copied, mut places) = (0, None);
    let Some(mut conn) = db::read_copy(copy, VERSIONS)? else { return Ok(0) };
    each_version(&mut conn, |_, version| {
        let (source, target) = match &mut places {
            Some(places) => places,
            none => none.insert((Directory::to_read(&config.documents), Directory::open(files)?)),
        };
        if storage::copy(source, target, version.id)? {
            copied += 1;
        } else if store::referred(&mut db::connect(&config.database.url)?, &Scope::console(), &[version.id])?.contains(&version.id) {
            missing(version.id);
        } else {
            return Err(Error::internal("documents were erased while the backup ran: run it again"));
        }
        Ok(())
    })?;
    Ok(copied)
}

fn missing(id: Id) {
    eprintln!("the file {id} was lost before: see `entraide documents verify`");
}

pub fn restore(config: &Config, file: &Path) -> Outcome {
    let mut restored = 0;
    db::restore(&config.database.url, file, || {
        let Some(mut conn) = db::read_copy(file, VERSIONS)? else { return Ok(()) };
        let (files, mut places) = (beside(file, ".documents"), None);
        each_version(&mut conn, |_, version| {
            let (source, target) = match &mut places {
                Some(places) => places,
                none if files.exists() => none.insert((Directory::to_read(&files), Directory::open(&config.documents)?)),
                _ => return Err(Error::internal(format!("{} does not exist: the backup has documents", files.display()))),
            };
            // There already where a restore was broken off.
            if target.open(version.id)?.is_none() {
                if storage::copy(source, target, version.id)? {
                    restored += 1;
                } else {
                    missing(version.id);
                }
            }
            Ok(())
        })
    })?;
    println!("database restored from {}", file.display());
    if restored > 0 {
        println!("{restored} files of documents restored to {}", config.documents.display());
    }
    Ok(ExitCode::SUCCESS)
}
