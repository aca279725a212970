//! Where the bytes of files are kept: each once, under an id, and never changed again.
//!
//! A file is written without a name, made durable, and only then given one: what has a name is whole. Whoever refers to a file names
//! it first and commits the reference after, so that no reference leads nowhere; a file to which none leads is swept.

mod directory;
mod measure;

pub use directory::Directory;
pub use measure::{Measure, Measured, is_in_form};

use crate::db::Id;
use crate::error::Result;
use std::io::{Read, Seek, Write};
use std::time::SystemTime;

/// A place that keeps files. Several servers share one.
pub trait Storage: Send + Sync {
    /// A file to be written.
    fn begin(&self) -> Result<Box<dyn Draft>>;

    /// A file that was kept; none where there is no such file.
    fn open(&self, id: Id) -> Result<Option<Stored>>;

    /// Removes a file; one that is gone already is no fault.
    fn remove(&self, id: Id) -> Result<()>;

    /// Shows every file that was kept, with the moment at which it was written, some at a time: there may be very many.
    fn each(&self, see: &mut dyn FnMut(Vec<(Id, SystemTime)>) -> Result<()>) -> Result<()>;

    /// Removes what was begun before a moment and never kept; tells how many.
    fn drop_drafts(&self, before: SystemTime) -> Result<usize>;
}

/// A file that is being written; it is gone when it is dropped before it was kept.
pub trait Draft: Write + Send {
    /// Makes it durable, then gives it its name.
    fn keep(self: Box<Self>, id: Id) -> Result<()>;
}

/// The bytes of a file that was kept.
pub trait Content: Read + Seek + Send {}

impl<T: Read + Seek + Send> Content for T {}

pub struct Stored {
    pub content: Box<dyn Content>,
    pub size: u64,
}

/// Bytes read and written at once.
pub const CHUNK: usize = 256 * 1024;

/// Copies a file from one place to another under the same id; tells whether there was one.
pub fn copy(from: &dyn Storage, to: &dyn Storage, id: Id) -> Result<bool> {
    let Some(mut stored) = from.open(id)? else { return Ok(false) };
    let mut draft = to.begin()?;
    std::io::copy(&mut stored.content, &mut draft)?;
    draft.keep(id)?;
    Ok(true)
}
