//! AI services.
//!
//! Sources: each rule's, for its format. Of services without a format of their own, the name beside the value is
//! a part of the pattern.

use super::super::rule::rules;

rules! {
    {
        code: "anthropic",
        service: "Anthropic",
        access: "models, at the account's cost",
        revoke: "Console, API keys",
        keywords: &["sk-ant-api"],
        pattern: r"sk-ant-api\d\d-[\w-]{93}AA",
        @source "https://platform.claude.com/docs/en/api/overview";
    }
    {
        code: "anthropic-admin",
        service: "Anthropic",
        access: "the organisation's members and keys",
        revoke: "Console, Admin keys",
        keywords: &["sk-ant-admin"],
        pattern: r"sk-ant-admin\d\d-[\w-]{93}AA",
        @source "https://platform.claude.com/docs/en/build-with-claude/administration-api";
    }
    {
        code: "anthropic-oauth",
        service: "Anthropic",
        access: "models as the user",
        revoke: "Settings, Sessions",
        keywords: &["sk-ant-o"],
        pattern: r"sk-ant-o[ar]t\d\d-[\w-]{80,120}",
        @source "https://code.claude.com/docs/en/authentication";
    }
    {
        code: "openai",
        service: "OpenAI",
        access: "models, at the account's cost",
        revoke: "API keys",
        keywords: &["T3BlbkFJ"],
        before: 120,
        pattern: r"sk-(proj-|svcacct-|admin-|None-)?[\w-]{20,100}T3BlbkFJ[\w-]{20,100}",
        @source "https://platform.openai.com/docs/api-reference/authentication";
    }
    {
        code: "openrouter",
        service: "OpenRouter",
        access: "models, at the account's cost",
        revoke: "Settings, Keys",
        keywords: &["sk-or-v1-"],
        pattern: r"sk-or-v1-\h{64}",
        @source "https://openrouter.ai/docs/api-reference/authentication";
    }
    {
        code: "hugging-face",
        service: "Hugging Face",
        access: "models and data sets as the user",
        revoke: "Settings, Access Tokens",
        keywords: &["hf_"],
        pattern: "hf_[A-Za-z0-9]{34}",
        @source "https://huggingface.co/docs/hub/security-tokens";
    }
    {
        code: "hugging-face-organisation",
        service: "Hugging Face",
        access: "the organisation's models",
        revoke: "Organisation settings, Access Tokens",
        keywords: &["api_org_"],
        pattern: "api_org_[A-Za-z0-9]{34}",
        @source "https://huggingface.co/docs/hub/security-tokens";
    }
    {
        code: "replicate",
        service: "Replicate",
        access: "models, at the account's cost",
        revoke: "Account, API tokens",
        keywords: &["r8_"],
        pattern: "r8_[A-Za-z0-9]{37}",
        @source "https://replicate.com/docs/topics/security/api-tokens";
    }
    {
        code: "groq",
        service: "Groq",
        access: "models, at the account's cost",
        revoke: "Console, API Keys",
        keywords: &["gsk_"],
        pattern: "gsk_[A-Za-z0-9]{52}",
        @source "https://console.groq.com/docs/quickstart";
    }
    {
        code: "perplexity",
        service: "Perplexity",
        access: "models, at the account's cost",
        revoke: "Settings, API",
        keywords: &["pplx-"],
        pattern: "pplx-[A-Za-z0-9]{48,56}",
        @source "https://docs.perplexity.ai/getting-started/quickstart";
    }
    {
        code: "xai",
        service: "xAI",
        access: "models, at the account's cost",
        revoke: "Console, API Keys",
        keywords: &["xai-"],
        pattern: "xai-[A-Za-z0-9]{70,84}",
        @source "https://docs.x.ai/docs/tutorial";
    }
    {
        code: "langsmith",
        service: "LangSmith",
        access: "traces and prompts",
        revoke: "Settings, API Keys",
        keywords: &["lsv2_"],
        pattern: r"lsv2_(pt|sk)_\h{32}_\h{10}",
        @source "https://docs.langchain.com/langsmith/create-account-api-key";
    }
    {
        code: "langfuse",
        service: "Langfuse",
        access: "traces and prompts",
        revoke: "Project settings, API Keys",
        keywords: &["sk-lf-"],
        pattern: r"sk-lf-\h{8}-\h{4}-\h{4}-\h{4}-\h{12}",
        @source "https://langfuse.com/docs/api";
    }
    {
        code: "pinecone",
        service: "Pinecone",
        access: "indexes of the project",
        revoke: "Console, API keys",
        keywords: &["pcsk_"],
        pattern: "pcsk_[A-Za-z0-9]{5,6}_[A-Za-z0-9]{60,70}",
        @source "https://docs.pinecone.io/guides/projects/manage-api-keys";
    }
    {
        code: "nvidia",
        service: "NVIDIA",
        access: "models and containers of NGC",
        revoke: "NGC, Setup, API Keys",
        keywords: &["nvapi-"],
        pattern: r"nvapi-[\w-]{64}",
        @source "https://docs.nvidia.com/ngc/latest/ngc-user-guide.html";
    }
    {
        code: "cerebras",
        service: "Cerebras",
        access: "models, at the account's cost",
        revoke: "API Keys",
        keywords: &["csk-"],
        pattern: r"csk-[a-z\d]{48}",
        @source "https://inference-docs.cerebras.ai/quickstart";
    }
    {
        code: "fireworks",
        service: "Fireworks AI",
        access: "models, at the account's cost",
        revoke: "Settings, API Keys",
        keywords: &["fw_"],
        pattern: "fw_[A-Za-z0-9]{22,24}",
        @source "https://docs.fireworks.ai/api-reference/introduction";
    }
    {
        code: "together",
        service: "Together AI",
        access: "models, at the account's cost",
        revoke: "Settings, API keys",
        keywords: &["tgp_v1_"],
        pattern: r"tgp_v1_[\w-]{43}",
        @source "https://docs.together.ai/docs/quickstart";
    }
    {
        code: "tavily",
        service: "Tavily",
        access: "searches, at the account's cost",
        revoke: "Dashboard, API Keys",
        keywords: &["tvly-"],
        pattern: "tvly-(dev-|prod-)?[A-Za-z0-9]{32}",
        @source "https://docs.tavily.com/documentation/quickstart";
    }
    {
        code: "firecrawl",
        service: "Firecrawl",
        access: "crawls, at the account's cost",
        revoke: "Dashboard, API Keys",
        keywords: &["firecrawl"],
        pattern: r"firecrawl[\w.-]{0,20}key\=<fc-\h{32}>",
        @source "https://docs.firecrawl.dev/introduction";
    }
    {
        code: "jina",
        service: "Jina AI",
        access: "models, at the account's cost",
        revoke: "API Dashboard",
        keywords: &["jina_"],
        pattern: r"jina_\h{32}[\w-]{28}",
        @source "https://jina.ai/reader/";
    }
    {
        code: "runpod",
        service: "RunPod",
        access: "machines of the account",
        revoke: "Settings, API Keys",
        keywords: &["rpa_"],
        pattern: "rpa_[A-Z0-9]{40}[A-Za-z0-9]{2,6}",
        @source "https://docs.runpod.io/get-started/api-keys";
    }
    {
        code: "llama-cloud",
        service: "LlamaCloud",
        access: "documents of the organisation",
        revoke: "API Key",
        keywords: &["llx-"],
        pattern: "llx-[A-Za-z0-9]{48}",
        @source "https://developers.llamaindex.ai/python/cloud/general/api_key/";
    }
    {
        code: "e2b",
        service: "E2B",
        access: "sandboxes, at the account's cost",
        revoke: "Dashboard, Keys",
        keywords: &["e2b_"],
        pattern: r"e2b_\h{40}",
        @source "https://e2b.dev/docs/api-key";
    }
    {
        code: "elevenlabs",
        service: "ElevenLabs",
        access: "voices, at the account's cost",
        revoke: "Profile, API Keys",
        keywords: &["eleven"],
        pattern: r"eleven_?labs[\w.-]{0,20}key\=<sk_\h{48}>",
        @source "https://elevenlabs.io/docs/api-reference/authentication";
    }
    {
        code: "deepseek",
        service: "DeepSeek",
        access: "models, at the account's cost",
        revoke: "API keys",
        keywords: &["deepseek"],
        pattern: r"deepseek[\w.-]{0,20}key\=<sk-\h{32}>",
        @source "https://api-docs.deepseek.com/";
    }
    {
        code: "cohere",
        service: "Cohere",
        access: "models, at the account's cost",
        revoke: "Dashboard, API keys",
        keywords: &["cohere", "CO_API"],
        pattern: r"(cohere|co_api)[\w.-]{0,20}key\=<[A-Za-z0-9]{40}>",
        @source "https://docs.cohere.com/docs/rate-limits";
    }
    {
        code: "mistral",
        service: "Mistral AI",
        access: "models, at the account's cost",
        revoke: "API Keys",
        keywords: &["mistral"],
        pattern: r"mistral[\w.-]{0,20}key\=<[A-Za-z0-9]{32}>",
        @source "https://docs.mistral.ai/getting-started/quickstart/";
    }
    {
        code: "weights-and-biases",
        service: "Weights & Biases",
        access: "experiments and models",
        revoke: "User settings, API keys",
        keywords: &["wandb"],
        pattern: r"wandb[\w.-]{0,20}key\=<(\h{40}|wandb_v1_[\w-]{60,90})>",
        @source "https://docs.wandb.ai/support/find_api_key/";
    }
    {
        code: "assemblyai",
        service: "AssemblyAI",
        access: "transcripts, at the account's cost",
        revoke: "Dashboard, API keys",
        keywords: &["assembly"],
        pattern: r"assembly_?ai[\w.-]{0,20}key\=<\h{32}>",
        @source "https://www.assemblyai.com/docs/api-reference/overview";
    }
}
