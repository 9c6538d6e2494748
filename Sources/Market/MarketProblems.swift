import Kernel

/// Everything that the market refuses, in order of precedence within each group. Codes are unique.
enum MarketProblems {
    // MARK: Keys

    /// No `Authorization` header, or another scheme.
    static let keyRequired = Problem(
        .unauthenticated,
        "key_required",
        "API key required",
        headers: [.init("WWW-Authenticate", "Bearer")]
    )
    /// A bearer token without a colon.
    static let invalidKeyFormat = Problem(
        .unauthenticated,
        "invalid_key_format",
        "Invalid key format. Use key_id:secret",
        headers: [.init("WWW-Authenticate", "Bearer")]
    )
    /// An unknown key id, a revoked key, or a wrong secret: which of them is not said.
    static let invalidKey = Problem(
        .unauthenticated,
        "invalid_key",
        "Invalid API key",
        headers: [.init("WWW-Authenticate", "Bearer error=\"invalid_token\"")]
    )
    /// The key's 365 days have passed.
    static let keyExpired = Problem(
        .unauthenticated,
        "key_expired",
        "API key expired",
        headers: [.init("WWW-Authenticate", "Bearer error=\"invalid_token\"")]
    )
    /// An address or a key has reached its limit.
    static let rateLimited = Problem(.limited, "rate_limited", "Rate limit exceeded. Try again later.")
    /// The route is for administrators.
    static let adminRequired = Problem(.forbidden, "admin_required", "Admin access required")
    /// The route is for providers and administrators.
    static let providerRequired = Problem(.forbidden, "provider_required", "Provider access required")
    /// A provider key was asked for without a key.
    static let providerKeyNeedsKey = Problem(
        .unauthenticated,
        "provider_key_needs_key",
        "Provider key creation requires authentication"
    )
    /// An admin key was asked for without a key.
    static let adminKeyNeedsKey = Problem(
        .unauthenticated,
        "admin_key_needs_key",
        "Admin key creation requires authentication"
    )
    /// An admin key was asked for by somebody else than an administrator.
    static let adminKeyNeedsAdmin = Problem(.forbidden, "admin_key_needs_admin", "Only admins can create admin keys")
    /// The owner has keys already: only they, or an administrator's, make further ones.
    static let ownerTaken = Problem(
        .forbidden,
        "owner_taken",
        "This owner_id belongs to another account; use one of its keys to create more"
    )

    // MARK: Services

    static let serviceNotFound = Problem(.notFound, "service_not_found", "Service not found")
    /// The service is paused or removed and cannot be called.
    static let serviceNotActive = Problem(.forbidden, "service_not_active", "Service is not active")
    static let onlyOwnerUpdates = Problem(.forbidden, "only_owner_updates", "Only the service owner can update")
    static let onlyOwnerRemoves = Problem(.forbidden, "only_owner_removes", "Only the service owner can remove")
    /// A removed service stays removed.
    static let serviceRemoved = Problem(.conflict, "service_removed", "Service has been removed")
    /// The endpoint's host is, or resolves to, an address that is not public.
    static let privateEndpoint = Problem(.invalid, "private_endpoint", "Endpoint cannot point to a private address")

    // MARK: Agents

    static let agentNotFound = Problem(.notFound, "agent_not_found", "Agent not found")
    static let onlyAgentOwnerUpdates = Problem(
        .forbidden,
        "only_agent_owner_updates",
        "Only the agent owner can update"
    )
    static let onlyAgentOwnerDeactivates = Problem(
        .forbidden,
        "only_agent_owner_deactivates",
        "Only the agent owner can deactivate"
    )
    /// An administrator has suspended the agent: its owner cannot change its status.
    static let agentSuspended = Problem(.forbidden, "agent_suspended", "Agent was suspended by an administrator")

    // MARK: Teams

    /// Also for changes to an archived team.
    static let teamNotFound = Problem(.notFound, "team_not_found", "Team not found")
    static let memberNotFound = Problem(.notFound, "member_not_found", "Member not found")
    static let ruleNotFound = Problem(.notFound, "rule_not_found", "Rule not found")
    static let gateNotFound = Problem(.notFound, "gate_not_found", "Gate not found")
    static func onlyTeamOwner(_ action: String) -> Problem {
        Problem(.forbidden, "only_team_owner", "Only team owner can \(action)")
    }
    static let memberTwice = Problem(.conflict, "member_twice", "Agent is already a member of this team")
    static let teamPartLimit = Problem(
        .conflict,
        "team_part_limit",
        "At most \(TeamService.partLimit) members, rules and gates each"
    )

    // MARK: Proxy

    /// A path that climbs out of the provider's registered address.
    static let dotSegments = Problem(.invalid, "dot_segments", "The path must not contain . or .. segments")
    /// A path or a query that is not percent-encoded UTF-8.
    static let pathEncoding = Problem(
        .invalid,
        "path_encoding",
        "The path and the query must be percent-encoded UTF-8"
    )
    /// Another request with the same key has not ended yet.
    static let idempotencyRunning = Problem(
        .conflict,
        "idempotency_running",
        "A request with this Idempotency-Key is still running",
        headers: [.init("Retry-After", "1")]
    )
    /// The key was used for another request.
    static let idempotencyMismatch = Problem(
        .malformed,
        "idempotency_mismatch",
        "This Idempotency-Key was used with a different request"
    )
    /// The first answer was delivered and charged, and is too large to give again.
    static let idempotencyNotKept = Problem(
        .conflict,
        "idempotency_not_kept",
        "The answer to this Idempotency-Key was delivered and is not kept; nothing was charged again"
    )
    static let idempotencyKeyLength = Problem(
        .invalid,
        "idempotency_key_length",
        "Idempotency-Key must have 1 to 255 characters"
    )
    /// The header of a payment is not base64 of the protocol's JSON.
    static let paymentUnreadable = Problem(.unreadable, "payment_unreadable", "The payment header cannot be read")
    /// Five calls in a row have failed; for a minute none is tried.
    static func circuitOpen(retryAfterSeconds: Int64) -> Problem {
        Problem(
            .unavailable,
            "circuit_open",
            "Service is temporarily unavailable after repeated failures",
            headers: [.init("Retry-After", "\(retryAfterSeconds)")]
        )
    }
    /// The buyer, or the service, has as many calls under way as one may.
    static let tooManyCalls = Problem(
        .limited,
        "too_many_calls",
        "Too many calls are under way to this service. Try again.",
        headers: [.init("Retry-After", "1")]
    )
    static let providerUnreachable = Problem(.badGateway, "provider_unreachable", "Provider unreachable")
    static let providerTimeout = Problem(.gatewayTimeout, "provider_timeout", "Provider timeout")
    /// The rail did not say whether it took the money.
    static let paymentUnknown = Problem(
        .gatewayTimeout,
        "payment_unknown",
        """
        The payment's outcome is not known yet. Do not pay again: it is being checked, and if it was taken it is added to your \
        balance, which the next call uses
        """
    )

    // MARK: Billing

    static let depositNotFound = Problem(.notFound, "deposit_not_found", "Deposit not found")
    /// The deposit is paid, or a payment for it is under way.
    static let depositNotPayable = Problem(
        .conflict,
        "deposit_not_payable",
        "This deposit is paid or being paid; do not pay it again"
    )
    /// The x402 door is for deposits over x402.
    static func paidElsewhere(_ method: String) -> Problem {
        Problem(.conflict, "paid_elsewhere", "This deposit is paid over \(method), on the page that pay.url names")
    }
    /// The rail takes whole steps only.
    static func amountStep(_ method: String, step: Int64) -> Problem {
        Problem(
            .invalid,
            "amount_step",
            "amount must be a multiple of \(Micros.text(step)) for payment_method \(method)"
        )
    }
    /// The payment company does not answer. Nothing was asked of the payer.
    static let railUnavailable = Problem(
        .unavailable,
        "rail_unavailable",
        "The payment company does not answer now; nothing was charged",
        headers: [.init("Retry-After", "5")]
    )
    /// The payment company will not take such a payment.
    static func railRefused(_ reason: String) -> Problem {
        Problem(.badGateway, "rail_refused", "The payment company refused: \(reason)")
    }
    /// A callback without a signature, or with one that is not over these bytes.
    static let callbackSignature = Problem(
        .invalid,
        "callback_signature",
        "The callback's signature is missing or not valid"
    )
    /// Only a deposit that came in can go back.
    static let depositNotPaid = Problem(.conflict, "deposit_not_paid", "This deposit is not paid")
    /// More than is left of the deposit, or of the balance.
    static func refundTooLarge(_ available: Int64) -> Problem {
        Problem(
            .conflict,
            "refund_too_large",
            "At most \(Micros.text(available)) can be refunded: what is unspent and not refunded before"
        )
    }
    static let refundNotFound = Problem(.notFound, "refund_not_found", "Refund not found")
    /// Paid, failed, or in the hands of the payment company.
    static let refundNotOpen = Problem(.conflict, "refund_not_open", "This refund does not wait for the operator")
    static let buyerNotFound = Problem(.notFound, "buyer_not_found", "Buyer not found")
    /// The operator has not configured this rail.
    static func railNotOffered(_ method: String) -> Problem {
        Problem(.conflict, "rail_not_offered", "payment_method \(method) is not offered by this server")
    }

    // MARK: Ledger

    static let accountNotFound = Problem(.notFound, "account_not_found", "Account not found")
    static let transferNotFound = Problem(.notFound, "transfer_not_found", "Transfer not found")

    // MARK: Provider portal

    static let notYourService = Problem(.forbidden, "not_your_service", "Not your service")
    static let keyNotFound = Problem(.notFound, "key_not_found", "Key not found")
    static let notYourKey = Problem(.forbidden, "not_your_key", "Not your key")

    // MARK: Pages

    /// The form that tries a service sends what its page offers.
    /// The price on the page is no longer the service's.
    static func tryPrice(_ price: String) -> Problem {
        Problem(.conflict, "try_price", "The price is \(price) USDC now. Look at it, and call again if you want to.")
    }
    static let tryMethod = Problem(.invalid, "try_method", "method must be one of POST, GET, PUT, PATCH, DELETE")
    static let tryContentType = Problem(.invalid, "try_content_type", "content_type must be visible ASCII")
    /// A form that did not come from a page of the session.
    static let formToken = Problem(.forbidden, "form_token", "The form has run out; open the page again")

    // MARK: Settlements

    static let settlementPeriod = Problem(
        .invalid,
        "settlement_period",
        "period_start must be before period_end"
    )
    /// Nothing can be settled of a time that has not begun.
    static let settlementFuture = Problem(
        .invalid,
        "settlement_future",
        "period_start must not be in the future"
    )
    static let providerNotFound = Problem(.notFound, "provider_not_found", "Provider not found")
    /// Another settlement of the provider, which did not fail, covers a part of the period.
    static func settlementOverlaps(until settled: Timestamp) -> Problem {
        Problem(
            .conflict,
            "settlement_overlaps",
            "The period overlaps another settlement of this provider, which covers the time up to \(settled.text)"
        )
    }
    static let settlementNotFound = Problem(.notFound, "settlement_not_found", "Settlement not found")
    static let settlementNotPayable = Problem(
        .notFound,
        "settlement_not_payable",
        "Settlement not found or already paid"
    )

    // MARK: Jobs

    static let jobNotFound = Problem(.notFound, "job_not_found", "Job not found")
    /// The job writes no file, or has not ended.
    static let jobHasNoFile = Problem(.conflict, "job_has_no_file", "This job has no file, or has not ended yet")
    static let exportRange = Problem(.invalid, "export_range", "from must be before to")
    static let jobLimit = Problem(
        .conflict,
        "job_limit",
        "At most \(JobRoutes.runningLimit) jobs at once; wait for one to end"
    )
    static let filesLimit = Problem(
        .conflict,
        "files_limit",
        "At most \(JobRoutes.filesLimit) files a day; download the CSV directly"
    )
    static let exportTooLarge = Problem(
        .conflict,
        "export_too_large",
        "More than \(MarketJobs.exportLimit) calls: choose a shorter time, or download the CSV directly"
    )
    static let replayRange = Problem(.invalid, "replay_range", "from must be before to")

    // MARK: Webhooks

    static let webhookLimit = Problem(.invalid, "webhook_limit", "Maximum 20 webhooks per owner")
    static let webhookNotFound = Problem(.notFound, "webhook_not_found", "Webhook not found")
    static let deliveryNotFound = Problem(.notFound, "delivery_not_found", "Delivery not found")
    static let webhookPrivate = Problem(.invalid, "webhook_private", "Webhook URL cannot point to a private address")
}
