//! Registries of images and packages.
//!
//! Sources: each rule's, for its format. Of services without a format of their own, the name beside the value is
//! a part of the pattern.

use super::super::rule::rules;

rules! {
    {
        code: "npm-token",
        service: "npm",
        access: "publishing packages as the user",
        revoke: "npm token revoke",
        keywords: &["npm_"],
        pattern: "npm_[A-Za-z0-9]{36}",
        check: Checksum,
        @source "https://docs.npmjs.com/about-access-tokens";
    }
    {
        code: "pypi-token",
        service: "PyPI",
        access: "publishing a user's projects",
        revoke: "Account settings, API tokens",
        keywords: &["pypi-AgEI"],
        pattern: r"pypi-AgEIcHlwaS5vcmc[\w-]{70,400}",
        @source "https://packaging.python.org/en/latest/specifications/pypirc/";
    }
    {
        code: "test-pypi-token",
        service: "TestPyPI",
        access: "publishing test projects",
        revoke: "Account settings, API tokens",
        keywords: &["pypi-AgEN"],
        pattern: r"pypi-AgENdGVzdC5weXBpLm9yZw[\w-]{70,400}",
        @source "https://packaging.python.org/en/latest/guides/using-testpypi/";
    }
    {
        code: "rubygems",
        service: "RubyGems",
        access: "publishing gems",
        revoke: "Edit settings, API keys",
        keywords: &["rubygems_"],
        pattern: r"rubygems_\h{48}",
        @source "https://guides.rubygems.org/api-key-scopes/";
    }
    {
        code: "crates-token",
        service: "Rust's crate registry",
        access: "publishing crates",
        revoke: "Account settings, API Tokens",
        keywords: &["cio"],
        pattern: "cio[A-Za-z0-9]{32}",
        @source "https://doc.rust-lang.org/cargo/reference/publishing.html";
    }
    {
        code: "nuget",
        service: "NuGet",
        access: "publishing packages",
        revoke: "API Keys",
        keywords: &["oy2"],
        pattern: "oy2[a-z0-9]{43}",
        @source "https://learn.microsoft.com/nuget/nuget-org/publish-a-package";
    }
    {
        code: "docker-pat",
        service: "Docker Hub",
        access: "pulling, pushing and deleting images",
        revoke: "Account settings, Personal access tokens",
        keywords: &["dckr_pat_"],
        pattern: r"dckr_pat_[\w-]{27}",
        @source "https://docs.docker.com/security/for-developers/access-tokens/";
    }
    {
        code: "docker-oat",
        service: "Docker Hub",
        access: "images of the organisation",
        revoke: "Admin Console, Access tokens",
        keywords: &["dckr_oat_"],
        pattern: r"dckr_oat_[\w-]{32}",
        @source "https://docs.docker.com/enterprise/security/access-tokens/";
    }
    {
        code: "artifactory",
        service: "JFrog Artifactory",
        access: "repositories as the user",
        revoke: "User profile, API key",
        keywords: &["AKC"],
        pattern: "AKC[a-z][A-Za-z0-9]{55,75}",
        @source "https://jfrog.com/help/r/jfrog-platform-administration-documentation/api-key";
    }
    {
        code: "artifactory-reference",
        service: "JFrog Artifactory",
        access: "repositories within its scope",
        revoke: "Administration, Access tokens",
        keywords: &["cmVmdGtu"],
        pattern: "cmVmdGtu[A-Za-z0-9]{56}",
        @source "https://jfrog.com/help/r/jfrog-platform-administration-documentation/reference-token";
    }
    {
        code: "clojars",
        service: "Clojars",
        access: "publishing artifacts",
        revoke: "Deploy tokens",
        keywords: &["CLOJARS_"],
        pattern: r"CLOJARS_[a-z\d]{60}",
        @source "https://github.com/clojars/clojars-web/wiki/Deploy-Tokens";
    }
    {
        code: "packagist",
        service: "Packagist",
        access: "an organisation's packages",
        revoke: "Settings, Access",
        keywords: &["packagist_"],
        pattern: r"packagist_[ou][ru]t_\h{68}",
        @source "https://packagist.com/docs/composer-authentication";
    }
    {
        code: "postman",
        service: "Postman",
        access: "collections and their variables",
        revoke: "Settings, API keys",
        keywords: &["PMAK-"],
        pattern: r"PMAK-\h{24}-\h{34}",
        @source "https://learning.postman.com/docs/developer/postman-api/authentication/";
    }
    {
        code: "deno-deploy",
        service: "Deno Deploy",
        access: "projects of the user",
        revoke: "Account settings, Access tokens",
        keywords: &["ddp_", "ddw_"],
        pattern: "dd[pw]_[A-Za-z0-9]{36}",
        @source "https://docs.deno.com/deploy/";
    }
    {
        code: "hex-pm",
        service: "Hex",
        access: "publishing packages",
        revoke: "Dashboard, Keys",
        keywords: &["hex_api"],
        pattern: r"hex_api_key\=<\h{32}>",
        @source "https://hex.pm/docs/publish";
    }
    {
        code: "cloudsmith",
        service: "Cloudsmith",
        access: "repositories as the user",
        revoke: "User settings, API key",
        keywords: &["cloudsmith"],
        pattern: r"cloudsmith[\w.-]{0,20}key\=<\h{40}>",
        @source "https://docs.cloudsmith.com/accounts-and-teams/api-key";
    }
    {
        code: "docker-config-auth",
        service: "Registry login (Docker)",
        access: "a registry as the user",
        revoke: "docker logout, then the registry's tokens",
        keywords: &[r#""auth""#],
        pattern: r#""auth"\s{0,8}:\s{0,8}"<[A-Za-z0-9+/]{6,12000}={0,2}>""#,
        check: DockerAuth,
        @source "https://docs.docker.com/reference/cli/docker/login/";
    }
}
