//! How many connections one address may hold: those above are closed before anything is read from them.

use actix_web::dev::Extensions;
use actix_web::rt::net::TcpStream;
use std::any::Any;
use std::collections::HashMap;
use std::net::{IpAddr, Shutdown};
use std::os::fd::AsFd;
use std::sync::{Arc, Mutex, PoisonError};

pub struct Connections {
    most: usize,
    /// Proxies, each of which speaks for many.
    exempt: Vec<IpAddr>,
    open: Mutex<HashMap<IpAddr, usize>>,
}

/// A connection that is counted until it ends.
struct Counted {
    connections: Arc<Connections>,
    address: IpAddr,
}

impl Connections {
    pub fn new(most: usize, exempt: Vec<IpAddr>) -> Arc<Self> {
        Arc::new(Self { most, exempt, open: Mutex::default() })
    }

    /// Counts a new connection, or closes it.
    pub fn admit(self: &Arc<Self>, connection: &dyn Any, extensions: &mut Extensions) {
        let Some(stream) = connection.downcast_ref::<TcpStream>() else { return };
        let Ok(address) = stream.peer_addr().map(|address| address.ip()) else { return };
        if self.exempt.contains(&address) {
            return;
        }
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(address).or_insert(0);
        *count += 1;
        let refused = *count > self.most;
        drop(open);
        extensions.insert(Counted { connections: Arc::clone(self), address });
        if refused {
            // Whatever fails here, the other side has gone already.
            stream.as_fd().try_clone_to_owned().and_then(|stream| std::net::TcpStream::from(stream).shutdown(Shutdown::Both)).ok();
        }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut open = self.connections.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.address);
            }
        }
    }
}
