//! Files in a folder: a mount that several servers share is one too.

use super::{Draft, Storage, Stored};
use crate::db::Id;
use crate::error::{Error, Result};
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Where drafts lie: on the same file system, so that giving a name is one step.
const DRAFTS: &str = "drafts";

#[derive(Debug)]
pub struct Directory {
    root: PathBuf,
}

struct FileDraft {
    file: File,
    /// Until it was kept.
    path: Option<PathBuf>,
    root: PathBuf,
}

impl Directory {
    /// Opens the folder, made where it is missing; refused where nothing can be written in it.
    pub fn open(root: &Path) -> Result<Self> {
        let refused = |error: io::Error| Error::internal(format!("cannot write in {}: {error}", root.display()));
        make(&root.join(DRAFTS)).map_err(refused)?;
        let opened = Self { root: root.to_owned() };
        let mut tried = opened.draft().map_err(refused)?;
        tried.write_all(b"-").and_then(|()| tried.file.sync_all()).map_err(refused)?;
        Ok(opened)
    }

    /// A folder that was written before, to be read alone.
    pub fn to_read(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    fn draft(&self) -> io::Result<FileDraft> {
        let path = self.root.join(DRAFTS).join(Id::new().to_string());
        let mut options = OpenOptions::new();
        options.create_new(true).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        Ok(FileDraft { file: options.open(&path)?, path: Some(path), root: self.root.clone() })
    }
}

/// Makes a folder, readable by its owner alone.
fn make(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// The folder and the path of a file. Ids begin with their time: the end spreads them.
fn place(root: &Path, id: Id) -> (PathBuf, PathBuf) {
    let [.., last] = id.as_bytes();
    let folder = root.join(format!("{last:02x}"));
    let path = folder.join(id.to_string());
    (folder, path)
}

fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// What is there, or nothing where it is not.
fn unless_missing<T>(found: io::Result<T>) -> io::Result<Option<T>> {
    match found {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        found => found.map(Some),
    }
}

/// The files of a folder that bear an id, each with the moment at which it was written.
fn files(folder: &Path) -> io::Result<Vec<(Id, SystemTime)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let Some(id) = entry.file_name().to_str().and_then(Id::parse) else { continue };
        // Another server may have removed it meanwhile.
        if let Some(metadata) = unless_missing(entry.metadata())?.filter(fs::Metadata::is_file) {
            found.push((id, metadata.modified()?));
        }
    }
    Ok(found)
}

impl Storage for Directory {
    fn begin(&self) -> Result<Box<dyn Draft>> {
        Ok(Box::new(self.draft()?))
    }

    fn open(&self, id: Id) -> Result<Option<Stored>> {
        let Some(file) = unless_missing(File::open(place(&self.root, id).1))? else { return Ok(None) };
        let size = file.metadata()?.len();
        Ok(Some(Stored { content: Box::new(file), size }))
    }

    fn remove(&self, id: Id) -> Result<()> {
        let (folder, path) = place(&self.root, id);
        if unless_missing(fs::remove_file(path))?.is_some() {
            sync(&folder)?;
        }
        Ok(())
    }

    fn each(&self, see: &mut dyn FnMut(Vec<(Id, SystemTime)>) -> Result<()>) -> Result<()> {
        for entry in fs::read_dir(&self.root)? {
            let entry = entry?;
            if entry.file_name() != DRAFTS && entry.file_type()?.is_dir() {
                see(files(&entry.path())?)?;
            }
        }
        Ok(())
    }

    fn drop_drafts(&self, before: SystemTime) -> Result<usize> {
        let drafts = self.root.join(DRAFTS);
        let mut dropped = 0;
        for (id, written) in files(&drafts)? {
            if written < before {
                dropped += usize::from(unless_missing(fs::remove_file(drafts.join(id.to_string())))?.is_some());
            }
        }
        Ok(dropped)
    }
}

impl Write for FileDraft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Draft for FileDraft {
    fn keep(mut self: Box<Self>, id: Id) -> Result<()> {
        let (folder, path) = place(&self.root, id);
        self.file.sync_all()?;
        if !folder.exists() {
            make(&folder)?;
            sync(&self.root)?;
        }
        if let Some(draft) = &self.path {
            fs::rename(draft, path)?;
        }
        self.path = None;
        Ok(sync(&folder)?)
    }
}

impl Drop for FileDraft {
    fn drop(&mut self) {
        if let Some(path) = self.path.take()
            && let Err(error) = fs::remove_file(&path)
        {
            log::warn!("the draft {} stays until it is swept: {error}", path.display());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;
    use std::time::Duration;

    fn opened() -> (tempfile::TempDir, Directory) {
        let folder = tempfile::tempdir().unwrap();
        let directory = Directory::open(&folder.path().join("new/documents")).unwrap();
        (folder, directory)
    }

    fn drafts(directory: &Directory) -> usize {
        fs::read_dir(directory.root.join(DRAFTS)).unwrap().count()
    }

    fn listed(directory: &Directory) -> Vec<Id> {
        let mut listed = Vec::new();
        let see = &mut |files: Vec<(Id, SystemTime)>| -> Result<()> {
            listed.extend(files.into_iter().map(|(id, _)| id));
            Ok(())
        };
        directory.each(see).unwrap();
        listed
    }

    #[test]
    fn what_is_kept_is_found_whole_under_its_id_until_it_is_removed() {
        let (_folder, directory) = opened();
        let id = Id::new();
        let mut draft = directory.begin().unwrap();
        draft.write_all(b"Bonjour").unwrap();
        assert!(directory.open(id).unwrap().is_none() && listed(&directory).is_empty(), "it has no name yet");
        draft.keep(id).unwrap();
        let mut stored = directory.open(id).unwrap().unwrap();
        let mut text = String::new();
        stored.content.read_to_string(&mut text).unwrap();
        assert_eq!((text.as_str(), stored.size, drafts(&directory)), ("Bonjour", 7, 0));
        assert_eq!(listed(&directory), [id]);
        for _ in 0..2 {
            directory.remove(id).unwrap();
            assert!(directory.open(id).unwrap().is_none());
        }
    }

    #[test]
    fn a_draft_that_is_dropped_or_left_behind_goes() {
        let (_folder, directory) = opened();
        drop(directory.begin().unwrap());
        assert_eq!(drafts(&directory), 0);
        let left = directory.draft().unwrap();
        let path = left.path.clone().unwrap();
        std::mem::forget(left);
        assert_eq!(directory.drop_drafts(SystemTime::now() - Duration::from_secs(3600)).unwrap(), 0, "it may still be written");
        assert!(path.exists());
        assert_eq!(directory.drop_drafts(SystemTime::now() + Duration::from_secs(1)).unwrap(), 1);
        assert!(!path.exists());
    }

    #[test]
    fn a_place_where_nothing_can_be_written_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(Directory::open(&file).unwrap_err().to_string().contains("cannot write in"));
    }
}
