//! Payment and shops.
//!
//! Sources: each rule's, for its format. Of services without a format of their own, the name beside the value is
//! a part of the pattern.

use super::super::rule::rules;

rules! {
    {
        code: "stripe-live",
        service: "Stripe",
        access: "payments and customers",
        revoke: "Developers, API keys",
        keywords: &["sk_live_"],
        pattern: "sk_live_[A-Za-z0-9]{24,247}",
        @source "https://docs.stripe.com/keys";
    }
    {
        code: "stripe-restricted",
        service: "Stripe",
        access: "what the key was restricted to",
        revoke: "Developers, API keys",
        keywords: &["rk_live_"],
        pattern: "rk_live_[A-Za-z0-9]{24,247}",
        @source "https://docs.stripe.com/keys";
    }
    {
        code: "stripe-webhook",
        service: "Stripe",
        access: "forging events",
        revoke: "Developers, Webhooks",
        keywords: &["whsec_"],
        pattern: "whsec_[A-Za-z0-9+/]{32,64}=?",
        @source "https://docs.stripe.com/webhooks/signature";
    }
    {
        code: "square-token",
        service: "Square",
        access: "payments and customers",
        revoke: "Developer Console, Credentials",
        keywords: &["EAAA"],
        pattern: r"EAAA[\w-]{60}",
        @source "https://developer.squareup.com/docs/build-basics/access-tokens";
    }
    {
        code: "square-oauth-secret",
        service: "Square",
        access: "logins of the application",
        revoke: "Developer Console, OAuth",
        keywords: &["sq0csp-"],
        pattern: r"sq0csp-[\w-]{43}",
        @source "https://developer.squareup.com/docs/oauth-api/overview";
    }
    {
        code: "square-legacy",
        service: "Square",
        access: "payments and customers",
        revoke: "Developer Console, Credentials",
        keywords: &["sq0atp-"],
        pattern: r"sq0atp-[\w-]{22}",
        @source "https://developer.squareup.com/docs/build-basics/access-tokens";
    }
    {
        code: "braintree",
        service: "PayPal Braintree",
        access: "payments and customers",
        revoke: "Settings, API",
        keywords: &["access_token$production$"],
        pattern: r"access_token\$production\$[a-z\d]{16}\$\h{32}",
        @source "https://developer.paypal.com/braintree/docs/guides/authorization/overview";
    }
    {
        code: "razorpay",
        service: "Razorpay",
        access: "payments",
        revoke: "Account & Settings, API Keys",
        keywords: &["rzp_live_"],
        pattern: "rzp_live_[A-Za-z0-9]{14}",
        check: Pair(r"[A-Za-z0-9]{24}"),
        @source "https://razorpay.com/docs/api/authentication/";
    }
    {
        code: "plaid",
        service: "Plaid",
        access: "a bank account's data",
        revoke: "item/remove, then Team Settings, Keys",
        keywords: &["access-production-"],
        pattern: r"access-production-\h{8}-\h{4}-\h{4}-\h{4}-\h{12}",
        @source "https://plaid.com/docs/api/tokens/";
    }
    {
        code: "shopify",
        service: "Shopify",
        access: "a shop, within the app's scopes",
        revoke: "Settings, Apps, Develop apps",
        keywords: &["shpat_"],
        pattern: r"shpat_\h{32}",
        @source "https://shopify.dev/docs/apps/build/authentication-authorization";
    }
    {
        code: "shopify-secret",
        service: "Shopify",
        access: "forging requests of the app",
        revoke: "Partner Dashboard, App settings",
        keywords: &["shpss_"],
        pattern: r"shpss_\h{32}",
        @source "https://shopify.dev/docs/apps/build/authentication-authorization";
    }
    {
        code: "shopify-custom",
        service: "Shopify",
        access: "a shop, within the app's scopes",
        revoke: "Settings, Apps, Develop apps",
        keywords: &["shpca_"],
        pattern: r"shpca_\h{32}",
        @source "https://shopify.dev/docs/apps/build/authentication-authorization";
    }
    {
        code: "shopify-private",
        service: "Shopify",
        access: "a shop, within the app's scopes",
        revoke: "Settings, Apps, Develop apps",
        keywords: &["shppa_"],
        pattern: r"shppa_\h{32}",
        @source "https://shopify.dev/docs/apps/build/authentication-authorization";
    }
    {
        code: "mollie",
        service: "Mollie",
        access: "payments",
        revoke: "Developers, API keys",
        keywords: &["mollie"],
        pattern: r"mollie[\w.-]{0,20}key\=<live_[A-Za-z0-9]{30}>",
        @source "https://docs.mollie.com/reference/authentication";
    }
    {
        code: "paddle",
        service: "Paddle",
        access: "payments and customers",
        revoke: "Developer tools, Authentication",
        keywords: &["pdl_live_"],
        pattern: r"pdl_live_apikey_[a-z\d]{26}_[A-Za-z0-9]{22}_[A-Za-z0-9]{3}",
        @source "https://developer.paddle.com/api-reference/about/authentication";
    }
    {
        code: "flutterwave",
        service: "Flutterwave",
        access: "payments",
        revoke: "Settings, API Keys",
        keywords: &["FLWSECK-"],
        pattern: r"FLWSECK-\h{32}-X",
        @source "https://developer.flutterwave.com/docs/authentication";
    }
    {
        code: "adyen",
        service: "Adyen",
        access: "payments",
        revoke: "Developers, API credentials",
        keywords: &["AQE"],
        pattern: r"AQE[a-z][\w+/=-]{60,200}-[\w+/=]{40,60}-[\w+/=#&;:.,<>(){}\[\]-]{10,20}",
        @source "https://docs.adyen.com/development-resources/api-credentials/";
    }
    {
        code: "easypost",
        service: "EasyPost",
        access: "shipments, at the account's cost",
        revoke: "Account settings, API Keys",
        keywords: &["EZAK"],
        pattern: "EZAK[A-Za-z0-9]{54}",
        @source "https://docs.easypost.com/docs/authentication";
    }
    {
        code: "shippo",
        service: "Shippo",
        access: "shipments, at the account's cost",
        revoke: "Settings, API",
        keywords: &["shippo_live_"],
        pattern: r"shippo_live_\h{40}",
        @source "https://docs.goshippo.com/docs/guides_general/authentication/";
    }
    {
        code: "duffel",
        service: "Duffel",
        access: "bookings, at the account's cost",
        revoke: "Developers, Access tokens",
        keywords: &["duffel_live_"],
        pattern: r"duffel_live_[\w-]{43}",
        @source "https://duffel.com/docs/api/overview/authentication";
    }
    {
        code: "gocardless",
        service: "GoCardless",
        access: "direct debits",
        revoke: "Developers, Access tokens",
        keywords: &["gocardless"],
        pattern: r"gocardless[\w.-]{0,20}token\=<live_[\w-]{40}>",
        @source "https://developer.gocardless.com/api-reference/";
    }
}
