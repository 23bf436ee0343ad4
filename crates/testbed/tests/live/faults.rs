//! Each fault of the proxy happens to a client, once as often as was told, and nothing else does.

use std::time::Duration;

use hyper::{Method, StatusCode};
use seatrial_testbed::api::Api;
use seatrial_testbed::connect::tls;
use seatrial_testbed::here;
use seatrial_testbed::proxy::{Fault, Proxy, Rule};

const PODS: &str = "/api/v1/pods";

#[test]
fn every_fault_reaches_the_client() {
    let Some(kubeconfig) = here::plane() else { return };
    let proxy = Proxy::start(&kubeconfig).expect("a proxy");
    crate::run(async {
        let api = Api::new(&proxy.url, tls(None, None, None)?, None);
        let ask = async || api.send(Method::GET, PODS, "", Vec::new()).await;
        let (_, whole) = ask().await?;

        let refusals = [
            (Fault::TooManyRequests(1), 429),
            (Fault::Status(500, "InternalError"), 500),
            (Fault::ExpiredToken, 401),
            (Fault::Forbidden, 403),
            (Fault::ExpiredList, 410),
        ];
        for (fault, status) in refusals {
            proxy.set(vec![Rule::first(1, PODS, fault)]);
            let (seen, body) = ask().await?;
            assert_eq!(seen.as_u16(), status);
            assert!(String::from_utf8_lossy(&body).contains(&format!("\"code\":{status}")), "a Status object");
            assert_eq!(ask().await?.0, StatusCode::OK, "only the first");
        }
        for fault in [Fault::Reset, Fault::ResetAfter(1_000), Fault::Silence(Duration::from_millis(100))] {
            // Twice: a client may ask again by itself on a connection that it had before.
            proxy.set(vec![Rule::first(2, PODS, fault.clone())]);
            assert!(ask().await.is_err(), "{fault:?}");
        }
        proxy.set(vec![Rule::first(1, PODS, Fault::CutOff(1_000))]);
        let (status, part) = ask().await?;
        assert_eq!((status, part.len()), (StatusCode::OK, 1_000));
        assert!(whole.len() > 1_000);
        proxy.set(vec![Rule::first(1, PODS, Fault::Html)]);
        assert!(ask().await?.1.starts_with(b"<html>"));
        Ok(())
    });
}

#[test]
fn a_list_expires_on_a_later_page_only() {
    let Some(kubeconfig) = here::plane() else { return };
    let proxy = Proxy::start(&kubeconfig).expect("a proxy");
    crate::run(async {
        let api = Api::new(&proxy.url, tls(None, None, None)?, None);
        proxy.set(vec![Rule::later_pages(1, PODS, Fault::ExpiredList)]);
        let first = api.get(&format!("{PODS}?limit=10&continue=")).await?;
        let next = first["metadata"]["continue"].as_str().unwrap_or("").to_owned();
        assert!(!next.is_empty(), "there are more than ten pods");
        let refused = api.get(&format!("{PODS}?limit=10&continue={next}")).await.expect_err("the second page is gone");
        assert!(format!("{refused:#}").contains("410"), "{refused:#}");
        assert_eq!(proxy.failed().get(PODS), Some(&1));
        assert!(proxy.seen().iter().all(|it| it.0 == "GET"));
        Ok(())
    });
}
