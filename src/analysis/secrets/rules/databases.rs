//! Databases as a service, and data platforms.
//!
//! Sources: each rule's, for its format. Of services without a format of their own, the name beside the value is
//! a part of the pattern.

use super::super::rule::rules;

rules! {
    {
        code: "planetscale",
        service: "PlanetScale",
        access: "databases of the organisation",
        revoke: "Settings, Service tokens",
        keywords: &["pscale_tkn_"],
        pattern: r"pscale_tkn_[\w=.-]{32,64}",
        @source "https://planetscale.com/docs/api/reference/service-tokens";
    }
    {
        code: "planetscale-password",
        service: "PlanetScale",
        access: "a database",
        revoke: "Settings, Passwords",
        keywords: &["pscale_pw_"],
        pattern: r"pscale_pw_[\w=.-]{32,64}",
        @source "https://planetscale.com/docs/vitess/connecting/connection-strings";
    }
    {
        code: "planetscale-oauth",
        service: "PlanetScale",
        access: "what the user granted",
        revoke: "Settings, OAuth",
        keywords: &["pscale_oauth_"],
        pattern: r"pscale_oauth_[\w=.-]{32,64}",
        @source "https://planetscale.com/docs/api/reference/oauth";
    }
    {
        code: "supabase-pat",
        service: "Supabase",
        access: "all projects of the user",
        revoke: "Account, Access Tokens",
        keywords: &["sbp_"],
        pattern: r"sbp_(v0_)?\h{40}",
        @source "https://supabase.com/docs/reference/api/introduction";
    }
    {
        code: "supabase-secret",
        service: "Supabase",
        access: "all data, past row level security",
        revoke: "Settings, API Keys",
        keywords: &["sb_secret_"],
        pattern: r"sb_secret_[\w-]{22}_[\w-]{8}",
        @source "https://supabase.com/docs/guides/api/api-keys";
    }
    {
        code: "neon",
        service: "Neon",
        access: "databases of the account",
        revoke: "Account settings, API keys",
        keywords: &["napi_"],
        pattern: r"napi_[a-z\d]{64}",
        @source "https://neon.com/docs/manage/api-keys";
    }
    {
        code: "aiven-password",
        service: "Aiven",
        access: "a service's data",
        revoke: "Service, Users, Reset password",
        keywords: &["AVNS_"],
        pattern: r"AVNS_[\w-]{19}",
        @source "https://aiven.io/docs/products/postgresql/howto/connect-psql";
    }
    {
        code: "mongodb-atlas",
        service: "MongoDB Atlas",
        access: "projects of the service account",
        revoke: "Access Manager, Service Accounts",
        keywords: &["mdb_sa_sk_"],
        pattern: r"mdb_sa_sk_[\w-]{40}",
        @source "https://www.mongodb.com/docs/atlas/configure-api-access/";
    }
    {
        code: "databricks",
        service: "Databricks",
        access: "workspaces as the user",
        revoke: "Settings, Developer, Access tokens",
        keywords: &["dapi"],
        pattern: r"dapi\h{32}(-\d)?",
        @source "https://docs.databricks.com/aws/en/dev-tools/auth/pat";
    }
    {
        code: "databricks-secret",
        service: "Databricks",
        access: "what the service principal may do",
        revoke: "Account console, Service principals",
        keywords: &["dose"],
        pattern: r"dose\h{32}",
        @source "https://docs.databricks.com/aws/en/dev-tools/auth/oauth-m2m";
    }
    {
        code: "snowflake",
        service: "Snowflake",
        access: "data as the user",
        revoke: "ALTER USER … REMOVE PROGRAMMATIC ACCESS TOKEN",
        keywords: &["snowflake"],
        pattern: r#"snowflake[\w.-]{0,20}(password|pwd)\=<[^\s"'`]{8,200}>"#,
        check: Password,
        @source "https://docs.snowflake.com/en/user-guide/programmatic-access-tokens";
    }
    {
        code: "confluent",
        service: "Confluent Cloud",
        access: "Kafka clusters",
        revoke: "API keys",
        keywords: &["confluent"],
        pattern: r"confluent[\w.-]{0,20}secret\=<(cflt)?[A-Za-z0-9+/]{60,64}>",
        @source "https://docs.confluent.io/cloud/current/security/authenticate/workload-identities/service-accounts/api-keys/overview.html";
    }
    {
        code: "influxdb",
        service: "InfluxDB",
        access: "buckets of the organisation",
        revoke: "Load Data, API Tokens",
        keywords: &["influx"],
        pattern: r"influx[\w.-]{0,20}token\=<[\w-]{86}==>",
        @source "https://docs.influxdata.com/influxdb/v2/admin/tokens/";
    }
    {
        code: "algolia",
        service: "Algolia",
        access: "indexes of the application",
        revoke: "Settings, API Keys",
        keywords: &["algolia"],
        pattern: r"algolia[\w.-]{0,20}admin[\w.-]{0,20}\=<\h{32}>",
        @source "https://www.algolia.com/doc/guides/security/api-keys/";
    }
    {
        code: "elastic-cloud",
        service: "Elastic Cloud",
        access: "deployments of the organisation",
        revoke: "Organization, API keys",
        keywords: &["essu_"],
        pattern: "essu_[A-Za-z0-9+/]{40,120}={0,2}",
        @source "https://www.elastic.co/docs/deploy-manage/api-keys/elastic-cloud-api-keys";
    }
    {
        code: "xata",
        service: "Xata",
        access: "databases of the account",
        revoke: "Account settings, API keys",
        keywords: &["xau_"],
        pattern: "xau_[A-Za-z0-9]{30,46}",
        @source "https://xata.io/docs/concepts/api-keys";
    }
    {
        code: "prisma",
        service: "Prisma",
        access: "a database through Accelerate",
        revoke: "Console, API keys",
        keywords: &["prisma-data.net"],
        before: 40,
        pattern: r"prisma(\+postgres)?://[\w.-]{0,40}prisma-data\.net/\?api_key=<eyJ[\w.-]{60,400}>",
        @source "https://www.prisma.io/docs/accelerate";
    }
    {
        code: "upstash",
        service: "Upstash",
        access: "a Redis database",
        revoke: "Console, Details, Reset",
        keywords: &["upstash"],
        pattern: r"upstash[\w.-]{0,30}token\=<A[\w-]{40,120}={0,2}>",
        @source "https://upstash.com/docs/redis/features/restapi";
    }
    {
        code: "dbt-cloud",
        service: "dbt Cloud",
        access: "jobs and models",
        revoke: "Account settings, Service tokens",
        keywords: &["dbt"],
        pattern: r"dbt[scu]_[\w=-]{40,60}",
        @source "https://docs.getdbt.com/docs/dbt-cloud-apis/authentication";
    }
}
