//! Chat, messages and social networks.
//!
//! Sources: each rule's, for its format. Of services without a format of their own, the name beside the value is
//! a part of the pattern.

use super::super::rule::rules;

rules! {
    {
        code: "slack-bot",
        service: "Slack",
        access: "the workspace as the app's bot",
        revoke: "App settings, OAuth & Permissions",
        keywords: &["xoxb-"],
        pattern: r"xoxb-\d{9,14}-\d{9,14}-[A-Za-z0-9]{24}",
        @source "https://docs.slack.dev/authentication/tokens/";
    }
    {
        code: "slack-bot-legacy",
        service: "Slack",
        access: "the workspace as the bot",
        revoke: "App settings, Bots",
        keywords: &["xoxb-"],
        pattern: r"xoxb-\d{8,14}-[A-Za-z0-9]{18,26}",
        @source "https://docs.slack.dev/authentication/tokens/";
    }
    {
        code: "slack-user",
        service: "Slack",
        access: "the workspace as the user",
        revoke: "App settings, OAuth & Permissions",
        keywords: &["xoxp-"],
        pattern: r"xoxp-\d{9,14}-\d{9,14}-\d{9,14}-[a-z\d]{28,34}",
        @source "https://docs.slack.dev/authentication/tokens/";
    }
    {
        code: "slack-app",
        service: "Slack",
        access: "the app's connections",
        revoke: "App settings, App-level tokens",
        keywords: &["xapp-"],
        pattern: r"xapp-\d-[A-Z0-9]{8,14}-\d{9,14}-[a-z\d]{60,68}",
        @source "https://docs.slack.dev/authentication/tokens/";
    }
    {
        code: "slack-config",
        service: "Slack",
        access: "the configuration of apps",
        revoke: "Your apps, App configuration tokens",
        keywords: &["xoxe"],
        pattern: r"xoxe(\.xox[bp])?-\d-[A-Za-z0-9]{140,180}",
        @source "https://docs.slack.dev/authentication/tokens/";
    }
    {
        code: "slack-session",
        service: "Slack",
        access: "the workspace as the user's browser",
        revoke: "sign out of all sessions",
        keywords: &["xoxc-", "xoxs-"],
        pattern: r"xox[cs]-\d{9,14}-\d{9,14}-\d{9,14}-\h{64}",
        @source "https://docs.slack.dev/authentication/tokens/";
    }
    {
        code: "slack-webhook",
        service: "Slack",
        access: "posting to a channel",
        revoke: "App settings, Incoming Webhooks",
        keywords: &["hooks.slack.com"],
        before: 8,
        pattern: r"https://hooks\.slack\.com/(services|workflows|triggers)/T?[A-Z0-9]{8,14}/[A-Z0-9]{8,22}/[A-Za-z0-9]{20,34}",
        @source "https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks/";
    }
    {
        code: "discord-bot",
        service: "Discord",
        access: "servers as the bot",
        revoke: "Developer Portal, Bot, Reset Token",
        keywords: &["discord"],
        pattern: r"discord[\w.-]{0,20}token\=<[MNO][\w-]{23,25}\.[\w-]{6}\.[\w-]{27,38}>",
        @source "https://discord.com/developers/docs/reference";
    }
    {
        code: "discord-webhook",
        service: "Discord",
        access: "posting to a channel",
        revoke: "Channel settings, Integrations",
        keywords: &["/api/webhooks/"],
        before: 30,
        pattern: r"https://(ptb\.|canary\.)?discord(app)?\.com/api/webhooks/\d{17,20}/[\w-]{60,72}",
        @source "https://discord.com/developers/docs/resources/webhook";
    }
    {
        code: "telegram-bot",
        service: "Telegram",
        access: "chats as the bot",
        revoke: "BotFather, /revoke",
        keywords: &[":AA"],
        before: 10,
        pattern: r"\d{8,10}:AA[\w-]{33}",
        @source "https://core.telegram.org/bots/api";
    }
    {
        code: "teams-webhook",
        service: "Microsoft Teams",
        access: "posting to a channel",
        revoke: "Channel, Connectors",
        keywords: &["webhook.office.com"],
        before: 70,
        pattern: r"https://[\w-]{1,60}\.webhook\.office\.com/webhookb2/\h{8}-\h{4}-\h{4}-\h{4}-\h{12}@\h{8}-\h{4}-\h{4}-\h{4}-\h{12}/IncomingWebhook/\h{32}/\h{8}-\h{4}-\h{4}-\h{4}-\h{12}",
        @source "https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook";
    }
    {
        code: "twilio-key",
        service: "Twilio",
        access: "calls and messages, at the account's cost",
        revoke: "Account, API keys",
        keywords: &["twilio"],
        pattern: r"twilio[\w.-]{0,30}\=<SK\h{32}>",
        @source "https://www.twilio.com/docs/iam/api-keys";
    }
    {
        code: "twilio-auth-token",
        service: "Twilio",
        access: "the whole account",
        revoke: "Account, Auth tokens",
        keywords: &["twilio"],
        pattern: r"twilio[\w.-]{0,20}token\=<\h{32}>",
        @source "https://www.twilio.com/docs/iam/api";
    }
    {
        code: "vonage",
        service: "Vonage",
        access: "calls and messages, at the account's cost",
        revoke: "API settings",
        keywords: &["vonage", "nexmo"],
        pattern: r"(vonage|nexmo)[\w.-]{0,20}secret\=<[A-Za-z0-9]{16}>",
        @source "https://developer.vonage.com/en/getting-started/concepts/authentication";
    }
    {
        code: "messagebird",
        service: "Bird",
        access: "messages, at the account's cost",
        revoke: "Developers, API access",
        keywords: &["messagebird"],
        pattern: r"messagebird[\w.-]{0,20}key\=<(live_)?[A-Za-z0-9]{25}>",
        @source "https://developers.messagebird.com/api/";
    }
    {
        code: "facebook-app",
        service: "Meta",
        access: "what the user granted to the app",
        revoke: "Settings, Apps and websites",
        keywords: &["EAACEdEose0cBA"],
        pattern: "EAACEdEose0cBA[A-Za-z0-9]{20,250}",
        @source "https://developers.facebook.com/docs/facebook-login/guides/access-tokens";
    }
    {
        code: "facebook-token",
        service: "Meta",
        access: "what the user granted to the app",
        revoke: "Settings, Apps and websites",
        keywords: &["EAA"],
        pattern: "EAA[A-Z][A-Za-z0-9]{96,250}",
        @source "https://developers.facebook.com/docs/facebook-login/guides/access-tokens";
    }
    {
        code: "x-bearer",
        service: "X",
        access: "the API as the app",
        revoke: "Developer Portal, Keys and tokens",
        keywords: &["AAAAAAAAA"],
        pattern: "AAAAAAAAAAAAAAAAAAAAA[A-Za-z0-9]{5,40}(%2B[A-Za-z0-9]{1,40})?(%2B[A-Za-z0-9]{1,40})?%3D[A-Za-z0-9]{50}",
        @source "https://docs.x.com/fundamentals/authentication/oauth-2-0/bearer-tokens";
    }
    {
        code: "line",
        service: "LINE",
        access: "messages as the channel",
        revoke: "LINE Developers, Messaging API",
        keywords: &["LINE_CHANNEL"],
        pattern: r"line_channel[\w.-]{0,20}token\=<[A-Za-z0-9+/]{150,180}={0,2}>",
        @source "https://developers.line.biz/en/docs/basics/channel-access-token/";
    }
    {
        code: "zoom",
        service: "Zoom",
        access: "meetings of the account",
        revoke: "App Marketplace, Manage",
        keywords: &["zoom"],
        pattern: r"zoom[\w.-]{0,20}secret\=<[A-Za-z0-9]{32}>",
        @source "https://developers.zoom.us/docs/internal-apps/s2s-oauth/";
    }
    {
        code: "mattermost",
        service: "Mattermost",
        access: "channels as the user",
        revoke: "Profile, Security, Personal access tokens",
        keywords: &["mattermost"],
        pattern: r"mattermost[\w.-]{0,20}token\=<[a-z\d]{26}>",
        @source "https://developers.mattermost.com/integrate/reference/personal-access-token/";
    }
}
