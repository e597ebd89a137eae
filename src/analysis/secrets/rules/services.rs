//! Other services: identity, documents, maps, content.
//!
//! Sources: each rule's, for its format. Of services without a format of their own, the name beside the value is
//! a part of the pattern.

use super::super::rule::rules;

rules! {
    {
        code: "okta",
        service: "Okta",
        access: "users and applications",
        revoke: "Security, API, Tokens",
        keywords: &["okta"],
        pattern: r"okta[\w.-]{0,30}\=<00[\w-]{40}>",
        @source "https://developer.okta.com/docs/guides/create-an-api-token/main/";
    }
    {
        code: "okta-ssws",
        service: "Okta",
        access: "users and applications",
        revoke: "Security, API, Tokens",
        keywords: &["SSWS"],
        pattern: r"SSWS\s<00[\w-]{40}>",
        @source "https://developer.okta.com/docs/guides/create-an-api-token/main/";
    }
    {
        code: "auth0",
        service: "Auth0",
        access: "logins of the application",
        revoke: "Applications, Settings, Rotate secret",
        keywords: &["auth0"],
        pattern: r"auth0[\w.-]{0,20}secret\=<[\w-]{64}>",
        @source "https://auth0.com/docs/secure/application-credentials";
    }
    {
        code: "stytch",
        service: "Stytch",
        access: "users of the project",
        revoke: "API keys",
        keywords: &["secret-live-"],
        pattern: r"secret-live-[\w-]{30,40}=",
        @source "https://stytch.com/docs/api/authentication";
    }
    {
        code: "django-secret-key",
        service: "Django",
        access: "forging sessions and signed links of the application",
        revoke: "set another SECRET_KEY; SECRET_KEY_FALLBACKS keeps sessions",
        keywords: &["SECRET_KEY"],
        pattern: r#"SECRET_KEY\s{0,2}=\s{0,2}["']<[a-z\d!@#$%^&*(_=+)-]{50}>["']"#,
        check: Hash,
        @source "https://docs.djangoproject.com/en/stable/ref/settings/#secret-key";
        @silent ["SECRET_KEY = 'django-insecure-a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6q7r8s9t0u1v2w3x4y5'"];
    }
    {
        code: "airtable",
        service: "Airtable",
        access: "bases within its scopes",
        revoke: "Builder Hub, Personal access tokens",
        keywords: &["pat"],
        pattern: r"pat[A-Za-z0-9]{14}\.\h{64}",
        @source "https://airtable.com/developers/web/guides/personal-access-tokens";
    }
    {
        code: "airtable-legacy",
        service: "Airtable",
        access: "all bases of the user",
        revoke: "Account, API key",
        keywords: &["airtable"],
        pattern: r"airtable[\w.-]{0,20}key\=<key[A-Za-z0-9]{14}>",
        @source "https://airtable.com/developers/web/api/authentication";
    }
    {
        code: "notion",
        service: "Notion",
        access: "pages shared with the integration",
        revoke: "My integrations",
        keywords: &["ntn_"],
        pattern: r"ntn_\d{8,12}[A-Za-z0-9]{34,36}",
        @source "https://developers.notion.com/docs/authorization";
    }
    {
        code: "notion-legacy",
        service: "Notion",
        access: "pages shared with the integration",
        revoke: "My integrations",
        keywords: &["notion"],
        pattern: r"notion[\w.-]{0,20}(token|key|secret)\=<secret_[A-Za-z0-9]{43}>",
        @source "https://developers.notion.com/docs/authorization";
    }
    {
        code: "linear",
        service: "Linear",
        access: "issues as the user",
        revoke: "Settings, Security & access",
        keywords: &["lin_api_"],
        pattern: "lin_api_[A-Za-z0-9]{40}",
        @source "https://linear.app/developers/graphql";
    }
    {
        code: "linear-oauth",
        service: "Linear",
        access: "issues as the user",
        revoke: "Settings, Applications",
        keywords: &["lin_oauth_"],
        pattern: r"lin_oauth_\h{64}",
        @source "https://linear.app/developers/oauth-2-0-authentication";
    }
    {
        code: "asana",
        service: "Asana",
        access: "tasks as the user",
        revoke: "Developer console, Personal access tokens",
        keywords: &["asana"],
        pattern: r"asana[\w.-]{0,20}(token|pat)\=<[012]/\d{10,20}(/\d{10,20})?:\h{32}>",
        @source "https://developers.asana.com/docs/personal-access-token";
    }
    {
        code: "figma",
        service: "Figma",
        access: "files as the user",
        revoke: "Settings, Security, Personal access tokens",
        keywords: &["figd_"],
        pattern: r"figd_[\w-]{40}",
        @source "https://www.figma.com/developers/api#access-tokens";
    }
    {
        code: "clickup",
        service: "ClickUp",
        access: "tasks as the user",
        revoke: "Settings, Apps",
        keywords: &["pk_"],
        pattern: r"pk_\d{5,10}_[A-Z0-9]{32}",
        @source "https://developer.clickup.com/docs/authentication";
    }
    {
        code: "dropbox",
        service: "Dropbox",
        access: "files, for some hours",
        revoke: "Connected apps",
        keywords: &["sl."],
        pattern: r"sl\.(u\.)?[\w-]{130,1400}",
        @source "https://www.dropbox.com/developers/documentation/http/documentation";
    }
    {
        code: "typeform",
        service: "Typeform",
        access: "forms and responses",
        revoke: "Account, Personal tokens",
        keywords: &["tfp_"],
        pattern: "tfp_[A-Za-z0-9_.=-]{55,65}",
        @source "https://www.typeform.com/developers/get-started/personal-access-token/";
    }
    {
        code: "contentful",
        service: "Contentful",
        access: "content and spaces",
        revoke: "Account settings, CMA tokens",
        keywords: &["CFPAT-"],
        pattern: r"CFPAT-[\w-]{43}",
        @source "https://www.contentful.com/developers/docs/references/authentication/";
    }
    {
        code: "mapbox",
        service: "Mapbox",
        access: "maps, at the account's cost",
        revoke: "Account, Access tokens",
        keywords: &["sk.eyJ"],
        pattern: r"sk\.eyJ[\w-]{60,120}\.[\w-]{20,24}",
        @source "https://docs.mapbox.com/help/dive-deeper/access-tokens/";
    }
    {
        code: "posthog",
        service: "PostHog",
        access: "events as the user",
        revoke: "Settings, Personal API keys",
        keywords: &["phx_"],
        pattern: "phx_[A-Za-z0-9]{43,50}",
        @source "https://posthog.com/docs/api";
    }
    {
        code: "launchdarkly",
        service: "LaunchDarkly",
        access: "feature flags",
        revoke: "Project settings, Environments",
        keywords: &["sdk-"],
        pattern: r"sdk-\h{8}-\h{4}-\h{4}-\h{4}-\h{12}",
        @source "https://launchdarkly.com/docs/home/account/api";
    }
    {
        code: "hubspot",
        service: "HubSpot",
        access: "contacts and deals",
        revoke: "Settings, Private apps",
        keywords: &["pat-"],
        pattern: r"pat-(na|eu|ap)\d-\h{8}-\h{4}-\h{4}-\h{4}-\h{12}",
        @source "https://developers.hubspot.com/docs/guides/apps/private-apps/overview";
    }
    {
        code: "salesforce",
        service: "Salesforce",
        access: "the organisation as the user",
        revoke: "Setup, Session Management",
        keywords: &["00D"],
        pattern: r"00D[A-Za-z0-9]{12,15}![\w.]{80,140}",
        @source "https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_flows.htm";
    }
    {
        code: "intercom",
        service: "Intercom",
        access: "conversations and contacts",
        revoke: "Developer Hub, Authentication",
        keywords: &["intercom"],
        pattern: r"intercom[\w.-]{0,20}token\=<dG9r[A-Za-z0-9+/]{54}=?=?>",
        @source "https://developers.intercom.com/docs/build-an-integration/learn-more/authentication";
    }
    {
        code: "zendesk",
        service: "Zendesk",
        access: "tickets as the user",
        revoke: "Admin Center, API tokens",
        keywords: &["zendesk"],
        pattern: r"zendesk[\w.-]{0,20}(token|key)\=<[A-Za-z0-9]{40}>",
        @source "https://developer.zendesk.com/api-reference/introduction/security-and-auth/";
    }
    {
        code: "miro",
        service: "Miro",
        access: "boards",
        revoke: "Profile settings, Your apps",
        keywords: &["miro"],
        pattern: r"miro[\w.-]{0,20}token\=<eyJ[\w.-]{40,200}>",
        @source "https://developers.miro.com/docs/getting-started-with-oauth";
    }
    {
        code: "todoist",
        service: "Todoist",
        access: "tasks as the user",
        revoke: "Settings, Integrations",
        keywords: &["todoist"],
        pattern: r"todoist[\w.-]{0,20}(token|key)\=<\h{40}>",
        @source "https://developer.todoist.com/";
    }
    {
        code: "readme",
        service: "ReadMe",
        access: "documentation of the project",
        revoke: "Configuration, API Keys",
        keywords: &["rdme_"],
        pattern: r"rdme_[a-z\d]{70}",
        @source "https://docs.readme.com/main/reference/authentication";
    }
    {
        code: "frameio",
        service: "Frame.io",
        access: "videos as the user",
        revoke: "Developer, Tokens",
        keywords: &["fio-u-"],
        pattern: r"fio-u-[\w=-]{64}",
        @source "https://developer.adobe.com/frameio/guides/";
    }
    {
        code: "adobe-client-secret",
        service: "Adobe",
        access: "the project's APIs",
        revoke: "Developer Console, Credentials",
        keywords: &["p8e-"],
        pattern: "p8e-[A-Za-z0-9-]{32}",
        @source "https://developer.adobe.com/developer-console/docs/guides/authentication/";
    }
}
