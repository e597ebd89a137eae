//! The registry protocol with Debian's docker-registry (open, with a password, with tokens) and with a second
//! implementation, which has the referrers API. Both are filled from a fixture through their own API.

mod http;
mod second;

use layerscope::http::HttpRequest;
use layerscope::oci::{Descriptor, Digest, Reference};
use layerscope::registry::blob::{Transfer, Verifier};
use layerscope::registry::catalog::Catalog;
use layerscope::registry::endpoint::{Route, Traffic};
use layerscope::registry::platform::{self, Wish};
use layerscope::registry::pull::{Pull, Pulled};
use layerscope::registry::referrers::{ListReferrers, fallback_tag};
use layerscope::registry::tags::Tags;
use layerscope::registry::{
    Credentials, Exchange, ExchangeStep, Operation, OperationRun, OperationStep, RegistryClient,
    RegistryError, Routes,
};
use layerscope::vocabulary::{LoginReason, UserQuestion};
use registries::images::{as_docker, entry, index};
use registries::{
    BASIC, DOCKER_LIST, DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST, PASSWORD, Registry, Setup,
    TokenServer, USER,
};
use std::io::Read;

/// Runs an operation; `answer` answers questions to the user, and declines with false.
fn drive<O: Operation>(
    client: &mut RegistryClient,
    operation: O,
    now: u64,
    sent: &mut Vec<HttpRequest>,
    mut answer: impl FnMut(&UserQuestion, &mut RegistryClient) -> bool,
) -> Result<O::Output, RegistryError> {
    let mut run = OperationRun::new(operation);
    loop {
        match run.step(client, now) {
            OperationStep::Send(request) => {
                let result = http::send(&request).map(|answer| answer.head);
                sent.push(request);
                run.take(client, result, now);
            }
            OperationStep::Ask(question) => {
                if !answer(&question, client) {
                    run.decline();
                }
            }
            OperationStep::Cached(_) => run.take_cached(None),
            OperationStep::Done(result) => return result,
        }
    }
}

fn open<O: Operation>(
    client: &mut RegistryClient,
    operation: O,
) -> Result<O::Output, RegistryError> {
    drive(client, operation, 0, &mut Vec::new(), |question, _| panic!("{question:?}"))
}

fn pull(registry: &Registry, name: &str, platform: &str) -> Pull {
    let reference = Reference::parse(&format!("{}/{name}", registry.name)).unwrap();
    Pull::new(reference, Wish::Preferably(platform::parse(platform).unwrap()))
}

/// Pushes the fixture's blobs; returns its manifest.
fn fixture(registry: &Registry, repository: &str) -> String {
    let layout = registries::fixture("odd.skopeo-gzip.oci-dir");
    registry.push_layout(repository, "fixture", &layout).json
}

fn parsed(digest: &str) -> Digest {
    Digest::parse(digest).unwrap()
}

fn image_of(pulled: &Pulled) -> (&Digest, usize) {
    let image = pulled.image.as_ref().unwrap();
    (&image.manifest_digest, image.manifest.layers.len())
}

#[test]
#[cfg_attr(not(has_registries), ignore = "needs docker-registry, skopeo and openssl")]
fn images_of_every_kind_are_found_by_tag_and_by_digest() {
    let registry = Setup::default().start();
    let oci = fixture(&registry, "team/app");
    let docker = as_docker(&oci);
    let of_oci = registry.push_manifest("team/app", "oci", OCI_MANIFEST, &oci);
    let of_docker = registry.push_manifest("team/app", "docker", DOCKER_MANIFEST, &docker);
    let amd64 = r#","platform":{"os":"linux","architecture":"amd64"}"#;
    let arm64 = r#","platform":{"os":"linux","architecture":"arm64","variant":"v8"}"#;
    let list = index(DOCKER_LIST, &[entry(DOCKER_MANIFEST, &of_docker, &docker, amd64)]);
    let of_list = registry.push_manifest("team/app", "list", DOCKER_LIST, &list);
    let nested = index(
        OCI_INDEX,
        &[entry(DOCKER_LIST, &of_list, &list, ""), entry(OCI_MANIFEST, &of_oci, &oci, arm64)],
    );
    let of_nested = registry.push_manifest("team/app", "nested", OCI_INDEX, &nested);
    let mut client = RegistryClient::new(Routes::new(None));
    for (name, platform, top, manifest) in [
        ("oci", "linux/amd64", &of_oci, &of_oci),
        ("docker", "linux/amd64", &of_docker, &of_docker),
        ("list", "linux/amd64", &of_list, &of_docker),
        ("nested", "linux/amd64", &of_nested, &of_docker),
        ("nested", "linux/arm64", &of_nested, &of_oci),
        ("nested", "linux/s390x", &of_nested, &of_docker),
    ] {
        for by in [format!("team/app:{name}"), format!("team/app@{top}")] {
            let pulled = open(&mut client, pull(&registry, &by, platform));
            let pulled = pulled.unwrap_or_else(|error| panic!("{by}: {error}"));
            assert_eq!(pulled.digest, parsed(top), "{by}");
            assert_eq!(image_of(&pulled), (&parsed(manifest), 5), "{by} {platform}");
            assert_eq!(pulled.warnings, [], "{by}");
            assert_eq!(pulled.image.unwrap().config.rootfs.diff_ids.len(), 5);
        }
    }
    assert_eq!(client.routes.known(&registry.name, Traffic::default()), Some(Route::Http));
    // If the tag has moved, the digest wins.
    let by = format!("team/app:docker@{of_oci}");
    let pulled = open(&mut client, pull(&registry, &by, "linux/amd64")).unwrap();
    assert_eq!(image_of(&pulled).0, &parsed(&of_oci));
    assert_eq!(pulled.moved_to, Some(parsed(&of_docker)));
    // Another platform that is chosen, and one that is missing.
    let pulled = open(&mut client, pull(&registry, "team/app:nested", "linux/amd64")).unwrap();
    let other = Pull::choice(pulled.reference.clone(), &pulled.choices[0]);
    assert_eq!(image_of(&open(&mut client, other).unwrap()).0, &parsed(&of_oci));
    let wish = Wish::Exactly(platform::parse("linux/s390x").unwrap());
    let pulled = open(&mut client, Pull::new(pulled.reference, wish)).unwrap();
    assert!(pulled.image.is_none() && pulled.choices.len() == 2);
    assert_eq!(pulled.warnings[0].code, "platform-absent");
    for by in ["team/app:none", "nobody/here:latest"] {
        let error = open(&mut client, pull(&registry, by, "linux/amd64")).unwrap_err();
        assert_eq!(error.problem.code, "registry-not-found", "{by}");
    }
}

#[test]
#[cfg_attr(not(has_registries), ignore = "needs docker-registry, skopeo and openssl")]
fn a_broken_download_resumes_where_it_broke() {
    let registry = Setup::default().start();
    let bytes: Vec<u8> = (0..100_000u32).flat_map(u32::to_le_bytes).collect();
    let digest = parsed(&registry.push_blob("a/b", &bytes));
    let descriptor = Descriptor { size: bytes.len() as i64, ..Descriptor::of(digest.clone()) };
    let mut client = RegistryClient::new(Routes::new(None));
    let mut transfer = Transfer::whole(&registry.name, "a/b", &descriptor).unwrap();
    let (mut verifier, mut got, mut statuses) = (Verifier::new(&digest), Vec::new(), Vec::new());
    for limit in [1_000, 70_000, u64::MAX] {
        let mut exchange = Exchange::new(transfer.call());
        let mut body: Option<Box<dyn Read>> = None;
        let head = loop {
            match exchange.step(&mut client, 0) {
                ExchangeStep::Send(request) => {
                    let answer = http::send(&request);
                    let result = answer.map(|answer| {
                        body = Some(answer.body);
                        answer.head
                    });
                    exchange.take(&mut client, result, 0);
                }
                ExchangeStep::Ask(question) => panic!("{question:?}"),
                ExchangeStep::Done(head) => break head.unwrap(),
            }
        };
        statuses.push(head.status);
        transfer.begin(&head, 0).unwrap();
        // The connection breaks after so many bytes.
        let mut piece = Vec::new();
        body.unwrap().take(limit).read_to_end(&mut piece).unwrap();
        let wanted = transfer.chunk(piece).unwrap();
        verifier.update(&wanted);
        got.extend(wanted);
        assert_eq!(transfer.ended().is_ok(), limit == u64::MAX);
    }
    assert_eq!(statuses, [200, 206, 206]);
    assert_eq!(got, bytes);
    assert_eq!(verifier.finish(), Ok(true));
}

#[test]
#[cfg_attr(not(has_registries), ignore = "needs docker-registry, skopeo and openssl")]
fn tags_repositories_and_referrers_are_listed() {
    let registry = Setup::default().start();
    let manifest = fixture(&registry, "team/app");
    registry.tag("team/app", "fixture", (0..60).map(|minor| format!("1.{minor}")));
    let subject = registry.push_manifest("team/app", "latest", OCI_MANIFEST, &manifest);
    let subject = parsed(&subject);
    let mut client = RegistryClient::new(Routes::new(None));
    let list = open(&mut client, Tags::new(&registry.name, "team/app")).unwrap();
    assert_eq!((list.tags.len(), list.passed_over, list.cut), (62, 0, false));
    assert_eq!(list.tags[..3], ["latest", "1.59", "1.58"]);
    let error = open(&mut client, Tags::new(&registry.name, "team/none")).unwrap_err();
    assert_eq!(error.problem.code, "registry-not-found");
    let repositories = open(&mut client, Catalog::new(&registry.name)).unwrap();
    assert_eq!(repositories, ["team/app"]);
    // This registry has no referrers API: first there is nothing, then what the fallback tag lists.
    let ask = || ListReferrers::new(&registry.name, "team/app", subject.clone());
    assert_eq!(open(&mut client, ask()).unwrap().descriptors, []);
    let statement = registry.attach("team/app", subject.as_str(), "test/sbom", b"[]");
    assert!(registry.document("team/app", &fallback_tag(&subject)).is_some());
    let referrers = open(&mut client, ask()).unwrap();
    assert_eq!((referrers.by_api, &*referrers.descriptors[0].artifact_type), (false, "test/sbom"));
    assert_eq!(referrers.descriptors[0].digest, parsed(&statement));
}

#[test]
#[cfg_attr(not(has_registries), ignore = "needs docker-registry, skopeo and openssl")]
fn a_password_is_sent_only_to_its_registry() {
    let registry = Setup::default().start();
    let manifest = fixture(&registry, "private/app");
    let digest = registry.push_manifest("private/app", "1", OCI_MANIFEST, &manifest);
    let closed = Setup::default().password().beside(&registry);
    let mut client = RegistryClient::new(Routes::new(None));
    let (mut sent, mut questions) = (Vec::new(), Vec::new());
    let asked = pull(&closed, "private/app:1", "linux/amd64");
    let pulled = drive(&mut client, asked, 0, &mut sent, |question, client| {
        let password = if questions.is_empty() { "wrong" } else { PASSWORD };
        questions.push(question.clone());
        client.log_in(&closed.name, Some(Credentials::new(USER, password)));
        true
    });
    let reasons = [LoginReason::Needed, LoginReason::Wrong];
    let registry_name = closed.name.clone();
    let login = |reason| UserQuestion::Login { registry: registry_name.clone(), reason };
    assert_eq!(questions, reasons.map(login));
    assert_eq!(image_of(&pulled.unwrap()).0, &parsed(&digest));
    assert_eq!(client.user(&closed.name), Some(USER));
    assert!(sent.iter().any(|r| r.authorization.as_ref().is_some_and(|a| a.expose() == BASIC)));
    assert!(!format!("{client:?} {sent:?}").contains("dGVzdG"), "a password is printed");
    // The open registry gets no credentials.
    let mut sent = Vec::new();
    let asked = pull(&registry, "private/app:1", "linux/amd64");
    drive(&mut client, asked, 0, &mut sent, |question, _| panic!("{question:?}")).unwrap();
    assert!(sent.iter().all(|request| request.authorization.is_none()));
    // A declined question is an error.
    client.log_in(&closed.name, None);
    let asked = pull(&closed, "private/app:1", "linux/amd64");
    let error = drive(&mut client, asked, 0, &mut Vec::new(), |_, _| false).unwrap_err();
    assert_eq!(error.problem.code, "registry-unauthorized");
}

#[test]
#[cfg_attr(not(has_registries), ignore = "needs docker-registry, skopeo and openssl")]
fn tokens_are_fetched_cached_and_renewed() {
    let registry = Setup::default().start();
    let tokens = TokenServer::start(None);
    for repository in ["public/app", "private/app"] {
        let manifest = fixture(&registry, repository);
        registry.push_manifest(repository, "1", OCI_MANIFEST, &manifest);
    }
    let closed = Setup::default().tokens(&tokens).beside(&registry);
    let mut client = RegistryClient::new(Routes::new(None));
    let none = |question: &UserQuestion, _: &mut RegistryClient| panic!("{question:?}");
    let asked = || pull(&closed, "public/app:1", "linux/amd64");
    for (now, fetched) in [(0, 1), (100_000, 1), (300_000, 2)] {
        drive(&mut client, asked(), now, &mut Vec::new(), none).unwrap();
        assert_eq!(tokens.asked.lock().unwrap().len(), fetched, "at {now} ms");
    }
    let first = tokens.asked.lock().unwrap()[0].clone();
    assert_eq!(
        first,
        ("/auth?service=test&scope=repository%3Apublic/app%3Apull".to_owned(), false)
    );
    // A private repository: a login, a wrong password, and the token server on another host.
    let mut questions = Vec::new();
    let asked = pull(&closed, "private/app:1", "linux/amd64");
    let pulled = drive(&mut client, asked, 0, &mut Vec::new(), |question, client| {
        questions.push(question.clone());
        match question {
            UserQuestion::Login { registry, reason: LoginReason::Needed } => {
                client.log_in(registry, Some(Credentials::new(USER, "wrong")));
            }
            UserQuestion::Login { registry, .. } => {
                client.log_in(registry, Some(Credentials::new(USER, PASSWORD)));
            }
            UserQuestion::TokenHost { registry, host } => {
                let log = tokens.asked.lock().unwrap();
                let passwords = log.iter().filter(|(_, with_password)| *with_password).count();
                assert_eq!(passwords, usize::from(questions.len() > 2), "sent before it was asked");
                client.approve(registry, host);
            }
            UserQuestion::TrustProxy { .. } => panic!("{question:?}"),
        }
        true
    });
    assert!(pulled.unwrap().image.is_some());
    let (registry, host) = (closed.name.clone(), tokens.name.clone());
    let login = |reason| UserQuestion::Login { registry: registry.clone(), reason };
    let approve = UserQuestion::TokenHost { registry: registry.clone(), host };
    let want = [login(LoginReason::Needed), approve.clone(), login(LoginReason::Wrong), approve];
    assert_eq!(questions, want);
}
