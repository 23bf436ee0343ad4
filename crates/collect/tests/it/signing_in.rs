//! Tokens, plugins, impersonation.

use std::path::Path;

use seatrial_collect::{Interrupt, collect};
use seatrial_model::Need;

use crate::server::{Reply, Server};
use crate::world::{World, kubeconfig, request};

/// A server that accepts one token.
fn guarded(token: &'static str) -> Server {
    let world = World::demo();
    Server::start(move |asked| if asked.authorization == format!("Bearer {token}") { world.answer(asked) } else { Reply::status(401, "Unauthorized") })
}

/// A credential plugin that hands out `token-1`, `token-2` and so on; its counter file.
fn plugin(server: &Server) -> (std::path::PathBuf, std::path::PathBuf) {
    let counter = kubeconfig(server, "{}").with_extension("counter");
    let script = format!(
        "n=$(($(cat {0} 2>/dev/null || echo 0) + 1)); echo $n > {0}; echo '{{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\",\"status\":{{\"token\":\"token-'$n'\"}}}}'",
        counter.display()
    );
    let file = counter.with_extension("sh");
    std::fs::write(&file, script).expect("a temporary folder");
    let user = format!("{{exec: {{apiVersion: client.authentication.k8s.io/v1, command: sh, args: ['{}'], interactiveMode: Never}}}}", file.display());
    (kubeconfig(server, &user), counter)
}

fn runs(counter: &Path) -> String {
    std::fs::read_to_string(counter).unwrap_or_default().trim().to_owned()
}

#[test]
fn an_expired_token_is_renewed_once() {
    let server = guarded("token-2");
    let (file, counter) = plugin(&server);
    let mut request = request(&server);
    request.access.kubeconfig = Some(file);
    let collected = collect(&request, &|_, _, _| {}, &Interrupt::never()).unwrap_or_else(|error| panic!("{error}"));
    assert!(!collected.snapshot.cluster.workloads.is_empty());
    assert_eq!(runs(&counter), "2");
}

#[test]
fn credentials_that_are_never_accepted_end_the_run() {
    let server = guarded("another one");
    let (file, counter) = plugin(&server);
    let mut request = request(&server);
    request.access.kubeconfig = Some(file);
    let error = collect(&request, &|_, _, _| {}, &Interrupt::never()).err().expect("an error");
    assert!(error.to_string().contains("HTTP 401"), "{error}");
    assert!(error.help().contains("sign in again"));
    assert_eq!(runs(&counter), "2", "asked once more, not for ever");
}

#[test]
fn a_token_that_ends_half_way_leaves_gaps() {
    let world = World::demo();
    let server = Server::start(move |asked| if asked.path.contains("secrets") { Reply::status(401, "Unauthorized") } else { world.answer(asked) });
    let snapshot = crate::world::snapshot(&server);
    let gap = snapshot.has(Need::Secrets).expect_err("a gap");
    assert!(gap.why.contains("HTTP 401") && gap.remedy.contains("sign in again"), "{gap:?}");
    assert!(snapshot.has(Need::Pods).is_ok());
}

#[test]
fn a_plugin_that_fails_is_named_without_its_output() {
    let server = guarded("x");
    let mut request = request(&server);
    request.access.kubeconfig = Some(kubeconfig(
        &server,
        "{exec: {apiVersion: client.authentication.k8s.io/v1, command: sh, args: [-c, 'echo hunter2; exit 3'], env: [{name: A, value: hunter2}], interactiveMode: Never}}",
    ));
    let error = collect(&request, &|_, _, _| {}, &Interrupt::never()).err().expect("an error");
    let mut said = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(it) = cause {
        said = format!("{said}\n{it}");
        cause = it.source();
    }
    assert!(said.contains("the credential plugin of the kubeconfig, `sh`, failed with exit status: 3"), "{said}");
    assert!(!said.contains("hunter2"));
}

#[test]
fn impersonation_goes_with_every_request() {
    let server = World::demo().serve();
    let mut request = request(&server);
    request.access.user = Some("jane".to_owned());
    request.access.groups = vec!["devs".to_owned(), "viewers".to_owned()];
    collect(&request, &|_, _, _| {}, &Interrupt::never()).unwrap_or_else(|error| panic!("{error}"));
    assert!(server.asked().iter().all(|it| it.impersonated == ["jane", "devs", "viewers"]), "{:?}", server.asked()[0]);
}

#[test]
fn contexts_that_are_not_there_are_named() {
    let server = guarded("x");
    let mut request = request(&server);
    request.access.context = Some("prod".to_owned());
    let error = collect(&request, &|_, _, _| {}, &Interrupt::never()).err().expect("an error");
    assert_eq!(error.to_string(), "the kubeconfig has no context `prod`");
    assert_eq!(error.help(), "name one with `--context`: test");
}
