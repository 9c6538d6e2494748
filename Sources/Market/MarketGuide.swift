import Web

/// What the market's document says beside its operations.
enum MarketGuide {
    static let guide = DocumentGuide(
        tags: [
            ("Authentication", "Keys: make one, and see what it may do."),
            ("Account", "How your account signs in, and when it is told of a low balance."),
            ("Discovery", "Find services, with what they cost and how they are called."),
            ("Payment Proxy", "Call a service. The call is paid when its provider has answered."),
            ("Billing", "Balance, deposits, refunds, and what was spent."),
            ("Service Registry", "List services of your own."),
            ("Provider Portal", "How your services do, why calls fail, what you earn."),
            ("Agent Identity", "Agents, which others can look up."),
            ("Reputation", "Scores that are computed from real calls."),
            ("Team Management", "Agents that share work, with rules and gates."),
            ("Templates", "Services and teams to begin with."),
            ("Webhooks", "Events, signed and sent until they arrive."),
            ("Notifications", "What happened to you, without a webhook."),
            ("Jobs", "Long work: exports and replays."),
            ("Settlements", "What providers are paid."),
            ("Admin", "For the operator."),
            ("Dashboard", "The operator's page."),
            ("Rails", "Where payment companies call back."),
            ("Health", "Whether the server is there."),
        ],
        names: [
            "GET /api/v1/proxy/{service_id}/{path}": "callServiceWithGet",
            "POST /api/v1/proxy/{service_id}/{path}": "callService",
            "PUT /api/v1/proxy/{service_id}/{path}": "callServiceWithPut",
            "PATCH /api/v1/proxy/{service_id}/{path}": "callServiceWithPatch",
            "DELETE /api/v1/proxy/{service_id}/{path}": "callServiceWithDelete",
            "GET /": "getServiceInfo", "GET /health": "getHealth",
            "GET /admin/dashboard": "getDashboardPage", "POST /admin/dashboard": "signInToDashboard",
            "POST /admin/dashboard/sign-out": "signOutOfDashboard",
            "GET /api/v1/admin/ledger": "getTrialBalance", "GET /api/v1/admin/deposits": "listAllDeposits",
            "GET /api/v1/admin/ledger/accounts/{number}": "getLedgerAccount",
            "GET /api/v1/admin/ledger/transfers/{reference}": "getLedgerTransfer",
            "GET /api/v1/admin/providers/{provider_id}/commission": "getProviderCommission",
            "GET /api/v1/admin/accounts": "listAccounts", "GET /api/v1/admin/accounts/{owner_id}": "getAccount",
            "POST /api/v1/admin/accounts/{owner_id}/suspend": "suspendAccount",
            "POST /api/v1/admin/accounts/{owner_id}/reinstate": "reinstateAccount",
            "PATCH /api/v1/admin/keys/{key_id}": "setKeyLimit", "DELETE /api/v1/admin/keys/{key_id}": "revokeAnyKey",
            "GET /api/v1/admin/audit": "listAuditEntries", "GET /api/v1/admin/services": "listAllServices",
            "POST /api/v1/admin/services/{service_id}/pause": "pauseService",
            "POST /api/v1/admin/services/{service_id}/resume": "resumeService",
            "GET /api/v1/admin/refunds": "listAllRefunds", "GET /api/v1/admin/servers": "listServers",
            "PATCH /api/v1/admin/refunds/{refund_id}/fail": "declineRefund",
            "PATCH /api/v1/admin/refunds/{refund_id}/pay": "markRefundPaid",
            "POST /api/v1/admin/credits": "creditBuyer",
            "GET /api/v1/agents/{agent_id}/reputation": "getAgentReputation",
            "GET /api/v1/services/{service_id}/reputation": "getServiceReputation",
            "POST /api/v1/agents/{agent_id}/reinstate": "reinstateAgent",
            "POST /api/v1/deposits": "createDeposit", "POST /api/v1/deposits/{deposit_id}/pay": "payDepositOverX402",
            "POST /api/v1/deposits/{deposit_id}/refunds": "refundDeposit",
            "GET /api/v1/discover/recommendations/{agent_id}": "listRecommendations",
            "GET /api/v1/discover/trending": "listTrendingServices",
            "POST /api/v1/exports": "exportUsage", "GET /api/v1/jobs/{job_id}/file": "getJobFile",
            "GET /api/v1/keys": "listKeys", "POST /api/v1/keys": "createKey",
            "POST /api/v1/keys/validate": "validateKey", "DELETE /api/v1/keys/{key_id}": "revokeKey",
            "POST /api/v1/notifications/read": "markNotificationsRead",
            "GET /api/v1/provider/keys": "listProviderKeys",
            "DELETE /api/v1/provider/keys/{key_id}": "revokeProviderKey",
            "GET /api/v1/provider/services": "listProviderServices",
            "GET /api/v1/provider/services/{service_id}/health": "getServiceHealth",
            "GET /api/v1/provider/services/{service_id}/analytics": "getServiceAnalytics",
            "POST /api/v1/provider/services/{service_id}/test": "testService",
            "POST /api/v1/rails/nowpayments/callback": "receiveNOWPaymentsCallback",
            "POST /api/v1/rails/paypal/callback": "receivePayPalWebhook",
            "POST /api/v1/settlements/runs": "settleEveryProvider",
            "PATCH /api/v1/settlements/{settlement_id}/fail": "markSettlementFailed",
            "PATCH /api/v1/settlements/{settlement_id}/pay": "markSettlementPaid",
            "GET /api/v1/settlements/{settlement_id}/usage": "listSettlementUsage",
            "GET /api/v1/settlements/{settlement_id}/usage.csv": "getSettlementUsageCSV",
            "GET /api/v1/teams": "listTeams", "POST /api/v1/teams/{team_id}/gates/check": "checkQualityGates",
            "POST /api/v1/teams/{team_id}/route": "routeTask", "GET /api/v1/usage": "listUsage",
            "GET /api/v1/usage.csv": "getUsageCSV", "GET /api/v1/usage/me": "getUsageSummary",
            "GET /api/v1/webhooks": "listWebhooks", "POST /api/v1/webhooks": "createWebhook",
            "DELETE /api/v1/webhooks/{webhook_id}": "deleteWebhook",
            "POST /api/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver": "redeliver",
            "POST /api/v1/webhooks/{webhook_id}/replay": "replayEvents",
            "POST /api/v1/webhooks/{webhook_id}/replays": "startReplay",
        ],
        introduction: """
            ## Keys

            `POST /api/v1/keys` makes a key. Send it as `Authorization: Bearer {key_id}:{secret}`. The secret is shown once. A buyer's key calls services, a
            provider's key also lists them, and the operator's key does the rest. Searching needs no key.

            ## From a search to an answer

            1. `GET /api/v1/discover?q=summary` finds services. Each says in `usage` how it is called, in `pricing` what a call costs, and in `measured` how it does.
            2. `POST /api/v1/proxy/{service_id}/{path}` calls it. The body goes to the provider unchanged, and the answer comes back unchanged.
            3. The headers `X-ACF-Usage-Id` and `X-ACF-Amount` say what was paid. An `Idempotency-Key` makes sure that a call that is repeated is paid once.

            Without money a call is answered 402, with what to pay and where. Answers of the proxy are the provider's own: an error is the market's where it has the
            header `X-Souk-Problem`.

            Money is decimal text in USDC with at most six places. Times are ISO 8601 in UTC.
            """
    )
}
