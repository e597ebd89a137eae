//! Builds, deployment and infrastructure: CI services, secret managers, networks.
//!
//! Sources: each rule's, for its format. Of services without a format of their own, the name beside the value is
//! a part of the pattern.

use super::super::rule::rules;

rules! {
    {
        code: "circleci-personal",
        service: "CircleCI",
        access: "projects as the user, with their secrets",
        revoke: "User settings, Personal API tokens",
        keywords: &["CCIPAT_"],
        pattern: r"CCIPAT_[A-Za-z0-9]{22}_\h{40}",
        @source "https://circleci.com/docs/guides/toolkit/managing-api-tokens/";
    }
    {
        code: "circleci-project",
        service: "CircleCI",
        access: "a project's builds",
        revoke: "Project settings, API permissions",
        keywords: &["CCIPRJ_"],
        pattern: r"CCIPRJ_[A-Za-z0-9]{22}_\h{40}",
        @source "https://circleci.com/docs/guides/toolkit/managing-api-tokens/";
    }
    {
        code: "buildkite-api",
        service: "Buildkite",
        access: "pipelines and builds",
        revoke: "Personal settings, API access tokens",
        keywords: &["bkua_"],
        pattern: r"bkua_[a-z\d]{40}",
        @source "https://buildkite.com/docs/apis/managing-api-tokens";
    }
    {
        code: "buildkite-agent",
        service: "Buildkite",
        access: "jobs with their secrets",
        revoke: "Agents, Clusters, Agent tokens",
        keywords: &["bkct_"],
        pattern: "bkct_[A-Za-z0-9_-]{40,120}",
        @source "https://buildkite.com/docs/agent/v3/tokens";
    }
    {
        code: "harness",
        service: "Harness",
        access: "pipelines and secrets",
        revoke: "Profile, API keys",
        keywords: &["pat.", "sat."],
        pattern: r"(pat|sat)\.[\w-]{22}\.\h{24}\.[A-Za-z0-9]{20}",
        @source "https://developer.harness.io/docs/platform/automation/api/add-and-manage-api-keys/";
    }
    {
        code: "jenkins",
        service: "Jenkins",
        access: "jobs as the user",
        revoke: "the user's Security page, API token",
        keywords: &["jenkins"],
        pattern: r"jenkins[\w.-]{0,20}(token|key)\=<11\h{32}>",
        @source "https://www.jenkins.io/doc/book/system-administration/authenticating-scripted-clients/";
    }
    {
        code: "octopus-deploy",
        service: "Octopus Deploy",
        access: "deployments as the user",
        revoke: "Profile, My API keys",
        keywords: &["octopus"],
        pattern: r"octopus[\w.-]{0,30}\=<API-[A-Z0-9]{25,32}>",
        @source "https://octopus.com/docs/octopus-rest-api/how-to-create-an-api-key";
    }
    {
        code: "terraform-cloud",
        service: "HCP Terraform",
        access: "workspaces, their variables and state",
        revoke: "User settings, Tokens",
        keywords: &[".atlasv1."],
        before: 14,
        pattern: r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,70}",
        @source "https://developer.hashicorp.com/terraform/cloud-docs/users-teams-organizations/api-tokens";
    }
    {
        code: "pulumi",
        service: "Pulumi Cloud",
        access: "stacks and their secrets",
        revoke: "Personal access tokens",
        keywords: &["pul-"],
        pattern: r"pul-\h{40}",
        @source "https://www.pulumi.com/docs/pulumi-cloud/access-management/access-tokens/";
    }
    {
        code: "vault",
        service: "HashiCorp Vault",
        access: "secrets, as its policies allow",
        revoke: "vault token revoke",
        keywords: &["hvs."],
        pattern: r"hvs\.[\w-]{24,200}",
        @source "https://developer.hashicorp.com/vault/docs/concepts/tokens";
    }
    {
        code: "vault-batch",
        service: "HashiCorp Vault",
        access: "secrets, as its policies allow",
        revoke: "vault lease revoke",
        keywords: &["hvb."],
        pattern: r"hvb\.[\w-]{100,400}",
        @source "https://developer.hashicorp.com/vault/docs/concepts/tokens";
    }
    {
        code: "vault-recovery",
        service: "HashiCorp Vault",
        access: "recovery mode",
        revoke: "vault operator rekey",
        keywords: &["hvr."],
        pattern: r"hvr\.[\w-]{24,200}",
        @source "https://developer.hashicorp.com/vault/docs/concepts/tokens";
    }
    {
        code: "vault-legacy",
        service: "HashiCorp Vault",
        access: "secrets, as its policies allow",
        revoke: "vault token revoke",
        keywords: &["vault"],
        pattern: r"vault[\w.-]{0,20}token\=<s\.[A-Za-z0-9]{24}>",
        @source "https://developer.hashicorp.com/vault/docs/concepts/tokens";
    }
    {
        code: "doppler",
        service: "Doppler",
        access: "a project's secrets",
        revoke: "the project's Access tab",
        keywords: &["dp."],
        pattern: r"dp\.(pt|st|ct|sa|scim|audit)(\.[a-z\d_-]{2,35})?\.[A-Za-z0-9]{40,44}",
        @source "https://docs.doppler.com/reference/auth-token-formats";
    }
    {
        code: "infisical",
        service: "Infisical",
        access: "a project's secrets",
        revoke: "the project's Access control",
        keywords: &["st."],
        pattern: r"st\.\h{24}\.\h{32}\.\h{32}",
        @source "https://infisical.com/docs/documentation/platform/token";
    }
    {
        code: "onepassword-service",
        service: "1Password",
        access: "vaults that were shared with the account",
        revoke: "Developer, Service accounts",
        keywords: &["ops_eyJ"],
        pattern: r"ops_eyJ[\w-]{200,1500}={0,2}",
        @source "https://developer.1password.com/docs/service-accounts/";
    }
    {
        code: "onepassword-secret-key",
        service: "1Password",
        access: "an account, with its password",
        revoke: "Profile, Regenerate Secret Key",
        keywords: &["A3-"],
        pattern: "A3-[A-Z0-9]{6}-[A-Z0-9]{5,11}-[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}(-[A-Z0-9]{5})?",
        @source "https://support.1password.com/secret-key-security/";
    }
    {
        code: "age-key",
        service: "age",
        access: "files encrypted for it, as by SOPS",
        revoke: "make a new key and encrypt again",
        keywords: &["AGE-SECRET-KEY-"],
        pattern: "AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}",
        @source "https://github.com/FiloSottile/age#readme";
    }
    {
        code: "age-plugin-key",
        service: "age",
        access: "files encrypted for it",
        revoke: "make a new key and encrypt again",
        keywords: &["AGE-SECRET-KEY-PQ-"],
        pattern: "AGE-SECRET-KEY-PQ-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}",
        @source "https://github.com/FiloSottile/age#readme";
    }
    {
        code: "tailscale",
        service: "Tailscale",
        access: "the network, or its API",
        revoke: "Settings, Keys",
        keywords: &["tskey-"],
        pattern: "tskey-(auth|api|client|scim|webhook)-[A-Za-z0-9]{8,24}-[A-Za-z0-9]{20,48}",
        @source "https://tailscale.com/kb/1277/key-prefixes";
    }
    {
        code: "ngrok",
        service: "ngrok",
        access: "tunnels of the account",
        revoke: "Your Authtoken",
        keywords: &["ngrok"],
        pattern: r"ngrok[\w.-]{0,20}token\=<[12][A-Za-z0-9]{26,27}_[A-Za-z0-9]{20,22}>",
        @source "https://ngrok.com/docs/agent/config/";
    }
    {
        code: "cloudflare-api",
        service: "Cloudflare",
        access: "zones and accounts within its permissions",
        revoke: "My Profile, API Tokens",
        keywords: &["cloudflare"],
        pattern: r"cloudflare[\w.-]{0,20}(token|key)\=<[\w-]{40}>",
        @source "https://developers.cloudflare.com/fundamentals/api/get-started/create-token/";
    }
    {
        code: "cloudflare-api-short",
        service: "Cloudflare",
        access: "zones and accounts within its permissions",
        revoke: "My Profile, API Tokens",
        keywords: &["CF_API"],
        pattern: r"cf_api_(token|key)\=<([\w-]{40}|\h{37})>",
        @source "https://developers.cloudflare.com/fundamentals/api/get-started/create-token/";
    }
    {
        code: "cloudflare-origin-ca",
        service: "Cloudflare",
        access: "origin certificates",
        revoke: "My Profile, API Tokens, Origin CA Key",
        keywords: &["v1.0-"],
        pattern: r"v1\.0-\h{24}-\h{146}",
        @source "https://developers.cloudflare.com/fundamentals/api/get-started/ca-keys/";
    }
    {
        code: "fastly",
        service: "Fastly",
        access: "services of the account",
        revoke: "Account, API tokens",
        keywords: &["fastly"],
        pattern: r"fastly[\w.-]{0,20}(token|key)\=<[\w-]{32}>",
        @source "https://www.fastly.com/documentation/reference/api/auth-tokens/";
    }
    {
        code: "netlify",
        service: "Netlify",
        access: "sites as the user",
        revoke: "User settings, Applications",
        keywords: &["nfp_"],
        pattern: "nfp_[A-Za-z0-9_]{36}",
        @source "https://docs.netlify.com/api/get-started/";
    }
    {
        code: "heroku",
        service: "Heroku",
        access: "apps and their configuration",
        revoke: "Account settings, API Key",
        keywords: &["HRKU-"],
        pattern: r"HRKU-[\w-]{60}",
        @source "https://devcenter.heroku.com/articles/authentication";
    }
    {
        code: "heroku-legacy",
        service: "Heroku",
        access: "apps and their configuration",
        revoke: "Account settings, API Key",
        keywords: &["heroku"],
        pattern: r"heroku[\w.-]{0,20}(key|token)\=<\h{8}-\h{4}-\h{4}-\h{4}-\h{12}>",
        @source "https://devcenter.heroku.com/articles/authentication";
    }
    {
        code: "fly-io",
        service: "Fly.io",
        access: "apps of the organisation",
        revoke: "fly tokens revoke",
        keywords: &["fm2_", "fm1a_", "fm1r_"],
        pattern: "(fm2|fm1a|fm1r)_[A-Za-z0-9+/]{100,1000}={0,3}",
        @source "https://fly.io/docs/security/tokens/";
    }
    {
        code: "render",
        service: "Render",
        access: "services of the account",
        revoke: "Account settings, API Keys",
        keywords: &["rnd_"],
        pattern: "rnd_[A-Za-z0-9]{28,36}",
        @source "https://render.com/docs/api";
    }
    {
        code: "vercel",
        service: "Vercel",
        access: "projects as the user",
        revoke: "Account settings, Tokens",
        keywords: &["vercel"],
        pattern: r"vercel[\w.-]{0,20}token\=<[A-Za-z0-9]{24}>",
        @source "https://vercel.com/docs/rest-api";
    }
    {
        code: "scalr",
        service: "Scalr",
        access: "workspaces and state",
        revoke: "Profile, API tokens",
        keywords: &["scalr"],
        pattern: r"scalr[\w.-]{0,20}token\=<[\w.-]{60,400}>",
        @source "https://docs.scalr.io/docs/api-overview";
    }
    {
        code: "akamai",
        service: "Akamai",
        access: "the API client's services",
        revoke: "Identity and access, API client",
        keywords: &["client_token"],
        pattern: r"client_token\=<akab-[\w-]{16}-[\w-]{16}>",
        @source "https://techdocs.akamai.com/developer/docs/set-up-authentication-credentials";
    }
    {
        code: "netbird",
        service: "NetBird",
        access: "joining the network",
        revoke: "Setup keys",
        keywords: &["netbird"],
        pattern: r"netbird[\w.-]{0,20}key\=<[A-F0-9]{8}-[A-F0-9]{4}-[A-F0-9]{4}-[A-F0-9]{4}-[A-F0-9]{12}>",
        @source "https://docs.netbird.io/how-to/register-machines-using-setup-keys";
    }
}
