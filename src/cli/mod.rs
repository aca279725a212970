//! The commands, each a short conversation with whoever runs the server.

mod audit;
mod backup;
mod deadlines;
mod demo;
mod documents;
mod import;
mod log_lines;
mod memberships;
mod serve;
mod users;

pub use log_lines::log_to_stderr;

use clap::{Args, Parser, Subcommand};
use entraide::auth::Keys;
use entraide::auth::Role;
use entraide::config::Config;
use entraide::establishments::DirectoryImporter;
use entraide::establishments::model::Uai;
use entraide::members::MemberImporter;
use entraide::values::{AcademyCode, DepartmentCode};
use entraide::{app, db};
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

/// Entraide: an open, self-hosted REST backend for mutual-aid associations.
#[derive(Parser)]
#[command(name = "entraide", version, about, after_help = settings_help())]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API. With ENTRAIDE_PROFILE=demo it first makes keys, applies migrations, and creates an administrator.
    Serve,
    /// Apply the migrations that are missing.
    Migrate,
    /// Import a file.
    #[command(subcommand)]
    Import(Import),
    /// Work on memberships.
    #[command(subcommand)]
    Memberships(Memberships),
    /// Work on the deadlines of dossiers.
    #[command(subcommand)]
    Deadlines(Deadlines),
    /// Manage accounts.
    #[command(subcommand)]
    User(User),
    /// Manage the server's keys.
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Prove that the record of changes is whole.
    #[command(subcommand)]
    Audit(Audit),
    /// Look after the files of documents.
    #[command(subcommand)]
    Documents(Documents),
    /// Copy the embedded database into a new file, and the files of documents into FILE.documents; the server may go on working.
    Backup { file: PathBuf },
    /// Put a backup in the place of the embedded database, which must not exist, and its files among those of documents.
    Restore { file: PathBuf },
    /// Fill a database that has no members with a synthetic association: schools, members, cases, accounts.
    Demo(demo::Size),
    /// Print the OpenAPI contract.
    Openapi,
}

#[derive(Subcommand)]
enum Import {
    /// The official school directory ("Annuaire de l'éducation"), in any vintage.
    Establishments {
        file: PathBuf,
        /// validate stores nothing; partial stores the good lines; atomic stores all lines or none.
        #[arg(long, default_value = "partial")]
        mode: entraide::imports::Mode,
    },
    /// Members with their periods of membership and their posts, as openapi/imports.md describes.
    Members {
        file: PathBuf,
        /// validate stores nothing; partial stores the good lines; atomic stores all lines or none.
        #[arg(long, default_value = "partial")]
        mode: entraide::imports::Mode,
        /// The department of lines that name none
        #[arg(long)]
        department: Option<DepartmentCode>,
    },
}

#[derive(Subcommand)]
enum Memberships {
    /// Renew into a year each period that was confirmed to the end of the year before; what is renewed already is left alone.
    Renew {
        #[arg(long)]
        year: i32,
    },
}

#[derive(Subcommand)]
enum Deadlines {
    /// Compute the deadlines of all dossiers anew, as when a rule has changed; what is right already is left alone.
    Recompute,
}

#[derive(Subcommand)]
enum User {
    /// Create an account. Its password is generated and printed once, unless it comes on standard input.
    Create(NewUser),
    /// Give an account one more role, from today; rights add up. Tokens issued before have to be refreshed.
    Grant(NewGrant),
    /// Print a one-time link's token, with which the owner of an account sets a password.
    ResetPassword {
        /// The account.
        #[arg(long)]
        login: String,
    },
    /// Forget the second factor of an account whose owner has lost it; its sessions end.
    ResetFactor {
        /// The account.
        #[arg(long)]
        login: String,
    },
    /// Say which member an account belongs to: nobody works on their own dossiers.
    Link {
        /// The account.
        #[arg(long)]
        login: String,
        /// The member's number.
        #[arg(long)]
        member: entraide::members::model::MemberNumber,
    },
}

/// Where a role holds.
#[derive(Args)]
pub struct Place {
    /// Needed for department_head, department_staff and volunteer
    #[arg(long)]
    department: Option<DepartmentCode>,
    /// Needed for training_coordinator
    #[arg(long)]
    academy: Option<AcademyCode>,
    /// The UAI of a school; needed for correspondent
    #[arg(long)]
    establishment: Option<Uai>,
}

#[derive(Args)]
pub struct NewGrant {
    /// The account.
    #[arg(long)]
    login: String,
    /// One of the roles that GET /reference/enumerations tells
    #[arg(long)]
    role: Role,
    #[command(flatten)]
    place: Place,
}

#[derive(Args)]
pub struct NewUser {
    /// 3 to 80 signs: letters without accents, digits, . _ @ -
    #[arg(long)]
    login: String,
    /// One of the roles that GET /reference/enumerations tells
    #[arg(long)]
    role: Role,
    #[command(flatten)]
    place: Place,
    /// Name shown to others; the login by default
    #[arg(long)]
    name: Option<String>,
    /// Read the password from the first line of standard input
    #[arg(long)]
    password_stdin: bool,
}

#[derive(Subcommand)]
enum Audit {
    /// Print a signed checkpoint: how long the record is now and how it ends. Keep it where nobody who can write the database can.
    Checkpoint,
    /// Walk along the whole record and tell the first event that is not as it was written.
    Verify {
        /// A checkpoint that was kept: without one, events cut off the end are not missed.
        #[arg(long)]
        checkpoint: Option<PathBuf>,
    },
    /// Drop what was recorded before a month, changes and looks alike, once the record was found whole; print a signed checkpoint of
    /// the last event that went. What is left is still proved.
    Drop {
        /// The first month that is kept, as 2026-09.
        #[arg(long, value_parser = audit::month)]
        before: entraide::values::Day,
    },
}

#[derive(Subcommand)]
enum Documents {
    /// Tell every version whose file is missing, or is not what was received.
    Verify,
    /// Remove the files, older than a day, that belong to no document.
    Sweep,
}

#[derive(Subcommand)]
enum KeysCommand {
    /// Make the signing key and the secret in a folder, readable by their owner alone.
    Generate { folder: PathBuf },
    /// Put a new signing key in the place of the present one, of which the public half is kept: tokens signed with it still are taken.
    Rotate { folder: PathBuf },
    /// Forget the public half of the key before: tokens signed with it are refused from the next start on.
    Drop { folder: PathBuf },
}

fn settings_help() -> String {
    let lines = entraide::config::SETTINGS.map(|(name, purpose)| format!("  ENTRAIDE_{name:<22} {purpose}"));
    format!("Settings, from the environment or a file:\n{}", lines.join("\n"))
}

type Outcome<T = ExitCode> = Result<T, Box<dyn Error>>;

impl Cli {
    pub fn run(self) -> Outcome {
        match self.command {
            Command::Serve => serve::serve(Config::from_environment()?),
            Command::Migrate => migrate(&Config::from_environment()?),
            Command::Import(Import::Establishments { file, mode }) => import::import(&Config::from_environment()?, &DirectoryImporter, &file, mode),
            Command::Import(Import::Members { file, mode, department }) => {
                import::import(&Config::from_environment()?, &MemberImporter { department }, &file, mode)
            }
            Command::Memberships(Memberships::Renew { year }) => memberships::renew(&Config::from_environment()?, year),
            Command::Deadlines(Deadlines::Recompute) => deadlines::recompute(&Config::from_environment()?),
            Command::User(User::Create(user)) => users::create(&Config::from_environment()?, user),
            Command::User(User::Grant(grant)) => users::grant(&Config::from_environment()?, grant),
            Command::User(User::ResetPassword { login }) => users::reset_password(&Config::from_environment()?, &login),
            Command::User(User::ResetFactor { login }) => users::reset_factor(&Config::from_environment()?, &login),
            Command::User(User::Link { login, member }) => users::link(&Config::from_environment()?, &login, &member),
            Command::Audit(Audit::Checkpoint) => audit::checkpoint(&Config::from_environment()?),
            Command::Audit(Audit::Verify { checkpoint }) => audit::verify(&Config::from_environment()?, checkpoint.as_deref()),
            Command::Audit(Audit::Drop { before }) => audit::drop(&Config::from_environment()?, before),
            Command::Keys(KeysCommand::Generate { folder }) => {
                Keys::generate(&folder)?;
                println!("keys made in {}; keep them: without them every session and cursor ends", folder.display());
                Ok(ExitCode::SUCCESS)
            }
            Command::Keys(KeysCommand::Rotate { folder }) => {
                Keys::rotate(&folder)?;
                println!("new signing key in {}; restart every server, and drop the key before once tokens of ten minutes have run out", folder.display());
                Ok(ExitCode::SUCCESS)
            }
            Command::Keys(KeysCommand::Drop { folder }) => {
                Keys::drop_previous(&folder)?;
                println!("the key before is gone from {}; restart every server", folder.display());
                Ok(ExitCode::SUCCESS)
            }
            Command::Documents(Documents::Verify) => documents::verify(&Config::from_environment()?),
            Command::Documents(Documents::Sweep) => documents::sweep(&Config::from_environment()?),
            Command::Backup { file } => backup::backup(&Config::from_environment()?, &file),
            Command::Restore { file } => backup::restore(&Config::from_environment()?, &file),
            Command::Demo(size) => demo::fill(&Config::from_environment()?, size),
            Command::Openapi => {
                println!("{}", serde_json::to_string_pretty(&app::contract(&app::endpoints())?)?);
                Ok(ExitCode::SUCCESS)
            }
        }
    }
}

fn migrate(config: &Config) -> Outcome {
    let applied = db::migrate(&mut db::connect(&config.database.url)?)?;
    if applied.is_empty() {
        println!("the database is up to date");
    }
    for version in applied {
        println!("applied {version}");
    }
    Ok(ExitCode::SUCCESS)
}

/// The database of a command, refused while migrations are missing.
fn open(config: &Config) -> Result<db::Db, Box<dyn Error>> {
    let pending = db::pending(&mut db::connect(&config.database.url)?)?;
    if !pending.is_empty() {
        return Err(format!("{} migrations are missing: run `entraide migrate` first", pending.len()).into());
    }
    Ok(db::Db::open(&config.database)?)
}
