//! Monitoring, logs and quality of code.
//!
//! Sources: each rule's, for its format. Of services without a format of their own, the name beside the value is
//! a part of the pattern.

use super::super::rule::rules;

rules! {
    {
        code: "newrelic",
        service: "New Relic",
        access: "monitoring data as the user",
        revoke: "API keys",
        keywords: &["NRAK-"],
        pattern: "NRAK-[A-Z0-9]{27}",
        @source "https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys/";
    }
    {
        code: "newrelic-insert",
        service: "New Relic",
        access: "sending events",
        revoke: "API keys",
        keywords: &["NRII-"],
        pattern: r"NRII-[\w-]{32}",
        @source "https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys/";
    }
    {
        code: "newrelic-query",
        service: "New Relic",
        access: "reading events",
        revoke: "API keys",
        keywords: &["NRIQ-"],
        pattern: r"NRIQ-[\w-]{32}",
        @source "https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys/";
    }
    {
        code: "newrelic-license",
        service: "New Relic",
        access: "sending data",
        revoke: "API keys",
        keywords: &["NRAL"],
        before: 40,
        pattern: r"\h{32,36}(FFFF)?NRAL",
        @source "https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys/";
    }
    {
        code: "grafana",
        service: "Grafana",
        access: "dashboards and data sources",
        revoke: "Administration, Service accounts",
        keywords: &["glsa_"],
        pattern: "glsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}",
        @source "https://grafana.com/docs/grafana/latest/administration/service-accounts/";
    }
    {
        code: "grafana-cloud",
        service: "Grafana Cloud",
        access: "stacks of the organisation",
        revoke: "Security, Access Policies",
        keywords: &["glc_"],
        pattern: "glc_eyJ[A-Za-z0-9+/]{40,400}={0,2}",
        @source "https://grafana.com/docs/grafana-cloud/security-and-account-management/authentication-and-permissions/access-policies/";
    }
    {
        code: "grafana-api-key",
        service: "Grafana",
        access: "dashboards and data sources",
        revoke: "Administration, API keys",
        keywords: &["eyJrIjoi"],
        pattern: "eyJrIjoi[A-Za-z0-9+/]{60,400}={0,2}",
        @source "https://grafana.com/docs/grafana/latest/administration/service-accounts/migrate-api-keys/";
    }
    {
        code: "dynatrace",
        service: "Dynatrace",
        access: "monitoring data within its scopes",
        revoke: "Access tokens",
        keywords: &["dt0"],
        pattern: r"dt0[a-z]\d\d\.[A-Z0-9]{24}\.[A-Z0-9]{64}",
        @source "https://docs.dynatrace.com/docs/manage/identity-access-management/access-tokens-and-oauth-clients/access-tokens";
    }
    {
        code: "datadog-api",
        service: "Datadog",
        access: "sending data",
        revoke: "Organization settings, API Keys",
        keywords: &["datadog", "DD_API"],
        pattern: r"(datadog_?|dd_)api_?key\=<\h{32}>",
        @source "https://docs.datadoghq.com/account_management/api-app-keys/";
    }
    {
        code: "datadog-app",
        service: "Datadog",
        access: "monitoring data as the user",
        revoke: "Organization settings, Application Keys",
        keywords: &["datadog", "DD_APP"],
        pattern: r"(datadog_?|dd_)app(lication)?_?key\=<\h{40}>",
        @source "https://docs.datadoghq.com/account_management/api-app-keys/";
    }
    {
        code: "sentry-user",
        service: "Sentry",
        access: "issues as the user",
        revoke: "User settings, Personal tokens",
        keywords: &["sntryu_"],
        pattern: r"sntryu_\h{64}",
        @source "https://docs.sentry.io/account/auth-tokens/";
    }
    {
        code: "sentry-organisation",
        service: "Sentry",
        access: "uploads for the organisation",
        revoke: "Settings, Auth Tokens",
        keywords: &["sntrys_"],
        pattern: "sntrys_eyJ[A-Za-z0-9+/=_-]{80,400}",
        @source "https://docs.sentry.io/account/auth-tokens/";
    }
    {
        code: "honeycomb",
        service: "Honeycomb",
        access: "sending or reading events",
        revoke: "Environment settings, API Keys",
        keywords: &["hcai"],
        pattern: r"hcai[ck]_[a-z\d]{58}",
        @source "https://docs.honeycomb.io/configure/environments/manage-api-keys/";
    }
    {
        code: "pagerduty",
        service: "PagerDuty",
        access: "incidents and schedules",
        revoke: "Integrations, API Access Keys",
        keywords: &["pagerduty"],
        pattern: r"pagerduty[\w.-]{0,20}(token|key)\=<(\h{32}|[A-Za-z0-9+_-]{20})>",
        @source "https://support.pagerduty.com/main/docs/api-access-keys";
    }
    {
        code: "opsgenie",
        service: "Opsgenie",
        access: "alerts",
        revoke: "Settings, API key management",
        keywords: &["opsgenie"],
        pattern: r"opsgenie[\w.-]{0,20}key\=<\h{8}-\h{4}-\h{4}-\h{4}-\h{12}>",
        @source "https://support.atlassian.com/opsgenie/docs/api-key-management/";
    }
    {
        code: "rollbar",
        service: "Rollbar",
        access: "errors of the project",
        revoke: "Project settings, Access Tokens",
        keywords: &["rollbar"],
        pattern: r"rollbar[\w.-]{0,20}token\=<\h{32}>",
        @source "https://docs.rollbar.com/docs/access-tokens";
    }
    {
        code: "splunk-hec",
        service: "Splunk",
        access: "sending events",
        revoke: "Settings, Data inputs, HTTP Event Collector",
        keywords: &["splunk"],
        pattern: r"splunk[\w.-]{0,20}token\=<\h{8}-\h{4}-\h{4}-\h{4}-\h{12}>",
        @source "https://docs.splunk.com/Documentation/Splunk/latest/Data/UsetheHTTPEventCollector";
    }
    {
        code: "sonar",
        service: "SonarQube",
        access: "analyses as the user",
        revoke: "My Account, Security",
        keywords: &["squ_", "sqp_", "sqa_"],
        pattern: r"sq[upa]_\h{40}",
        @source "https://docs.sonarsource.com/sonarqube-server/latest/user-guide/managing-tokens/";
    }
    {
        code: "snyk",
        service: "Snyk",
        access: "projects and their vulnerabilities",
        revoke: "Account settings, API Token",
        keywords: &["snyk"],
        pattern: r"snyk[\w.-]{0,20}(token|key)\=<\h{8}-\h{4}-\h{4}-\h{4}-\h{12}>",
        @source "https://docs.snyk.io/snyk-api/authentication-for-api";
    }
    {
        code: "codecov",
        service: "Codecov",
        access: "uploading coverage",
        revoke: "Settings, General",
        keywords: &["codecov"],
        pattern: r"codecov[\w.-]{0,20}token\=<(\h{8}-\h{4}-\h{4}-\h{4}-\h{12}|[A-Za-z0-9]{32})>",
        @source "https://docs.codecov.com/docs/codecov-tokens";
    }
    {
        code: "better-stack",
        service: "Better Stack",
        access: "monitors and logs",
        revoke: "API tokens",
        keywords: &["betterstack", "logtail"],
        pattern: r"(betterstack|logtail)[\w.-]{0,20}token\=<[A-Za-z0-9]{24}>",
        @source "https://betterstack.com/docs/logs/api/getting-started/";
    }
    {
        code: "checkly",
        service: "Checkly",
        access: "checks of the account",
        revoke: "User settings, API keys",
        keywords: &["checkly"],
        pattern: r"checkly[\w.-]{0,20}key\=<cu_\h{32}>",
        @source "https://www.checklyhq.com/docs/accounts-and-users/creating-api-key/";
    }
    {
        code: "logzio",
        service: "Logz.io",
        access: "sending or reading logs",
        revoke: "Settings, Manage tokens",
        keywords: &["logz"],
        pattern: r"logz_?io[\w.-]{0,20}token\=<([A-Za-z]{32}|\h{8}-\h{4}-\h{4}-\h{4}-\h{12})>",
        check: Present,
        @source "https://docs.logz.io/docs/user-guide/admin/authentication-tokens/api-tokens/";
    }
    {
        code: "uptimerobot",
        service: "UptimeRobot",
        access: "monitors",
        revoke: "Integrations & API",
        keywords: &["uptimerobot"],
        pattern: r"uptimerobot[\w.-]{0,20}key\=<[um]\d{6,9}-\h{24}>",
        @source "https://uptimerobot.com/api/";
    }
}
