import Web

/// What the gateway's document says beside its operations.
enum GatewayGuide {
    static let guide = DocumentGuide(
        tags: [
            ("OpenAI", "As OpenAI's clients speak: agents and models."),
            ("Agents", "Agents, and runs that are under way."),
            ("Sessions", "What was said."), ("Tools", "Call a tool as an agent would."),
            ("Traces", "Each step of a run with its cost."), ("Usage", "What was used, by time and by group."),
            ("Budgets", "What may be spent."), ("Providers", "Where models answer, and what they cost."),
            ("API keys", "Keys with scopes."), ("Activity", "Who changed what."), ("Tenants", "For the operator."),
            ("Health", "Whether the server is there."), ("Documents", "This document."),
        ],
        names: [
            "GET /docs/openapi.json": "getOpenAPIDocumentForReference",
            "GET /v1/openapi.json": "getOpenAPIDocumentOfVersion",
            "GET /health": "getHealth", "GET /v1/activity": "listActivity", "GET /v1/agents": "listAgents",
            "DELETE /v1/agents/{id}/affiliate": "unlinkAgentFromAffiliate",
            "PUT /v1/agents/{id}/affiliate": "linkAgentToAffiliate",
            "DELETE /v1/agents/{id}/market-key": "revokeAgentMarketKeys",
            "POST /v1/agents/{id}/market-key": "createAgentMarketKey", "POST /v1/agents/{id}/wake": "wakeAgent",
            "POST /v1/api-keys/{id}/revoke": "revokeKeyByPost", "GET /v1/budgets/{id}/postings": "listBudgetPostings",
            "POST /v1/chat/completions": "createChatCompletion", "GET /v1/costs/summary": "getCostSummary",
            "GET /v1/models": "listModels", "GET /v1/models/{id}": "getModel",
            "GET /v1/providers/{id}/models": "listProviderModels",
            "GET /v1/providers/{id}/prices": "listProviderPrices",
            "PUT /v1/providers/{id}/prices": "setProviderPrices", "POST /v1/providers/{id}/verify": "verifyProvider",
            "GET /v1/sessions/{key}": "getSession", "PATCH /v1/sessions/{key}": "labelSession",
            "POST /v1/sessions/{key}/reset": "resetSession", "POST /v1/tools/invoke": "invokeTool",
            "GET /v1/traces/{id}": "getTrace", "GET /v1/traces/{id}/postings": "listTracePostings",
            "GET /v1/usage": "getUsage", "GET /v1/usage/breakdown": "getUsageBreakdown",
            "GET /v1/usage/summary": "getUsageSummary", "GET /v1/usage/timeseries": "getUsageTimeseries",
        ],
        introduction: """
            ## Keys

            Send a key as `Authorization: Bearer {key}`, and the user whom the call is for as `X-GoClaw-User-Id`. `POST /v1/api-keys` makes keys with scopes; the
            operator has the gateway token.

            ## Any client of OpenAI's

            Point it at this server's `/v1`. `model` is an agent (`goclaw:{name}`) or a model of a provider (`provider:{name}/{model}`). With `stream` the answer comes
            word by word. `GET /v1/traces` shows what the agent did, and what it cost.
            """
    )
}
