//! Source forges: hosts of repositories.
//!
//! Sources: each rule's, for its format. Of services without a format of their own, the name beside the value is
//! a part of the pattern.

use super::super::rule::rules;

rules! {
    {
        code: "github-token",
        service: "GitHub",
        access: "repositories and settings within its scopes",
        revoke: "Settings, Developer settings, Personal access tokens",
        keywords: &["ghp_"],
        pattern: "ghp_[A-Za-z0-9]{36}",
        check: Checksum,
        @source "https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github";
    }
    {
        code: "github-oauth",
        service: "GitHub",
        access: "what the user granted to an OAuth app",
        revoke: "Settings, Applications, Authorized OAuth Apps",
        keywords: &["gho_"],
        pattern: "gho_[A-Za-z0-9]{36}",
        check: Checksum,
        @source "https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github";
    }
    {
        code: "github-app-user",
        service: "GitHub",
        access: "what the user granted to a GitHub App",
        revoke: "Settings, Applications, Authorized GitHub Apps",
        keywords: &["ghu_"],
        pattern: "ghu_[A-Za-z0-9]{36}",
        check: Checksum,
        @source "https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github";
    }
    {
        code: "github-app-server",
        service: "GitHub",
        access: "repositories of an App's installation, for an hour",
        revoke: "the App's settings, Private keys",
        keywords: &["ghs_"],
        pattern: "ghs_[A-Za-z0-9]{36}",
        check: Checksum,
        @source "https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github";
    }
    {
        code: "github-refresh",
        service: "GitHub",
        access: "new tokens of a GitHub App",
        revoke: "Settings, Applications, Authorized GitHub Apps",
        keywords: &["ghr_"],
        pattern: "ghr_[A-Za-z0-9]{36}",
        check: Checksum,
        @source "https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github";
    }
    {
        code: "github-fine-grained",
        service: "GitHub",
        access: "repositories that were chosen for it",
        revoke: "Settings, Developer settings, Fine-grained tokens",
        keywords: &["github_pat_"],
        pattern: "github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}",
        @source "https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github";
    }
    {
        code: "gitlab-token",
        service: "GitLab",
        access: "projects and groups within its scopes",
        revoke: "Preferences, Access tokens",
        keywords: &["glpat-"],
        pattern: r"glpat-([\w-]{27,300}\.[a-z\d]{2}\.[a-z\d]{9}|[\w-]{20})",
        @source "https://docs.gitlab.com/security/tokens/";
    }
    {
        code: "gitlab-runner",
        service: "GitLab",
        access: "jobs of a runner, with their secrets",
        revoke: "Settings, CI/CD, Runners",
        keywords: &["glrt-"],
        pattern: r"glrt-(t\d_)?([\w-]{27,300}\.[a-z\d]{2}\.[a-z\d]{9}|[\w-]{20})",
        @source "https://docs.gitlab.com/security/tokens/";
    }
    {
        code: "gitlab-runner-registration",
        service: "GitLab",
        access: "registering runners, which get jobs with their secrets",
        revoke: "Settings, CI/CD, Runners",
        keywords: &["GR1348941"],
        pattern: r"GR1348941[\w-]{20}",
        @source "https://docs.gitlab.com/security/tokens/";
    }
    {
        code: "gitlab-deploy",
        service: "GitLab",
        access: "a project's code and registry",
        revoke: "Settings, Repository, Deploy tokens",
        keywords: &["gldt-"],
        pattern: r"gldt-[\w-]{20}",
        @source "https://docs.gitlab.com/security/tokens/";
    }
    {
        code: "gitlab-trigger",
        service: "GitLab",
        access: "starting pipelines",
        revoke: "Settings, CI/CD, Pipeline trigger tokens",
        keywords: &["glptt-"],
        pattern: r"glptt-\h{40}",
        @source "https://docs.gitlab.com/security/tokens/";
    }
    {
        code: "gitlab-feed",
        service: "GitLab",
        access: "a user's feeds and calendars",
        revoke: "Preferences, Access tokens",
        keywords: &["glft-"],
        pattern: r"glft-[\w-]{20}",
        @source "https://docs.gitlab.com/security/tokens/";
    }
    {
        code: "gitlab-incoming-mail",
        service: "GitLab",
        access: "creating issues by mail",
        revoke: "Preferences, Access tokens",
        keywords: &["glimt-"],
        pattern: r"glimt-[\w-]{25}",
        @source "https://docs.gitlab.com/security/tokens/";
    }
    {
        code: "gitlab-agent",
        service: "GitLab",
        access: "a cluster's agent",
        revoke: "the agent's page, Access tokens",
        keywords: &["glagent-"],
        pattern: r"glagent-[\w-]{50}",
        @source "https://docs.gitlab.com/security/tokens/";
    }
    {
        code: "gitlab-oauth-secret",
        service: "GitLab",
        access: "logins of an OAuth application",
        revoke: "Preferences, Applications",
        keywords: &["gloas-"],
        pattern: r"gloas-\h{64}",
        @source "https://docs.gitlab.com/security/tokens/";
    }
    {
        code: "gitlab-job",
        service: "GitLab",
        access: "a project, while the job runs",
        revoke: "it ends with its job",
        keywords: &["glcbt-"],
        pattern: r"glcbt-\h{1,5}_[\w-]{20}",
        @source "https://docs.gitlab.com/security/tokens/";
    }
    {
        code: "gitlab-scim",
        service: "GitLab",
        access: "users of a group",
        revoke: "Settings, SAML SSO",
        keywords: &["glsoat-"],
        pattern: r"glsoat-[\w-]{20}",
        @source "https://docs.gitlab.com/security/tokens/";
    }
    {
        code: "gitlab-feature-flags",
        service: "GitLab",
        access: "feature flags of a project",
        revoke: "Deploy, Feature flags",
        keywords: &["glffct-"],
        pattern: r"glffct-[\w-]{20}",
        @source "https://docs.gitlab.com/security/tokens/";
    }
    {
        code: "bitbucket-app-password",
        service: "Bitbucket",
        access: "repositories within its permissions",
        revoke: "Personal settings, App passwords",
        keywords: &["ATBB"],
        pattern: "ATBB[A-Za-z0-9]{32}",
        @source "https://support.atlassian.com/bitbucket-cloud/docs/app-passwords/";
    }
    {
        code: "bitbucket-access-token",
        service: "Bitbucket",
        access: "a repository, project or workspace",
        revoke: "Repository settings, Access tokens",
        keywords: &["ATCTT3"],
        pattern: "ATCTT3[A-Za-z0-9+/=_-]{150,220}",
        @source "https://support.atlassian.com/bitbucket-cloud/docs/access-tokens/";
    }
    {
        code: "atlassian-api-token",
        service: "Atlassian",
        access: "Jira, Confluence and Bitbucket as the user",
        revoke: "Account settings, Security, API tokens",
        keywords: &["ATATT3"],
        pattern: "ATATT3[A-Za-z0-9+/=_-]{150,220}",
        @source "https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account/";
    }
    {
        code: "sourcegraph",
        service: "Sourcegraph",
        access: "code search as the user",
        revoke: "Settings, Access tokens",
        keywords: &["sgp_"],
        pattern: r"sgp_((\h{16}|local)_)?\h{40}",
        @source "https://sourcegraph.com/docs/cli/how-tos/creating_an_access_token";
    }
    {
        code: "azure-devops",
        service: "Azure DevOps",
        access: "repositories and pipelines within its scopes",
        revoke: "User settings, Personal access tokens",
        keywords: &["AZDO"],
        before: 76,
        pattern: "[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}",
        @source "https://learn.microsoft.com/azure/devops/organizations/accounts/use-personal-access-tokens-to-authenticate";
    }
    {
        code: "gitea",
        service: "Gitea",
        access: "repositories within its scopes",
        revoke: "Settings, Applications",
        keywords: &["gitea"],
        pattern: r"gitea[\w.-]{0,20}(token|key)\=<\h{40}>",
        @source "https://docs.gitea.com/development/api-usage";
    }
}
