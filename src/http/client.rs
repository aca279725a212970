//! Where a request really comes from.

use actix_web::dev::ServiceRequest;
use std::net::{IpAddr, Ipv4Addr};

/// The caller's address: the peer's, or, behind trusted proxies, the last forwarded address that is not one of them.
pub fn address(request: &ServiceRequest, trusted: &[IpAddr]) -> IpAddr {
    let peer = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip());
    if !trusted.contains(&peer) {
        return peer;
    }
    let forwarded = request.headers().get_all("x-forwarded-for").filter_map(|value| value.to_str().ok());
    let hops: Vec<&str> = forwarded.flat_map(|value| value.split(',')).map(str::trim).collect();
    hops.iter().rev().map_while(|hop| hop.parse::<IpAddr>().ok()).find(|hop| !trusted.contains(hop)).unwrap_or(peer)
}
