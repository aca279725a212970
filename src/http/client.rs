//! Where a request really comes from.

use actix_web::dev::ServiceRequest;
use std::net::{IpAddr, Ipv4Addr};

/// The caller's address: the peer's, or, behind trusted proxies, the last forwarded address that is not one of them. On a socket of
/// IPv6 an address of IPv4 comes in the clothes of the other.
pub fn address(request: &ServiceRequest, trusted: &[IpAddr]) -> IpAddr {
    let peer = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip().to_canonical());
    if !trusted.contains(&peer) {
        return peer;
    }
    let forwarded = request.headers().get_all("x-forwarded-for").filter_map(|value| value.to_str().ok());
    let hops: Vec<&str> = forwarded.flat_map(|value| value.split(',')).map(str::trim).collect();
    hops.iter().rev().map_while(|hop| hop.parse::<IpAddr>().ok()).map(|hop| hop.to_canonical()).find(|hop| !trusted.contains(hop)).unwrap_or(peer)
}

#[cfg(test)]
mod tests {
    use super::address;
    use actix_web::test::TestRequest;

    #[test]
    fn a_proxy_is_known_in_either_form_of_its_address() {
        let trusted = ["10.0.0.1".parse().unwrap()];
        for peer in ["10.0.0.1:4000", "[::ffff:10.0.0.1]:4000"] {
            let request = TestRequest::default().peer_addr(peer.parse().unwrap()).insert_header(("X-Forwarded-For", "192.0.2.7, ::ffff:10.0.0.1"));
            assert_eq!(address(&request.to_srv_request(), &trusted).to_string(), "192.0.2.7", "{peer}");
        }
    }
}
