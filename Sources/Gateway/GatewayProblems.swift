import Kernel
import Platform
import Web

/// Everything that the gateway refuses, in order of precedence within each group. Codes are unique; the contract's own code of each is
/// `GatewayContract.code(of:)`.
enum GatewayProblems {
    // MARK: Who asks

    private static let bearer = [Problem.Header("WWW-Authenticate", "Bearer realm=\"gateway, goclaw_key\"")]

    /// No key, or one that is malformed, unknown, expired or revoked: which of them is not said.
    static let invalidAPIKey = Problem(.unauthenticated, "unauthorized", headers: bearer)
    /// The contract's constant. The truth stands in `RateLimit`.
    static let rateLimited = Problem(.limited, "rate_limited", headers: [.init("Retry-After", "60")])

    static func rateLimited(by decision: LimitDecision) -> Problem {
        self.rateLimited.limited(by: decision)
            .adding([.init(GatewayContract.retryAfter, "\(decision.resetSeconds * 1000)")])
    }

    static func scopeMissing(_ scope: String) -> Problem {
        Problem(.forbidden, "scope_missing", ["scope": scope], extra: ["details": ["required": .string(scope)]])
    }
    static let otherTenant = Problem(.forbidden, "other_tenant")
    static let tenantNotFound = Problem(.notFound, "tenant_not_found")
    static let tenantExists = Problem(.conflict, "tenant_exists")
    /// Only the gateway token may.
    static let tokenRequired = Problem(.forbidden, "token_required")
    /// Empty, too long, invisible, or one of the gateway's own names.
    static let userInvalid = Problem(.invalid, "user_invalid")
    static let userRequired = Problem(.invalid, "user_required")

    // MARK: Keys

    static func scopeInvalid(_ name: String) -> Problem { Problem(.invalid, "scope_invalid", ["scope": name]) }
    /// More than the caller's own key may.
    static let keyBeyondOwn = Problem(.forbidden, "key_beyond_own")
    static let keyOwnerReserved = Problem(.forbidden, "key_owner_reserved")
    /// An entry of `agents` names no agent of the tenant.
    static func keyAgentUnknown(_ name: String) -> Problem { Problem(.invalid, "key_agent_unknown", ["agent": name]) }
    static let keyNotFound = Problem(.notFound, "key_not_found")

    // MARK: Providers

    static let providerNotFound = Problem(.notFound, "provider_not_found")
    static let providerExists = Problem(.conflict, "provider_exists")
    static let providerInUse = Problem(.conflict, "provider_in_use")
    static func providerKind(_ known: [String]) -> Problem {
        Problem(.invalid, "provider_kind", ["values": known.joined(separator: ", ")])
    }
    static let providerAddress = Problem(.invalid, "provider_address")
    static let providerAddressPrivate = Problem(.invalid, "provider_address_private")

    // MARK: Agents

    static let agentNotFound = Problem(.notFound, "agent_not_found")
    static let agentExists = Problem(.conflict, "agent_exists")
    static let agentForbidden = Problem(.forbidden, "agent_forbidden")
    static let agentNotOwned = Problem(.forbidden, "agent_not_owned")
    static let agentInactive = Problem(.conflict, "agent_inactive")
    static let agentIsDefault = Problem(.conflict, "agent_is_default")
    static let agentProviderUnknown = Problem(.invalid, "agent_provider_unknown")
    static let adminRequired = Problem(.forbidden, "admin_required")
    static let noProvider = Problem(.conflict, "no_provider")
    static let budgetRaise = Problem(.forbidden, "budget_raise")
    /// The agent of a request's `model`.
    static let modelNotFound = Problem(.notFound, "model_not_found")
    static let relayForbidden = Problem(.forbidden, "relay_forbidden")

    // MARK: Runs

    static func messageTooLong(limit: Int) -> Problem { Problem(.invalid, "message_too_long", ["limit": "\(limit)"]) }
    static let messageRefused = Problem(.invalid, "message_refused")
    static let sessionNotFound = Problem(.notFound, "session_not_found")
    static let sessionKeyInvalid = Problem(.invalid, "session_key_invalid")
    static let runNotFound = Problem(.notFound, "run_not_found")
    static let traceNotFound = Problem(.notFound, "trace_not_found")
    static let busy = Problem(.limited, "busy", headers: [.init("Retry-After", "1")])
    static let draining = Problem(.unavailable, "draining", headers: [.init("Retry-After", "5")])
    static let runTimeout = Problem(.gatewayTimeout, "run_timeout")
    static let runCancelled = Problem(.conflict, "run_cancelled")
    /// Of a repetition: its first run has acted, and ended with its process.
    static let runInterrupted = Problem(.conflict, "run_interrupted", extra: ["final": true])
    static let runLost = Problem(.unavailable, "run_lost", headers: [.init("Retry-After", "1")])

    // MARK: Budgets

    static let budgetScope = Problem(.invalid, "budget_scope")
    static let budgetNotFound = Problem(.notFound, "budget_not_found")
    static func priceMissing(_ model: String) -> Problem { Problem(.conflict, "price_missing", ["model": model]) }
    static func budgetUsedUp(_ details: JSONValue) -> Problem {
        Problem(.limited, "budget_used_up", extra: ["details": details])
    }

    // MARK: Models

    static func contextTooLong(window: Int?) -> Problem {
        let window = window.map { ["window": "\($0)"] }
        return Problem(.invalid, "context_too_long", window ?? [:], variant: window == nil ? "unknown" : nil)
    }
    static func modelLimited(seconds: Int64) -> Problem {
        Problem(.limited, "model_limited", headers: [.init("Retry-After", "\(seconds)")])
    }
    static let providerRefused = Problem(.badGateway, "provider_refused")
    static let providerFailed = Problem(.badGateway, "provider_failed")
    static let providerResting = Problem(.unavailable, "provider_resting", headers: [.init("Retry-After", "30")])
    static let providerDisabled = Problem(.unavailable, "provider_disabled", headers: [.init("Retry-After", "60")])
    /// What an agent may pay the market's services a day: `market.day_micros`.
    static func marketDayUsedUp(_ limit: Dollars) -> Problem {
        Problem(.limited, "market_day_used_up", ["limit": limit.text])
    }
    static let providerBusy = Problem(.limited, "provider_busy", headers: [.init("Retry-After", "1")])
    /// Of a request to a model: what the model itself says it cannot be.
    static func modelRefusedRequest(_ reason: String) -> Problem {
        Problem(.invalid, "model_refused_request", ["reason": reason])
    }

    /// The same for whoever is no admin.
    static let modelRefused = Problem(.invalid, "model_refused")

    // MARK: Chat

    /// A picture's address that leads to none.
    static let imageUnreadable = Problem(.invalid, "image_unreadable", extra: ["param": "messages"])
    static let messagesMissing = Problem(.invalid, "messages_missing", extra: ["param": "messages"])
    /// - Parameter parameter: of the request, as OpenAI names it.
    static func unsupported(_ parameter: String) -> Problem {
        Problem(.invalid, "unsupported", ["parameter": parameter], extra: ["param": .string(parameter)])
    }
    static func toolMessage(_ id: String) -> Problem {
        Problem(.invalid, "tool_message", ["id": id], extra: ["param": "messages"])
    }
    static func toolNameTaken(_ name: String) -> Problem {
        Problem(.invalid, "tool_name_taken", ["name": name], extra: ["param": "tools"])
    }

    // MARK: Tools

    static let toolNotFound = Problem(.notFound, "tool_not_found")
    static func toolFailed(_ reason: String) -> Problem { Problem(.invalid, "tool_failed", ["reason": reason]) }
    static func toolUnknown(_ name: String) -> Problem { Problem(.invalid, "tool_unknown", ["name": name]) }

    /// This server has no market.
    static let noMarket = Problem(.unavailable, "no_market")

    /// This server has no affiliate network.
    static let noNetwork = Problem(.unavailable, "no_network")

    /// What stands there is no working key of a publisher or agent.
    static let networkKeyRefused = Problem(
        .invalid,
        "invalid",
        fields: [FieldError(path: "key", rule: FieldRule("network_key"), isMalformed: false)]
    )

    // MARK: Repeated requests

    static let idempotencyKeyLength = Problem(
        .invalid,
        "idempotency_key_length",
        ["limit": "\(IdempotencyStore.keyLengthLimit)"]
    )
    static let idempotencyKeyReused = Problem(.unprocessable, "idempotency_key_reused")
    static let idempotencyKeyRunning = Problem(.conflict, "idempotency_key_running")
    /// Its answer held a secret, and was not kept.
    static func alreadyMade(_ id: String) -> Problem {
        Problem(.conflict, "already_made", ["id": id], extra: ["details": ["id": .string(id)]])
    }
    static let versionChanged = Problem(.preconditionFailed, "version_changed")

    // MARK: Pages

    static let notForYourRole = Problem(.forbidden, "not_for_your_role")
    static let formToken = Problem(.forbidden, "form_token")
}
