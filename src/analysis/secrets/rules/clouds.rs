//! Clouds: providers of machines, storage and functions.
//!
//! Sources: each rule's, for its format. Of services without a format of their own, the name beside the value is
//! a part of the pattern.

use super::super::rule::rules;

rules! {
    {
        code: "aws-access-key",
        service: "AWS",
        access: "the account, as the user's policies allow",
        revoke: "IAM, Users, Security credentials",
        keywords: &["AKIA"],
        pattern: "AKIA[A-Z2-7]{16}",
        check: Pair(r"[A-Za-z0-9/+]{40}"),
        @source "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html";
    }
    {
        code: "aws-temporary-key",
        service: "AWS",
        access: "the account, until the session ends",
        revoke: "IAM, Roles, Revoke sessions",
        keywords: &["ASIA"],
        pattern: "ASIA[A-Z2-7]{16}",
        check: Pair(r"[A-Za-z0-9/+]{40}"),
        @source "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html";
    }
    {
        code: "aws-bedrock",
        service: "AWS Bedrock",
        access: "models of the account",
        revoke: "IAM, Users, Security credentials",
        keywords: &["ABSK"],
        pattern: "ABSK[A-Za-z0-9+/]{100,270}={0,2}",
        @source "https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html";
    }
    {
        code: "aws-mws",
        service: "Amazon",
        access: "a marketplace seller's account",
        revoke: "Seller Central, Manage your apps",
        keywords: &["amzn.mws."],
        pattern: r"amzn\.mws\.\h{8}-\h{4}-\h{4}-\h{4}-\h{12}",
        @source "https://developer-docs.amazon.com/sp-api/";
    }
    {
        code: "azure-client-secret",
        service: "Microsoft Entra",
        access: "what the application may do",
        revoke: "App registrations, Certificates & secrets",
        keywords: &["0Q~", "1Q~", "2Q~", "3Q~", "4Q~", "5Q~", "6Q~", "7Q~", "8Q~", "9Q~"],
        before: 3,
        pattern: r"[A-Za-z0-9_~.-]{3}\dQ~[A-Za-z0-9_~.-]{31,34}",
        @source "https://learn.microsoft.com/entra/identity-platform/howto-create-service-principal-portal";
    }
    {
        code: "azure-storage-key",
        service: "Azure Storage",
        access: "all data of the storage account",
        revoke: "Storage account, Access keys",
        keywords: &["AccountKey", "account_key", "storage_key", "storage_account_key", "account_access_key", "storage_access_key"],
        pattern: r"(account_?key|storage_key|storage_account_key|account_access_key|storage_access_key)\=<[A-Za-z0-9+/]{86}==>",
        @source "https://learn.microsoft.com/azure/storage/common/storage-configure-connection-string";
    }
    {
        code: "azure-shared-access-key",
        service: "Azure Service Bus, Event Hubs, IoT Hub, SignalR",
        access: "queues and events",
        revoke: "Shared access policies",
        keywords: &["AccessKey="],
        before: 6,
        pattern: "(Shared)?AccessKey=<[A-Za-z0-9+/]{42,43}=>",
        @source "https://learn.microsoft.com/azure/service-bus-messaging/service-bus-sas";
    }
    {
        code: "azure-sas",
        service: "Azure",
        access: "the resource of the address, until the date in it",
        revoke: "revoke the access policy, or regenerate the key that signed it",
        keywords: &["&sig=", "?sig="],
        pattern: "[?&]sig=<[A-Za-z0-9%/+]{40,70}(%3D|=)>",
        check: Hash,
        beside: "se=",
        @source "https://learn.microsoft.com/rest/api/storageservices/create-service-sas";
    }
    {
        code: "azure-container-registry",
        service: "Azure Container Registry",
        access: "images of the registry",
        revoke: "Access keys, Regenerate",
        keywords: &["+ACR"],
        before: 42,
        pattern: r"[A-Za-z0-9+/]{42}\+ACR[A-Za-z0-9]{6}",
        @source "https://learn.microsoft.com/azure/container-registry/container-registry-authentication";
    }
    {
        code: "azure-ai",
        service: "Azure AI services",
        access: "models and their data",
        revoke: "Keys and Endpoint, Regenerate",
        keywords: &["JQQJ99"],
        before: 52,
        pattern: "[A-Za-z0-9]{52}JQQJ99[A-Za-z0-9]{26}",
        @source "https://learn.microsoft.com/azure/ai-services/authentication";
    }
    {
        code: "azure-search",
        service: "Azure AI Search",
        access: "indexes of the service",
        revoke: "Keys, Regenerate",
        keywords: &["AzSe"],
        before: 42,
        pattern: "[A-Za-z0-9]{42}AzSe[A-D][A-Za-z0-9]{5}",
        @source "https://learn.microsoft.com/azure/search/search-security-api-keys";
    }
    {
        code: "azure-functions",
        service: "Azure Functions",
        access: "calling the functions",
        revoke: "App keys, Renew",
        keywords: &["AzFu"],
        before: 44,
        pattern: r"[\w-]{44}AzFu[\w-]{5}[AQgw]==",
        @source "https://learn.microsoft.com/azure/azure-functions/function-keys-how-to";
    }
    {
        code: "azure-cosmos",
        service: "Azure Cosmos DB",
        access: "all data of the account",
        revoke: "Keys, Regenerate",
        keywords: &["ACDb"],
        before: 76,
        pattern: "[A-Za-z0-9+/]{76}ACDb[A-Za-z0-9+/]{6}==",
        @source "https://learn.microsoft.com/azure/cosmos-db/secure-access-to-data";
    }
    {
        code: "gcp-service-account",
        service: "Google Cloud",
        access: "what the service account may do",
        revoke: "IAM, Service accounts, Keys",
        keywords: &[r#""private_key""#],
        pattern: r#""private_key"\s{0,4}:\s{0,4}"<-----BEGIN PRIVATE KEY----->"#,
        check: ServiceAccount,
        @source "https://cloud.google.com/iam/docs/keys-create-delete";
    }
    {
        code: "google-storage-key",
        service: "Google Cloud Storage",
        access: "the buckets that the account may read",
        revoke: "Cloud Storage, Settings, Interoperability",
        keywords: &["GOOG1E"],
        pattern: "GOOG1E[A-Z0-9]{55}",
        check: Pair(r"[A-Za-z0-9/+]{40}"),
        @source "https://cloud.google.com/storage/docs/authentication/hmackeys";
    }
    {
        code: "google-api-key",
        service: "Google Cloud",
        access: "APIs that the key is enabled for",
        revoke: "APIs & Services, Credentials",
        keywords: &["AIza"],
        pattern: r"AIza[\w-]{35}",
        @source "https://cloud.google.com/docs/authentication/api-keys";
    }
    {
        code: "google-oauth-secret",
        service: "Google Cloud",
        access: "logins of an OAuth client",
        revoke: "APIs & Services, Credentials",
        keywords: &["GOCSPX-"],
        pattern: r"GOCSPX-[\w-]{28}",
        @source "https://developers.google.com/identity/protocols/oauth2";
    }
    {
        code: "google-oauth-token",
        service: "Google",
        access: "what the user granted, for an hour",
        revoke: "myaccount.google.com, Third-party access",
        keywords: &["ya29."],
        pattern: r"ya29\.[\w-]{60,800}",
        @source "https://developers.google.com/identity/protocols/oauth2";
    }
    {
        code: "google-refresh-token",
        service: "Google",
        access: "what the user granted, until revoked",
        revoke: "myaccount.google.com, Third-party access",
        keywords: &["refresh_token"],
        pattern: r"refresh_token\=<1//0[\w-]{40,400}>",
        @source "https://developers.google.com/identity/protocols/oauth2";
    }
    {
        code: "digitalocean",
        service: "DigitalOcean",
        access: "resources of the team",
        revoke: "API, Tokens",
        keywords: &["dop_v1_"],
        pattern: r"dop_v1_\h{64}",
        @source "https://docs.digitalocean.com/reference/api/create-personal-access-token/";
    }
    {
        code: "digitalocean-spaces",
        service: "DigitalOcean Spaces",
        access: "the buckets of the team",
        revoke: "Spaces Object Storage, Access keys",
        keywords: &["DO00", "DO80"],
        pattern: "DO[08]0[A-Z0-9]{16}",
        check: Pair(r"[A-Za-z0-9/+]{43}"),
        @source "https://docs.digitalocean.com/products/spaces/how-to/manage-access/";
    }
    {
        code: "digitalocean-oauth",
        service: "DigitalOcean",
        access: "what the user granted",
        revoke: "API, Authorized applications",
        keywords: &["doo_v1_"],
        pattern: r"doo_v1_\h{64}",
        @source "https://docs.digitalocean.com/reference/api/oauth/";
    }
    {
        code: "digitalocean-refresh",
        service: "DigitalOcean",
        access: "new tokens",
        revoke: "API, Authorized applications",
        keywords: &["dor_v1_"],
        pattern: r"dor_v1_\h{64}",
        @source "https://docs.digitalocean.com/reference/api/oauth/";
    }
    {
        code: "alibaba",
        service: "Alibaba Cloud",
        access: "the account, as the user's policies allow",
        revoke: "AccessKey Management",
        keywords: &["LTAI"],
        pattern: "LTAI[A-Za-z0-9]{16,20}",
        check: Pair(r"[A-Za-z0-9]{30}"),
        @source "https://www.alibabacloud.com/help/en/ram/user-guide/create-an-accesskey-pair";
    }
    {
        code: "tencent",
        service: "Tencent Cloud",
        access: "the account, as its policies allow",
        revoke: "Access Management, API keys",
        keywords: &["AKID"],
        pattern: "AKID[A-Za-z0-9]{32}",
        check: Pair(r"[A-Za-z0-9]{32}"),
        @source "https://www.tencentcloud.com/document/product/598/32675";
    }
    {
        code: "scaleway",
        service: "Scaleway",
        access: "the project, as its policies allow",
        revoke: "IAM, API keys",
        keywords: &["SCW"],
        pattern: "SCW[A-Z0-9]{17}",
        check: Pair(r"\h{8}-\h{4}-\h{4}-\h{4}-\h{12}"),
        @source "https://www.scaleway.com/en/docs/iam/how-to/create-api-keys/";
    }
    {
        code: "hetzner",
        service: "Hetzner Cloud",
        access: "servers of the project",
        revoke: "Security, API tokens",
        keywords: &["hcloud", "hetzner"],
        pattern: r"(hetzner|hcloud)[\w.-]{0,20}token\=<[A-Za-z0-9]{64}>",
        @source "https://docs.hetzner.cloud/";
    }
    {
        code: "linode",
        service: "Akamai Linode",
        access: "resources of the account",
        revoke: "My Profile, API Tokens",
        keywords: &["linode"],
        pattern: r"linode[\w.-]{0,20}token\=<\h{64}>",
        @source "https://techdocs.akamai.com/linode-api/reference/get-started";
    }
    {
        code: "vultr",
        service: "Vultr",
        access: "resources of the account",
        revoke: "Account, API",
        keywords: &["vultr"],
        pattern: r"vultr[\w.-]{0,20}key\=<[A-Z0-9]{36}>",
        @source "https://www.vultr.com/api/";
    }
    {
        code: "exoscale",
        service: "Exoscale",
        access: "the organisation, as its role allows",
        revoke: "IAM, API keys",
        keywords: &["EXO"],
        pattern: r"EXO[a-z\d]{24,40}",
        check: Pair(r"[\w-]{43}"),
        @source "https://community.exoscale.com/documentation/iam/quick-start/";
    }
    {
        code: "ibm-cloud",
        service: "IBM Cloud",
        access: "the account, as the user's policies allow",
        revoke: "Manage, Access (IAM), API keys",
        keywords: &["ibm"],
        pattern: r"ibm[\w.-]{0,20}(api_?key|token)\=<[\w-]{44}>",
        @source "https://cloud.ibm.com/docs/account?topic=account-userapikey";
    }
    {
        code: "yandex",
        service: "Yandex Cloud",
        access: "services of the account",
        revoke: "Service accounts, API keys",
        keywords: &["AQVN"],
        pattern: r"AQVN[\w-]{35,38}",
        @source "https://yandex.cloud/en/docs/iam/concepts/authorization/api-key";
    }
    {
        code: "upcloud",
        service: "UpCloud",
        access: "resources of the account",
        revoke: "Account, API tokens",
        keywords: &["ucat_"],
        pattern: "ucat_[A-Z0-9]{26}",
        @source "https://developers.upcloud.com/1.3/2-authentication/";
    }
    {
        code: "cloudinary",
        service: "Cloudinary",
        access: "media of the account",
        revoke: "Settings, API Keys",
        keywords: &["cloudinary://"],
        pattern: r"cloudinary://\d{12,18}:<[\w-]{27}>@",
        @source "https://cloudinary.com/documentation/solution_overview";
    }
    {
        code: "oracle-fingerprint-key",
        service: "Oracle Cloud",
        access: "the tenancy, as the user's policies allow",
        revoke: "Profile, API keys",
        files: &["/.oci/config"],
        pattern: r"pass_phrase\=<\S{4,200}>",
        check: StoredPassword,
        @source "https://docs.oracle.com/iaas/Content/API/Concepts/sdkconfig.htm";
    }
}
