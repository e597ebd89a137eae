//! Registries of other providers: Quay, Amazon, Google, Azure, Microsoft, GitLab, self-hosted ones.

use super::replay::*;
use layerscope::http::{HttpResponse, ResponseBody};
use layerscope::registry::catalog::Catalog;
use layerscope::registry::tags::Tags;
use layerscope::registry::{Call, Exchange, ExchangeStep, RegistryClient};
use layerscope::vocabulary::LoginReason;
use serde_json::Value;

#[test]
fn quay_s_lists_continue_by_its_own_page_tokens() {
    let mut client = direct();
    for (name, repository, next) in [
        (
            "quay-tags-next-page",
            "invisionag/yet-another-cloudwatch-exporter",
            "next_page=gAAAAABg1i7jwRsgyD_X_wcMmj11T0waURK8w2MpuKG3a5B5C_iWzc1YMHTRDAPiwnqT4s0gkVdH7tUbc5HlXy7RxT139fZABKiEw7vtjNWj8D8dSAAy-fQ%3D&n=50",
        ),
        ("quay-tags-last", "keycloak/keycloak", "n=100&last=23.0.4-0"),
        (
            "quay-tags-old",
            "coreos/etcd",
            "next_page=gAAAAABYF4XlRL00UY6caJ4wGdywTryh8c_MpJfbRTEhQ6e-X4D9MnzHxe0V6UbhxqtGJBqjOvo8_LSmCqOccyvjPs8T4rR0Sw%3D%3D&n=50",
        ),
    ] {
        let list = format!("GET quay.io/v2/{repository}/tags/list");
        let (first, second) = (format!("{list}?n=1000"), format!("{list}?{next}"));
        let table = [(&*first, name), (&*second, "quay-tags-end")];
        let found = run(&mut client, Tags::new("quay.io", repository), &table, &[]).0.unwrap();
        assert!(found.tags.contains(&"25.0.2".to_owned()), "{name}");
    }
    let tags = "GET quay.io/v2/team/app/tags/list?n=1000";
    let token = "GET quay.io/v2/auth?service=quay.io&scope=repository%3Ateam/app%3Apull";
    let bearer = format!("{tags} Bearer");
    // Its challenge may lack a scope.
    let table = [(tags, "quay-challenge"), (token, "ghcr-token"), (&bearer, "quay-unauthorized")];
    let (_, questions) = run(&mut client, Tags::new("quay.io", "team/app"), &table, &[]);
    assert_eq!(questions, [login("quay.io", LoginReason::Needed)]);
}

#[test]
fn amazon_needs_the_password_itself_and_a_new_one_every_day() {
    const ECR: &str = "123456789012.dkr.ecr.us-east-1.amazonaws.com";
    let list = || Tags::new(ECR, "team/app");
    let tags = format!("GET {ECR}/v2/team/app/tags/list?n=1000");
    let basic = format!("{tags} Basic");
    let next = format!("GET {ECR}/v2/team/app/tags/list?last=LONGSTRINGWITHIDSANDSTUFF Basic");
    let mut client = direct();
    let table = [(&*tags, "ecr-challenge"), (&basic, "ecr-tags"), (&next, "ecr-tags-end")];
    let (found, questions) = run(&mut client, list(), &table, &[("AWS", "today")]);
    assert_eq!(questions, [login(ECR, LoginReason::Needed)]);
    assert_eq!(found.unwrap().tags.len(), 8);
    let (code, found, advice) = told(run(&mut client, list(), &[(&basic, "ecr-expired")], &[]).0);
    assert_eq!(code, "registry-forbidden");
    assert!(found.contains("Your authorization token has expired."), "{found}");
    assert!(advice.starts_with("Log in again"), "{advice}");
    let (code, found, _) = told(run(&mut client, list(), &[(&basic, "ecr-no-repository")], &[]).0);
    assert_eq!(code, "registry-not-found");
    assert!(found.contains("NAME_UNKNOWN: The repository with name 'team/app'"), "{found}");
    let wrong = [(&*tags, "ecr-challenge"), (&basic, "ecr-challenge")];
    let (_, questions) = run(&mut direct(), list(), &wrong, &[("AWS", "wrong")]);
    assert_eq!(questions[1], login(ECR, LoginReason::Wrong));
    let limited = "GET public.ecr.aws/v2/a/b/tags/list?n=1000";
    let table = [(limited, "ecr-public-rate-limited")];
    let (code, found, _) =
        told(run(&mut direct(), Tags::new("public.ecr.aws", "a/b"), &table, &[]).0);
    assert_eq!((&*code, found.ends_with("Rate exceeded")), ("registry-rate-limited", true));
}

#[test]
fn google_s_refusals_come_from_the_token_endpoint() {
    let tags = "GET gcr.io/v2/foo/addon-resizer/tags/list?n=1000";
    let list = || Tags::new("gcr.io", "foo/addon-resizer");
    let found = run(&mut direct(), list(), &[(tags, "gcr-tags")], &[]).0.unwrap();
    assert_eq!(found.tags.len(), 2);
    let folder = [("GET gcr.io/v2/foo/tags/list?n=1000", "gcr-folder")];
    let found = run(&mut direct(), Tags::new("gcr.io", "foo"), &folder, &[]).0.unwrap();
    assert_eq!(found.tags, [""; 0]);
    // A page of HTML is an ordinary refusal, and its text is not shown.
    let (code, found, _) = told(run(&mut direct(), list(), &[(tags, "gcr-html")], &[]).0);
    assert_eq!((&*code, &*found), ("registry-forbidden", "status 403 from gcr.io"));
    let host = "europe-west1-docker.pkg.dev";
    let tags = format!("GET {host}/v2/wa4x-160521/backend/tags/list?n=1000");
    let token =
        format!("GET {host}/v2/token?service={host}&scope=repository%3Awa4x-160521/backend%3Apull");
    for refusal in ["gar-token-denied", "gcr-unauthorized"] {
        let table = [(&*tags, "gar-challenge"), (&token, refusal)];
        let list = Tags::new(host, "wa4x-160521/backend");
        let (_, questions) = run(&mut direct(), list, &table, &[]);
        assert_eq!(questions, [login(host, LoginReason::Needed)]);
    }
}

const ACR: &str = "myregistry.azurecr.io";
const READ: &str = "GET myregistry.azurecr.io/oauth2/token?service=myregistry.azurecr.io\
    &scope=repository%3Alibrary/hello-world%3Ametadata_read";

#[test]
fn azure_s_lists_continue_and_its_tokens_have_another_name() {
    let tags = format!("GET {ACR}/v2/library/hello-world/tags/list?n=1000");
    let (bearer, next) = (
        format!("{tags} Bearer"),
        format!("GET {ACR}/v2/library/hello-world/tags/list?last=v1&n=2&orderby= Bearer"),
    );
    let table = [
        (&*tags, "acr-challenge"),
        (READ, "acr-token"),
        (&bearer, "acr-tags"),
        (&next, "acr-tags-end"),
    ];
    let list = Tags::new(ACR, "library/hello-world");
    let found = run(&mut direct(), list, &table, &[]).0.unwrap();
    assert_eq!(found.tags.len(), 4);
    let all = format!("GET {ACR}/v2/_catalog?n=1000");
    let (bearer, next) = (
        format!("{all} Bearer"),
        format!("GET {ACR}/v2/_catalog?last=busybox&n=1&orderby= Bearer"),
    );
    let token = format!("GET {ACR}/oauth2/token?service={ACR}&scope=registry%3Acatalog%3A%2A");
    let table = [
        (&*all, "acr-catalog-challenge"),
        (&token, "acr-token"),
        (&bearer, "acr-catalog"),
        (&next, "acr-catalog-end"),
    ];
    let found = run(&mut direct(), Catalog::new(ACR), &table, &[]).0.unwrap();
    assert_eq!(found, ["busybox", "hello-world"]);
}

/// Azure requires `metadata_read` where others require `pull`: concurrent requests for a manifest and for tags
/// must not use each other's token and ask for a login.
#[test]
fn two_requests_whose_tokens_differ_do_not_disturb_each_other() {
    let mut client = direct();
    let get = |path: &str| {
        let path = format!("/v2/library/hello-world/{path}");
        Call::pull(ACR, "library/hello-world", path, ResponseBody::Keep(1000))
    };
    let (mut tags, mut manifest) =
        (Exchange::new(get("tags/list")), Exchange::new(get("manifests/latest")));
    let send = |client: &mut RegistryClient, exchange: &mut Exchange| match exchange.step(client, 0)
    {
        ExchangeStep::Send(request) => request,
        other => panic!("{other:?}"),
    };
    for (exchange, challenge, token) in
        [(&mut tags, "acr-challenge", "metadata"), (&mut manifest, "acr-challenge-pull", "pull")]
    {
        send(&mut client, exchange);
        exchange.take(&mut client, Ok(response(challenge)), 0);
        assert!(send(&mut client, exchange).url.contains(token));
    }
    for (exchange, token) in [(&mut tags, "metadata"), (&mut manifest, "pull")] {
        let body = format!(r#"{{"access_token":"{token}"}}"#).into_bytes();
        exchange.take(&mut client, Ok(HttpResponse { body, ..response("acr-token") }), 0);
    }
    for (exchange, token) in [(&mut tags, "metadata"), (&mut manifest, "pull")] {
        let request = send(&mut client, exchange);
        assert_eq!(request.authorization.unwrap().expose(), format!("Bearer {token}"));
    }
}

#[test]
fn microsoft_s_registry_refuses_tags_and_lists_in_two_forms() {
    let manifests = "mcr.microsoft.com/v2/hello-world/manifests/1.1.2";
    let (head, get) = (format!("HEAD {manifests}"), format!("GET {manifests}"));
    let table =
        [(&*head, "mcr-no-tag"), (&head, "mcr-no-tag"), (&get, "mcr-no-tag"), (&get, "mcr-no-tag")];
    let wanted = pull("mcr.microsoft.com/hello-world:1.1.2");
    let (code, found, _) = told(run(&mut direct(), wanted, &table, &[]).0);
    assert_eq!(code, "registry-not-found");
    assert!(found.ends_with(r#"manifest tagged by "1.1.2" is not found"#), "{found}");
    let list = "GET mcr.microsoft.com/v2/mssql/tools/tags/list?n=1000";
    let tags = Tags::new("mcr.microsoft.com", "mssql/tools");
    let (code, found, _) = told(run(&mut direct(), tags, &[(list, "mcr-no-list")], &[]).0);
    assert_eq!((&*code, &*found), ("registry-not-found", "status 404 from mcr.microsoft.com"));
}

#[test]
fn gitlab_s_token_endpoint_is_on_another_host() {
    let tags = "GET registry.gitlab.com/v2/group/module/tags/list?n=1000";
    let token =
        "GET gitlab.com/jwt/auth?service=container_registry&scope=repository%3Agroup/module%3Apull";
    let bearer = format!("{tags} Bearer");
    let list = || Tags::new("registry.gitlab.com", "group/module");
    let table = [(tags, "gitlab-challenge"), (token, "ghcr-token"), (&bearer, "gitlab-tags")];
    assert_eq!(run(&mut direct(), list(), &table, &[]).0.unwrap().tags, ["latest"]);
    let table = [(tags, "gitlab-challenge"), (token, "gitlab-token-denied")];
    let (_, questions) = run(&mut direct(), list(), &table, &[]);
    assert_eq!(questions, [login("registry.gitlab.com", LoginReason::Needed)]);
}

#[test]
fn self_hosted_registries_name_their_token_endpoints() {
    for (registry, challenge, token) in [
        (
            "192.168.56.101",
            "harbor-challenge",
            "192.168.56.101/service/token?service=harbor-registry&scope=repository%3Aansible%3Apull",
        ),
        (
            "registry.mydomain.com",
            "distribution-challenge",
            "sso.mydomain.com/realms/registry/protocol/docker-v2/auth?service=registry&scope=repository%3Aansible%3Apull",
        ),
    ] {
        let tags = format!("GET {registry}/v2/ansible/tags/list?n=1000");
        let (bearer, token) = (format!("{tags} Bearer"), format!("GET {token}"));
        let table = [(&*tags, challenge), (&token, "ghcr-token"), (&bearer, "gitlab-tags")];
        let found = run(&mut direct(), Tags::new(registry, "ansible"), &table, &[]).0;
        assert_eq!(found.unwrap().tags, ["latest"]);
    }
    // Tokens are fetched by plain HTTP only from this machine, whatever the challenge says.
    let tags = "GET zot.example/v2/a/tags/list?n=1000";
    let (result, _) =
        run(&mut direct(), Tags::new("zot.example", "a"), &[(tags, "zot-challenge")], &[]);
    assert_eq!(told(result).0, "registry-challenge");
    let manifests = "harbor.myreg.org/v2/xyz/coreos/prometheus-operator/manifests/v0.38.0";
    let (head, get) = (format!("HEAD {manifests}"), format!("GET {manifests}"));
    let name = "harbor-not-found";
    let table = [(&*head, name), (&head, name), (&get, name), (&get, name)];
    let wanted = pull("harbor.myreg.org/xyz/coreos/prometheus-operator:v0.38.0");
    let (code, found, _) = told(run(&mut direct(), wanted, &table, &[]).0);
    assert_eq!(code, "registry-not-found");
    assert!(found.contains("NOT_FOUND: artifact xyz/coreos/"), "{found}");
}

/// The proxy follows redirects of registry.k8s.io, so their hosts are on its list.
#[test]
fn redirects_of_registry_k8s_io_are_on_the_proxy_s_list() {
    let redirect = response("k8s-redirect");
    let host = redirect.header("location").unwrap().split('/').nth(2).unwrap();
    assert!(host.ends_with("-docker.pkg.dev"));
    let path = folder().join("../../proxy/hosts.json");
    let hosts: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let listed = hosts["redirected"].as_array().unwrap();
    assert!(listed.iter().any(|entry| entry["host"] == "*-docker.pkg.dev"));
}
