import Kernel
import Platform
import Web

/// Everything that commerce refuses, in order of precedence within each group. Codes are unique.
enum CommerceProblems {
    // MARK: Keys

    private static let bearer = [Problem.Header("WWW-Authenticate", "Bearer")]

    /// No API key: `Authorization: Bearer MA2A.…`.
    static let missingAPIKey = Problem(.unauthenticated, "missing_api_key", headers: bearer)
    /// Unknown, revoked or deleted: which of them is not said.
    static let invalidAPIKey = Problem(.unauthenticated, "invalid_api_key", headers: bearer)
    /// A key of another kind where an API key is asked for.
    static let apiKeyRequired = Problem(.unauthenticated, "api_key_required", headers: bearer)
    /// No console token: `Authorization: Bearer MA2D.…`.
    static let missingDeveloperToken = Problem(.unauthenticated, "missing_developer_token", headers: bearer)
    /// Unknown, expired or signed out.
    static let invalidDeveloperToken = Problem(.unauthenticated, "invalid_developer_token", headers: bearer)
    /// A key of another kind where a console token is asked for.
    static let developerTokenRequired = Problem(.unauthenticated, "developer_token_required", headers: bearer)
    /// No `X-Merchant-Token`.
    static let missingRegistrationToken = Problem(.unauthenticated, "missing_registration_token")
    /// No merchant has the token.
    static let invalidRegistrationToken = Problem(.forbidden, "invalid_registration_token")
    /// A signature was sent, and it is not the merchant's over this body and these five minutes.
    static let invalidSignature = Problem(.unauthenticated, "invalid_signature")
    /// No `X-Supply-Key`, or an unknown one.
    static let invalidSupplyKey = Problem(.unauthenticated, "invalid_supply_key")
    /// The key only reads, or is for some merchants alone.
    static let insufficientScope = Problem(.forbidden, "insufficient_scope")
    /// 120 requests of a key in a minute, or the limit of an address.
    static let rateLimited = Problem(.limited, "rate_limited")

    // MARK: Developers

    /// The e-mail address has an account.
    static let accountExists = Problem(.conflict, "account_exists")
    /// Which of the two is wrong is not said.
    static let invalidCredentials = Problem(.unauthenticated, "invalid_credentials")
    static let wrongPresentPassword = Problem(.unauthenticated, "wrong_present_password")
    static let accountSuspended = Problem(.forbidden, "account_suspended")
    /// Keys are for accounts that have shown an invite.
    static let inviteRequired = Problem(.forbidden, "invite_required")
    /// Unknown, used up or expired: which of them is not said.
    static let invalidInviteCode = Problem(.forbidden, "invalid_invite_code")
    /// 1 to 10,000 uses, and 1 to 365 days.
    static let inviteInvalid = Problem(.invalid, "invite_invalid")
    /// No such key, a deleted one, or another account's.
    static let keyNotFound = Problem(.notFound, "api_key_not_found")
    /// Twenty keys that work.
    static let keyLimitReached = Problem(.conflict, "key_limit_reached", ["limit": "\(CommerceKeyService.limit)"])
    /// Only its hash is there: it was made at the console, revoked, or the operator's key has changed.
    static let keyUnavailable = Problem(.gone, "key_unavailable")

    // MARK: Repeated requests

    static let idempotencyKeyLength = Problem(
        .invalid,
        "idempotency_key_length",
        ["limit": "\(IdempotencyStore.keyLengthLimit)"]
    )
    /// The key was used for another body.
    static let idempotencyKeyReused = Problem(.unprocessable, "idempotency_key_reused")

    static let repetition = Repetition.Rules(
        surface: CommerceContract.name,
        length: idempotencyKeyLength,
        reused: idempotencyKeyReused
    )

    // MARK: Recommendations

    /// Of `personal_agent_context`: it cannot be read.
    static let contextMalformed = FieldRule("agent_context")
    /// The index is not loaded yet.
    static let engineUnavailable = Problem(
        .unavailable,
        "intent_engine_unavailable",
        headers: [.init("Retry-After", "5")]
    )
    /// No card has the id, or its 90 days have passed.
    static let cardNotFound = Problem(.notFound, "not_found", variant: "card")
    static let productNotFound = Problem(.notFound, "product_not_found")
    static let creatorNotFound = Problem(.notFound, "creator_not_found")
    /// Also another account's.
    static let intentNotFound = Problem(.notFound, "intent_not_found")
    /// Also another account's.
    static let matchNotFound = Problem(.notFound, "match_not_found")

    // MARK: Catalogue

    static let merchantNotFound = Problem(.notFound, "merchant_not_found")
    static let importNotFound = Problem(.notFound, "import_not_found")
    /// Neither a body nor an address.
    static let feedMissing = Problem(.invalid, "feed_missing")
    /// Not https, with credentials in it, or no address at all.
    static let feedAddress = Problem(.invalid, "feed_address")
    /// Twenty imports of the merchant wait or run.
    static let tooManyImports = Problem(.limited, "too_many_imports", ["limit": "\(ImportService.runningLimit)"])
    /// The server has nowhere to keep a feed.
    static let uploadsUnavailable = Problem(.unavailable, "uploads_unavailable")
    static let merchantExists = Problem(.conflict, "merchant_exists")
    /// The id, the parameter of links, the days or the rates of a merchant cannot be so.
    static let merchantTermsInvalid = Problem(.invalid, "merchant_terms_invalid")

    // MARK: Orders

    /// More than a thousand lines at once.
    static let tooManyLines = Problem(.tooLarge, "too_many_lines", ["limit": "\(OrderRoutes.lineLimit)"])
    /// More than five minutes ahead of this server.
    static let orderInFuture = Problem(.invalid, "order_in_future")
    /// Nobody has reported it as paid, or it is somebody else's.
    static let orderNotFound = Problem(.notFound, "order_not_found")
    /// It was reported with another amount, currency or card, or more is given back than was paid.
    static let orderConflict = Self.orderConflict("amount")

    /// - Parameter reason: `amount` (it was reported otherwise), `refund_amount` (that refund was), or `refund_exceeds`.
    static func orderConflict(_ reason: String) -> Problem {
        Problem(.conflict, "order_conflict", extra: ["details": ["reason": .string(reason)]])
    }

    // MARK: Pages

    /// The page of another kind of account.
    static let notForYourRole = Problem(.forbidden, "not_for_your_role")
    static let formToken = Problem(.forbidden, "form_token")
}
