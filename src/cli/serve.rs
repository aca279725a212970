//! `entraide serve`.

use super::{Outcome, demo, users};
use entraide::auth::{Keys, Role, Scope, store};
use entraide::clock::Clock;
use entraide::config::{Config, Profile};
use entraide::db;
use entraide::digests;
use entraide::http::{Server, idempotency};
use entraide::users::absences;
use entraide::{app, audit};
use std::error::Error;
use std::net::TcpListener;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// How often events that wait get their place in the record, where the database does not give it at once.
const ORDER: Duration = Duration::from_secs(1);
/// How often what is past its time is forgotten.
const SWEEP: Duration = Duration::from_secs(3600);

pub fn serve(config: Config) -> Outcome {
    prepare(&config)?;
    let listener = TcpListener::bind(config.listen).map_err(|error| format!("cannot listen on {}: {error}", config.listen))?;
    let server = app::server(config, Clock::default())?;
    if server.config.profile == Profile::Demo {
        furnish(&server)?;
    }
    app::start_runners(&server)?;
    let root = &server.config.public_url;
    println!("API            {root}/api/v1\ndocumentation  {root}/docs/");
    actix_web::rt::System::new().block_on(until_stopped(&server, listener))?;
    Ok(ExitCode::SUCCESS)
}

/// Keys and schema: made in a demo, required in production.
fn prepare(config: &Config) -> Result<(), Box<dyn Error>> {
    let mut conn = db::connect(&config.database.url)?;
    if config.profile == Profile::Demo {
        if !Keys::exist(&config.keys) {
            Keys::generate(&config.keys)?;
        }
        db::migrate(&mut conn)?;
        return Ok(());
    }
    match db::pending(&mut conn)?.len() {
        0 if store::is_demo(&mut conn)? => Err("this database was made by the demo profile: production starts with an empty one".into()),
        0 => Ok(()),
        missing => Err(format!("{missing} migrations are missing: run `entraide migrate` first").into()),
    }
}

/// A first administrator and a synthetic association, in a database that has no user.
fn furnish(server: &Arc<Server>) -> Result<(), Box<dyn Error>> {
    if server.db.read_now(store::count_users)? > 0 {
        return Ok(());
    }
    server.db.write_now(store::mark_demo)?;
    let grant = users::FirstGrant { role: Role::Admin, place: entraide::users::grants::model::Place::default(), since: server.today() };
    let password = users::insert(&server.db, &server.keys.records, &"admin".parse()?, &"Administration".parse()?, grant, None)?;
    println!("administrator  admin\npassword       {}   (shown this once)", password.unwrap_or_default());
    demo::furnish(&server.db, &server.clock, &server.keys, demo::Size::default())
}

/// Serves until SIGINT or SIGTERM, then lets what is under way finish.
async fn until_stopped(server: &Arc<Server>, listener: TcpListener) -> Result<(), Box<dyn Error>> {
    let http = app::listen(server, listener)?;
    let (handle, shared) = (http.handle(), Arc::clone(server));
    actix_web::rt::spawn(async move {
        stop_signal().await;
        log::info!("draining");
        shared.draining.store(true, Ordering::Relaxed);
        shared.work.notify_one();
        handle.stop(true).await;
    });
    let ordered = Arc::clone(server);
    actix_web::rt::spawn(async move {
        loop {
            let key = ordered.keys.records.clone();
            if let Err(error) = ordered.db.write(move |conn| audit::put_in_order(conn, &key)).await {
                log::error!("audit: {error}");
            }
            tokio::time::sleep(ORDER).await;
        }
    });
    let swept = Arc::clone(server);
    actix_web::rt::spawn(async move {
        loop {
            let (now, today, author) = (swept.now(), swept.today(), audit::Author::console("sweep", &swept.keys.records));
            let sweep = swept.db.write(move |conn| {
                idempotency::sweep(conn, now)?;
                absences::retention::sweep(conn, &author, now)?;
                digests::store::sweep(conn, &Scope::console(), today)?;
                store::sweep(conn, now)
            });
            if let Err(error) = sweep.await {
                log::error!("sweep: {error}");
            }
            tokio::time::sleep(SWEEP).await;
        }
    });
    Ok(http.await?)
}

async fn stop_signal() {
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(error) => {
                log::error!("SIGTERM is not heard: {error}");
                std::future::pending::<()>().await;
            }
        }
    };
    tokio::select! {
        () = terminate => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
