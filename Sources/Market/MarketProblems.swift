import Kernel
import Web

/// Everything that the market refuses, in order of precedence within each group. Codes are unique.
enum MarketProblems {
    // MARK: Keys

    /// No `Authorization` header, or another scheme.
    static let keyRequired = Problem(
        .unauthenticated,
        "key_required",
        headers: [.init("WWW-Authenticate", "Bearer realm=\"market, key_id:secret\"")]
    )
    /// A bearer token without a colon.
    static let invalidKeyFormat = Problem(
        .unauthenticated,
        "invalid_key_format",
        headers: [.init("WWW-Authenticate", "Bearer realm=\"market, key_id:secret\"")]
    )
    /// An unknown key id, a revoked key, or a wrong secret: which of them is not said.
    static let invalidKey = Problem(
        .unauthenticated,
        "invalid_key",
        headers: [.init("WWW-Authenticate", "Bearer realm=\"market, key_id:secret\", error=\"invalid_token\"")]
    )
    /// The key's 365 days have passed.
    static let keyExpired = Problem(
        .unauthenticated,
        "key_expired",
        headers: [.init("WWW-Authenticate", "Bearer realm=\"market, key_id:secret\", error=\"invalid_token\"")]
    )
    /// An address or a key has reached its limit.
    static let rateLimited = Problem(.limited, "rate_limited")
    /// The route is for administrators.
    static let adminRequired = Problem(.forbidden, "admin_required")
    /// The route is for providers and administrators.
    static let providerRequired = Problem(.forbidden, "provider_required")
    /// A provider key was asked for without a key.
    static let providerKeyNeedsKey = Problem(
        .unauthenticated,
        "provider_key_needs_key"
    )
    /// An admin key was asked for without a key.
    static let adminKeyNeedsKey = Problem(
        .unauthenticated,
        "admin_key_needs_key"
    )
    /// An admin key was asked for by somebody else than an administrator.
    static let adminKeyNeedsAdmin = Problem(.forbidden, "admin_key_needs_admin")
    /// The owner has keys already: only they, or an administrator's, make further ones.
    static let ownerTaken = Problem(
        .forbidden,
        "owner_taken"
    )

    // MARK: Accounts

    /// No account has the address, or its password is another.
    static let wrongPassword = Problem(.unauthenticated, "wrong_password")
    /// The account has a password, and the present one was not given.
    static let wrongCurrentPassword = Problem(.unauthenticated, "wrong_current_password")
    static let passwordRequired = Problem(.conflict, "password_required")
    static let nameTaken = Problem(.conflict, "name_taken")
    static let emailTaken = Problem(.conflict, "email_taken")
    static let tooManySignUps = Problem(
        .limited,
        "too_many_sign_ups",
        ["limit": "\(AccountService.signUpLimit)"],
        headers: [.init("Retry-After", "3600")]
    )
    /// Only an account with a password becomes a provider's; others make a provider's key.
    static let noLogin = Problem(.conflict, "no_login")
    /// Whoever holds it could lift its cap.
    static let cappedKey = Door.cappedKey
    /// Nobody could lift it again, where there is no other key.
    static let ownCap = Problem(.conflict, "own_cap")
    /// The key has spent what it may of the balance in a UTC day.
    static func dailyCapReached(cap: Int64) -> Problem {
        Problem(.forbidden, "daily_cap_reached", ["cap": "\(Amount<USDC>(micros: cap).text)"])
    }

    // MARK: Services

    static let serviceNotFound = Problem(.notFound, "service_not_found")
    /// The service is paused or removed and cannot be called.
    static let serviceNotActive = Problem(.forbidden, "service_not_active")
    static let onlyOwnerUpdates = Problem(.forbidden, "only_owner_updates")
    static let onlyOwnerRemoves = Problem(.forbidden, "only_owner_removes")
    /// A removed service stays removed.
    static let serviceRemoved = Problem(.conflict, "service_removed")
    /// The endpoint's host is, or resolves to, an address that is not public.
    static let privateEndpoint = Problem(.invalid, "private_endpoint")

    // MARK: Agents

    static let agentNotFound = Problem(.notFound, "agent_not_found")
    static let onlyAgentOwnerUpdates = Problem(
        .forbidden,
        "only_agent_owner_updates"
    )
    static let onlyAgentOwnerDeactivates = Problem(
        .forbidden,
        "only_agent_owner_deactivates"
    )
    /// An administrator has suspended the agent: its owner cannot change its status.
    static let agentSuspended = Problem(.forbidden, "agent_suspended")

    // MARK: Teams

    /// Also for changes to an archived team.
    static let teamNotFound = Problem(.notFound, "team_not_found")
    static let memberNotFound = Problem(.notFound, "member_not_found")
    static let ruleNotFound = Problem(.notFound, "rule_not_found")
    static let gateNotFound = Problem(.notFound, "gate_not_found")
    static func onlyTeamOwner(_ action: String) -> Problem {
        Problem(.forbidden, "only_team_owner", ["action": "\(action)"])
    }
    static let memberTwice = Problem(.conflict, "member_twice")
    static let teamPartLimit = Problem(
        .conflict,
        "team_part_limit",
        ["limit": "\(TeamService.partLimit)"]
    )

    // MARK: Proxy

    /// A path that climbs out of the provider's registered address.
    static let dotSegments = Problem(.invalid, "dot_segments")
    /// A path or a query that is not percent-encoded UTF-8.
    static let pathEncoding = Problem(
        .invalid,
        "path_encoding"
    )
    /// Another request with the same key has not ended yet.
    static let idempotencyRunning = Problem(
        .conflict,
        "idempotency_running",
        headers: [.init("Retry-After", "1")]
    )
    /// The key was used for another request.
    static let idempotencyMismatch = Problem(
        .malformed,
        "idempotency_mismatch"
    )
    /// The first answer was delivered and charged, and is too large to give again.
    static let idempotencyNotKept = Problem(
        .conflict,
        "idempotency_not_kept"
    )
    static let idempotencyKeyLength = Problem(
        .invalid,
        "idempotency_key_length"
    )
    /// The header of a payment is not base64 of the protocol's JSON.
    static let paymentUnreadable = Problem(.unreadable, "payment_unreadable")
    /// The balance does not cover the call; the answer says how to pay.
    static let paymentRequired = Problem(.paymentRequired, "payment_required", variant: "top_up")

    /// Five calls in a row have failed; for a minute none is tried.
    static func circuitOpen(retryAfterSeconds: Int64) -> Problem {
        Problem(
            .unavailable,
            "circuit_open",
            headers: [.init("Retry-After", "\(retryAfterSeconds)")]
        )
    }
    /// The buyer, or the service, has as many calls under way as one may.
    static let tooManyCalls = Problem(
        .limited,
        "too_many_calls",
        headers: [.init("Retry-After", "1")]
    )
    static let providerUnreachable = Problem(.badGateway, "provider_unreachable")
    static let providerTimeout = Problem(.gatewayTimeout, "provider_timeout")
    /// The rail did not say whether it took the money.
    static let paymentUnknown = Problem(
        .gatewayTimeout,
        "payment_unknown"
    )

    // MARK: Billing

    static let depositNotFound = Problem(.notFound, "deposit_not_found")
    /// The deposit is paid, or a payment for it is under way.
    static let depositNotPayable = Problem(
        .conflict,
        "deposit_not_payable"
    )
    /// The x402 door is for deposits over x402.
    static func paidElsewhere(_ method: String) -> Problem {
        Problem(.conflict, "paid_elsewhere", ["method": "\(method)"])
    }
    /// The rail takes whole steps only.
    static func amountStep(_ method: String, step: Amount<USDC>) -> Problem {
        Problem(
            .invalid,
            "amount_step",
            ["step": "\(step.text)", "method": "\(method)"]
        )
    }
    /// The payment company does not answer. Nothing was asked of the payer.
    static let railUnavailable = Problem(
        .unavailable,
        "rail_unavailable",
        headers: [.init("Retry-After", "5")]
    )
    /// The payment company will not take such a payment.
    static func railRefused(_ reason: String) -> Problem {
        Problem(.badGateway, "rail_refused", ["reason": "\(reason)"])
    }
    /// A callback without a signature, or with one that is not over these bytes.
    static let callbackSignature = Problem(
        .invalid,
        "callback_signature"
    )
    /// Only a deposit that came in can go back.
    static let depositNotPaid = Problem(.conflict, "deposit_not_paid")
    /// More than is left of the deposit, or of the balance.
    static func refundTooLarge(_ available: Amount<USDC>) -> Problem {
        Problem(
            .conflict,
            "refund_too_large",
            ["available": "\(available.text)"]
        )
    }
    static let refundNotFound = Problem(.notFound, "refund_not_found")
    /// Paid, failed, or in the hands of the payment company.
    static let refundNotOpen = Problem(.conflict, "refund_not_open")
    static let buyerNotFound = Problem(.notFound, "buyer_not_found")
    /// The operator has not configured this rail.
    static func railNotOffered(_ method: String) -> Problem {
        Problem(.conflict, "rail_not_offered", ["method": "\(method)"])
    }

    // MARK: Ledger

    static let accountNotFound = Problem(.notFound, "account_not_found")
    static let transferNotFound = Problem(.notFound, "transfer_not_found")

    // MARK: Operator

    static let accountUnknown = Problem(.notFound, "account_unknown")
    /// Nobody could take it back.
    static let ownAccount = Problem(.conflict, "own_account")
    /// The operator has suspended the account, so that nothing of it works, or has ended its sign-in.
    static let accountSuspended = Problem(.forbidden, "account_suspended")
    /// Only the operator lets it go on.
    static func pausedByOperator(_ reason: String) -> Problem {
        Problem(.forbidden, "paused_by_operator", ["reason": "\(reason)"])
    }

    // MARK: Provider portal

    static let notYourService = Problem(.forbidden, "not_your_service")
    static let keyNotFound = Problem(.notFound, "key_not_found")
    static let notYourKey = Problem(.forbidden, "not_your_key")

    // MARK: Pages

    /// The form that tries a service sends what its page offers.
    /// The price on the page is no longer the service's.
    static func tryPrice(_ price: String) -> Problem {
        Problem(.conflict, "try_price", ["price": "\(price)"])
    }
    static let tryMethod = Problem(.invalid, "try_method")
    static let tryContentType = Problem(.invalid, "try_content_type")
    /// A form that did not come from a page of the session.
    static let formToken = Problem(.forbidden, "form_token")

    // MARK: Settlements

    static let settlementPeriod = Problem(
        .invalid,
        "settlement_period"
    )
    /// Nothing can be settled of a time that has not begun.
    static let settlementFuture = Problem(
        .invalid,
        "settlement_future"
    )
    static let providerNotFound = Problem(.notFound, "provider_not_found")
    /// Another settlement of the provider, which did not fail, covers a part of the period.
    static func settlementOverlaps(until settled: Timestamp) -> Problem {
        Problem(
            .conflict,
            "settlement_overlaps",
            ["until": "\(settled.text)"]
        )
    }
    static let settlementNotFound = Problem(.notFound, "settlement_not_found")
    /// Its usage records have left the database; the operator can bring them back.
    static func usageArchived(days: [String]) -> Problem {
        Problem(.conflict, "usage_archived", ["days": days.joined(separator: ", ")])
    }
    static let settlementNotPayable = Problem(
        .notFound,
        "settlement_not_payable"
    )

    // MARK: Jobs

    static let jobNotFound = Problem(.notFound, "job_not_found")
    /// The job writes no file, or has not ended.
    static let jobHasNoFile = Problem(.conflict, "job_has_no_file")
    static let exportRange = Problem(.invalid, "export_range")
    static let jobLimit = Problem(
        .conflict,
        "job_limit",
        ["limit": "\(JobOperations.runningLimit)"]
    )
    static let filesLimit = Problem(
        .conflict,
        "files_limit",
        ["limit": "\(JobRoutes.filesLimit)"]
    )
    static let exportTooLarge = Problem(
        .conflict,
        "export_too_large",
        ["limit": "\(MarketJobs.exportLimit)"]
    )
    static let replayRange = Problem(.invalid, "replay_range")

    // MARK: Webhooks

    static let webhookLimit = Problem(.invalid, "webhook_limit")
    static let webhookNotFound = Problem(.notFound, "webhook_not_found")
    static let deliveryNotFound = Problem(.notFound, "delivery_not_found")
    static let webhookPrivate = Problem(.invalid, "webhook_private")
}
