//! Mail.
//!
//! Sources: each rule's, for its format. Of services without a format of their own, the name beside the value is
//! a part of the pattern.

use super::super::rule::rules;

rules! {
    {
        code: "sendgrid",
        service: "Twilio SendGrid",
        access: "sending mail, reading contacts",
        revoke: "Settings, API Keys",
        keywords: &["SG."],
        pattern: r"SG\.[\w-]{22}\.[\w-]{43}",
        @source "https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys";
    }
    {
        code: "mailgun",
        service: "Mailgun",
        access: "sending mail, reading logs",
        revoke: "API security",
        keywords: &["mailgun"],
        pattern: r"mailgun[\w.-]{0,20}\=<key-\h{32}>",
        @source "https://documentation.mailgun.com/docs/mailgun/api-reference/intro/";
    }
    {
        code: "mailgun-key",
        service: "Mailgun",
        access: "sending mail, reading logs",
        revoke: "API security",
        keywords: &["mailgun"],
        pattern: r"mailgun[\w.-]{0,20}\=<\h{32}-\h{8}-\h{8}>",
        @source "https://documentation.mailgun.com/docs/mailgun/api-reference/intro/";
    }
    {
        code: "mailchimp",
        service: "Mailchimp",
        access: "contacts and campaigns",
        revoke: "Profile, Extras, API keys",
        keywords: &["-us1", "-us2", "-us3", "-us4", "-us5", "-us6", "-us7", "-us8", "-us9"],
        before: 32,
        pattern: r"\h{32}-us[1-9]\d?",
        @source "https://mailchimp.com/help/about-api-keys/";
    }
    {
        code: "mandrill",
        service: "Mailchimp Transactional",
        access: "sending mail",
        revoke: "Settings, API keys",
        keywords: &["md-"],
        pattern: r"md-[\w-]{22}",
        @source "https://mailchimp.com/developer/transactional/guides/quick-start/";
    }
    {
        code: "brevo",
        service: "Brevo",
        access: "sending mail, reading contacts",
        revoke: "SMTP & API, API Keys",
        keywords: &["xkeysib-"],
        pattern: r"xkeysib-\h{64}-[A-Za-z0-9]{16}",
        @source "https://developers.brevo.com/docs/getting-started";
    }
    {
        code: "brevo-smtp",
        service: "Brevo",
        access: "sending mail",
        revoke: "SMTP & API, SMTP",
        keywords: &["xsmtpsib-"],
        pattern: r"xsmtpsib-\h{64}-[A-Za-z0-9]{16}",
        @source "https://developers.brevo.com/docs/smtp-integration";
    }
    {
        code: "resend",
        service: "Resend",
        access: "sending mail",
        revoke: "API Keys",
        keywords: &["resend"],
        pattern: r"resend[\w.-]{0,20}key\=<re_[A-Za-z0-9]{8}_[A-Za-z0-9]{24}>",
        @source "https://resend.com/docs/dashboard/api-keys/introduction";
    }
    {
        code: "mailersend",
        service: "MailerSend",
        access: "sending mail",
        revoke: "Integrations, API tokens",
        keywords: &["mlsn."],
        pattern: r"mlsn\.\h{64}",
        @source "https://developers.mailersend.com/general.html";
    }
    {
        code: "postmark",
        service: "Postmark",
        access: "sending mail",
        revoke: "Server, API Tokens",
        keywords: &["postmark"],
        pattern: r"postmark[\w.-]{0,20}token\=<\h{8}-\h{4}-\h{4}-\h{4}-\h{12}>",
        @source "https://postmarkapp.com/developer/api/overview";
    }
    {
        code: "sparkpost",
        service: "SparkPost",
        access: "sending mail",
        revoke: "Configuration, API Keys",
        keywords: &["sparkpost"],
        pattern: r"sparkpost[\w.-]{0,20}key\=<\h{40}>",
        @source "https://developers.sparkpost.com/api/";
    }
    {
        code: "mailjet",
        service: "Mailjet",
        access: "sending mail",
        revoke: "Account, API Key Management",
        keywords: &["mailjet", "MJ_APIKEY_PRIVATE"],
        pattern: r"(mailjet[\w.-]{0,20}(secret|private)[\w.-]{0,10}|mj_apikey_private)\=<\h{32}>",
        @source "https://dev.mailjet.com/email/guides/";
    }
}
