import Kernel
import Platform
import Web

/// Everything that the network refuses, in order of precedence within each group. Codes are unique.
enum AffiliateProblems {
    // MARK: Requests

    /// The body is empty or no JSON object.
    static let bodyRequired = Problem(
        .unreadable,
        "body_required"
    )
    /// The action is missing.
    static let actionRequired = Problem(.missing, "action_required")
    /// The action is no text.
    static let actionMalformed = Problem(.malformed, "action_malformed")
    /// `params` is there and no object.
    static let paramsMalformed = Problem(.malformed, "params_malformed")
    /// No action has the name.
    static func unknownAction(_ name: String) -> Problem {
        Problem(.invalid, "unknown_action", ["name": "\(name.prefix(80))"])
    }

    // MARK: Keys and accounts

    /// No `Authorization: Bearer aa_…`.
    static let keyRequired = Problem(
        .unauthenticated,
        "key_required",
        headers: [.init("WWW-Authenticate", "Bearer")]
    )
    /// An unknown, revoked or deleted key: which of them is not said.
    static let invalidKey = Problem(
        .unauthenticated,
        "invalid_key",
        headers: [.init("WWW-Authenticate", "Bearer error=\"invalid_token\"")]
    )
    /// The role may not do this action.
    static func roleForbidden(_ role: Role) -> Problem {
        Problem(.forbidden, "role_forbidden", ["role": "\(role)"])
    }
    /// The console of another role.
    static let notForYourRole = Problem(.forbidden, "not_for_your_role")
    /// 30 tries to open an account from one address in an hour.
    static let tooManySignUps = Problem(
        .limited,
        "too_many_sign_ups"
    )
    /// 200 reads or 30 writes in a minute.
    static let rateLimited = Problem(.limited, "rate_limited")
    /// The account has ten keys that work.
    static let keyLimit = Problem(
        .conflict,
        "key_limit",
        ["limit": "\(AffiliateKeyService.perAccountLimit)"]
    )
    /// No such key, or another account's.
    static let keyNotFound = Problem(.notFound, "key_not_found")
    /// The name is another account's, on any surface.
    static let nameTaken = Problem(.conflict, "name_taken")
    static let emailTaken = Problem(.conflict, "email_taken")
    /// The address or the password: which of them is not said.
    static let wrongPassword = Problem(.unauthenticated, "wrong_password")
    /// Asked for before a new one is set.
    static let wrongPresentPassword = Problem(
        .unauthenticated,
        "wrong_present_password"
    )
    /// The operator has closed the account for now.
    static let accountSuspended = Problem(.forbidden, "account_suspended")
    static let accountNotFound = Problem(.notFound, "account_not_found")
    /// The console was asked for a key of another role than the account's.
    static let roleDiffers = Problem(.conflict, "role_differs")
    /// A form came from elsewhere.
    static let formToken = Problem(.forbidden, "form_token")

    // MARK: Programs and partnerships

    /// Unknown, not active, or another advertiser's.
    static let programNotFound = Problem(.notFound, "program_not_found")
    static let categoryNotFound = Problem(.notFound, "category_not_found")
    static let slugTaken = Problem(.conflict, "slug_taken")
    static let programLimit = Problem(
        .conflict,
        "program_limit",
        ["limit": "\(ProgramRoutes.perAdvertiserLimit)"]
    )
    static let creativeNotFound = Problem(.notFound, "creative_not_found")
    static let creativeLimit = Problem(
        .conflict,
        "creative_limit",
        ["limit": "\(Creative.perProgramLimit)"]
    )
    /// The status cannot become what was asked for: nothing returns to a draft, and nothing follows the end.
    static let programStatus = Problem(
        .conflict,
        "program_status"
    )
    /// Unknown, cancelled, or another account's.
    static let partnershipNotFound = Problem(.notFound, "partnership_not_found")
    /// There is a partnership that is not cancelled.
    static let partnershipExists = Problem(
        .conflict,
        "partnership_exists"
    )
    /// Who was rejected waits before they apply again.
    static func applicationTooSoon(until day: String) -> Problem {
        Problem(.conflict, "application_too_soon", ["day": "\(day)"])
    }
    /// Only what is pending can be cancelled.
    static let partnershipNotPending = Problem(
        .conflict,
        "partnership_not_pending"
    )
    /// Only approved partnerships have links and clicks.
    static let partnershipNotApproved = Problem(
        .conflict,
        "partnership_not_approved"
    )
    /// The decision does not fit the partnership's state.
    static let partnershipDecision = Problem(
        .conflict,
        "partnership_decision"
    )
    /// The program does not allow self-back.
    static let noSelfBack = Problem(.conflict, "no_self_back")
    /// Self-back is limited to once per program.
    static let selfBackUsed = Problem(.conflict, "self_back_used")

    // MARK: Clicks and conversions

    /// No partnership of the caller's has the code.
    static let trackingCodeNotFound = Problem(
        .notFound,
        "tracking_code_not_found"
    )
    /// No click of the advertiser's programs has the id.
    static let clickNotFound = Problem(.notFound, "click_not_found")
    /// A postback says neither of the two.
    static let leadRequired = Problem(.missing, "lead_required")
    /// Neither the token of the advertiser, nor another's.
    static let wrongToken = Problem(.unauthenticated, "wrong_token")
    /// The order lies in the future, or too far back.
    static let occurredAtRange = Problem(.invalid, "occurred_at_range")
    /// A postback's JSON is no object.
    static let postbackBody = Problem(.unreadable, "postback_body")
    /// No order id, and no click to stand for it.
    static let orderRequired = Problem(
        .missing,
        "order_required"
    )
    /// The reward is a share of an amount that was not told.
    static let amountRequired = Problem(
        .missing,
        "amount_required"
    )
    /// Nothing says whose order it is.
    static let noPartnership = Problem(.notFound, "no_partnership")
    /// The order was reported with another amount, or for another partnership.
    static func orderConflict(_ order: String) -> Problem {
        Problem(.conflict, "order_conflict", ["order": "\(order.prefix(80))"])
    }
    static let conversionNotFound = Problem(.notFound, "conversion_not_found")
    /// Only pending conversions are approved.
    static let notPending = Problem(
        .conflict,
        "conversion_not_pending"
    )
    /// A rejection is undone in its month, or never.
    static let rejectionFinal = Problem(.conflict, "rejection_final")
    /// A closed month does not change.
    static let alreadyPaid = Problem(
        .conflict,
        "conversion_paid"
    )
    /// Only what belongs to a closed month is clawed back.
    static let notPaid = Problem(.conflict, "conversion_not_paid")
    /// An order that a rule refused cannot be approved in this month.
    static let budgetUsedUp = Problem(
        .conflict,
        "budget_used_up"
    )
    static let notHeld = Problem(.conflict, "conversion_not_held")

    /// The first line of a table does not name its columns.
    static let csvHeader = Problem(
        .invalid,
        "csv_header"
    )
    /// A line of JSON Lines is no object, or holds more than texts and numbers.
    static let jsonlLine = Problem(.invalid, "jsonl_line")
    /// All that follows an open quote would be one value.
    static let csvQuote = Problem(.invalid, "csv_quote")
    static let csvTooLong = Problem(
        .invalid,
        "csv_too_long",
        ["limit": "\(BulkDecisionRoutes.lineLimit)"]
    )

    // MARK: Lines of a table of decisions

    static let lineColumns = Problem(.invalid, "line_columns")
    static let lineProgram = Problem(.invalid, "line_program")
    static let lineReason = Problem(.invalid, "line_reason", ["limit": "\(ConversionRoutes.reasonLimit)"])
    static let lineTwice = Problem(.invalid, "line_twice")
    static let lineDecision = Problem(.invalid, "line_decision")
    /// Unknown, or of another advertiser's program.
    static func lineOrder(_ program: ProgramID) -> Problem {
        Problem(.notFound, "line_order", ["program": "\(program)"])
    }

    // MARK: Rewards

    /// An advertiser's rewards, pending and approved, have a limit, which is lower for what the advertiser's server has not reported.
    static let rewardsLimit = Problem(
        .conflict,
        "rewards_limit"
    )

    // MARK: Payouts

    static let payoutNotFound = Problem(.notFound, "payout_not_found")
    /// It is paid, or was carried over.
    static let payoutNotScheduled = Problem(
        .conflict,
        "payout_not_scheduled"
    )
    static let monthNotOver = Problem(.conflict, "month_not_over")
    /// The month, or a later one, is closed.
    static let monthClosed = Problem(.conflict, "month_closed")
    /// The closing before has not ended.
    static let monthUnderWay = Problem(.conflict, "month_under_way")
    static let monthBeforeFirst = Problem(.conflict, "month_before_first")
    /// The months between are open.
    static let monthOrder = Problem(.conflict, "month_order")
    /// The job is not there, or is somebody else's.
    static let jobNotFound = Problem(.notFound, "job_not_found")

    /// Its closing has not begun.
    static let monthNotClosed = Problem(.notFound, "month_not_closed")
    static let monthMalformed = Problem(.invalid, "month_malformed")
    static let notificationNotFound = Problem(
        .notFound,
        "notification_not_found"
    )
    /// `start_date` after `end_date`, or a longer time than a report covers.
    static let reportRange = Problem(
        .invalid,
        "report_range"
    )

    // MARK: Webhooks

    static let webhookLimit = Problem(
        .conflict,
        "webhook_limit",
        ["limit": "\(WebhookSubscriptions.perOwnerLimit)"]
    )
    static let webhookNotFound = Problem(.notFound, "webhook_not_found")
    static let deliveryNotFound = Problem(.notFound, "delivery_not_found")
    static let webhookPrivate = Problem(.invalid, "webhook_private")
    static let replayRange = Problem(.invalid, "replay_range")
}
