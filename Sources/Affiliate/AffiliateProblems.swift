import Kernel
import Platform

/// Everything that the network refuses, in order of precedence within each group. Codes are unique.
enum AffiliateProblems {
    // MARK: Requests

    /// The body is empty or no JSON object.
    static let bodyRequired = Problem(
        .unreadable,
        "body_required",
        "The request body must be a JSON object with an action"
    )
    /// The action is missing.
    static let actionRequired = Problem(.missing, "action_required", "action: is required")
    /// The action is no text.
    static let actionMalformed = Problem(.malformed, "action_malformed", "action: must be a string")
    /// `params` is there and no object.
    static let paramsMalformed = Problem(.malformed, "params_malformed", "params: must be an object")
    /// No action has the name.
    static func unknownAction(_ name: String) -> Problem {
        Problem(.invalid, "unknown_action", "action: '\(name.prefix(80))' is not an action")
    }

    // MARK: Keys and accounts

    /// No `Authorization: Bearer aa_…`.
    static let keyRequired = Problem(
        .unauthenticated,
        "key_required",
        "API key required: Authorization: Bearer aa_…",
        headers: [.init("WWW-Authenticate", "Bearer")]
    )
    /// An unknown, revoked or deleted key: which of them is not said.
    static let invalidKey = Problem(
        .unauthenticated,
        "invalid_key",
        "Invalid API key",
        headers: [.init("WWW-Authenticate", "Bearer error=\"invalid_token\"")]
    )
    /// The role may not do this (contract, section 10).
    static func roleForbidden(_ role: String) -> Problem {
        Problem(.forbidden, "role_forbidden", "The \(role) role does not have access to this action")
    }
    /// A work place of another role.
    static let notForYourRole = Problem(.forbidden, "not_for_your_role", "Your role does not have access to this")
    /// 30 tries to open an account from one address in an hour.
    static let tooManySignUps = Problem(
        .limited,
        "too_many_sign_ups",
        "Too many accounts were opened from this address. Wait an hour and retry"
    )
    /// 200 reads or 30 writes in a minute.
    static let rateLimited = Problem(.limited, "rate_limited", "Rate limit exceeded. Wait one minute and retry")
    /// The account has ten keys that work.
    static let keyLimit = Problem(
        .conflict,
        "key_limit",
        "An account has at most \(AffiliateKeyService.perAccountLimit) keys; revoke or delete one first"
    )
    /// No such key, or another account's.
    static let keyNotFound = Problem(.notFound, "key_not_found", "Key not found")
    /// The name is another account's, on any surface.
    static let nameTaken = Problem(.conflict, "name_taken", "account_name: is taken")
    static let emailTaken = Problem(.conflict, "email_taken", "email: has an account already")
    /// The address or the password: which of them is not said.
    static let wrongPassword = Problem(.unauthenticated, "wrong_password", "E-mail or password is wrong")
    /// Asked for before a new one is set.
    static let wrongPresentPassword = Problem(
        .unauthenticated,
        "wrong_present_password",
        "password: is not the present one"
    )
    /// The operator has closed the account for now.
    static let accountSuspended = Problem(.forbidden, "account_suspended", "The account is suspended; ask the operator")
    static let accountNotFound = Problem(.notFound, "account_not_found", "Account not found")
    /// The console was asked for a key of another role than the account's.
    static let roleDiffers = Problem(.conflict, "role_differs", "The account has another role")
    /// A form came from elsewhere.
    static let formToken = Problem(.forbidden, "form_token", "The form is not from this session; load the page again")

    // MARK: Programs and partnerships

    /// Unknown, not active, or another advertiser's.
    static let programNotFound = Problem(.notFound, "program_not_found", "program_id: no such program")
    static let categoryNotFound = Problem(.notFound, "category_not_found", "category_id: no such category")
    static let slugTaken = Problem(.conflict, "slug_taken", "slug: is taken")
    static let programLimit = Problem(
        .conflict,
        "program_limit",
        "An advertiser has at most \(ProgramRoutes.perAdvertiserLimit) programs"
    )
    static let creativeNotFound = Problem(.notFound, "creative_not_found", "creative_id: no such creative")
    static let creativeLimit = Problem(
        .conflict,
        "creative_limit",
        "A program has at most \(Creative.perProgramLimit) creatives"
    )
    /// The status cannot become what was asked for: nothing returns to a draft, and nothing follows the end.
    static let programStatus = Problem(
        .conflict,
        "program_status",
        "status: a program that has ended stays so, and none becomes a draft again"
    )
    /// Unknown, cancelled, or another account's.
    static let partnershipNotFound = Problem(.notFound, "partnership_not_found", "partnership_id: no such partnership")
    /// There is a partnership that is not cancelled.
    static let partnershipExists = Problem(
        .conflict,
        "partnership_exists",
        "You have a partnership with this program already"
    )
    /// Only what is pending can be cancelled.
    static let partnershipNotPending = Problem(
        .conflict,
        "partnership_not_pending",
        "Only a pending application can be cancelled"
    )
    /// Only approved partnerships have links and clicks.
    static let partnershipNotApproved = Problem(
        .conflict,
        "partnership_not_approved",
        "The partnership is not approved"
    )
    /// The decision does not fit the partnership's state.
    static let partnershipDecision = Problem(
        .conflict,
        "partnership_decision",
        "The partnership is not in a state for that"
    )
    /// The program does not allow self-back.
    static let noSelfBack = Problem(.conflict, "no_self_back", "This program does not allow self-back")
    /// Self-back is limited to once per program.
    static let selfBackUsed = Problem(.conflict, "self_back_used", "You have used self-back for this program already")

    // MARK: Clicks and conversions

    /// No partnership of the caller's has the code.
    static let trackingCodeNotFound = Problem(
        .notFound,
        "tracking_code_not_found",
        "tracking_code: no such tracking code"
    )
    /// No click of the advertiser's programs has the id.
    static let clickNotFound = Problem(.notFound, "click_not_found", "click_id: no such click")
    /// A postback says neither of the two.
    static let leadRequired = Problem(.missing, "lead_required", "click_id: is required, or tracking_code")
    /// Neither the token of the advertiser, nor another's.
    static let wrongToken = Problem(.unauthenticated, "wrong_token", "token: is not an advertiser's postback token")
    /// The order lies in the future, or too far back.
    static let occurredAtRange = Problem(.invalid, "occurred_at_range", "occurred_at: must be within the last 90 days")
    /// A postback's JSON is no object.
    static let postbackBody = Problem(.unreadable, "postback_body", "The request body must be a JSON object or a form")
    /// No order id, and no click to stand for it.
    static let orderRequired = Problem(
        .missing,
        "order_required",
        "order_id: is required where no click leads to the order"
    )
    /// The reward is a share of an amount that was not told.
    static let amountRequired = Problem(
        .missing,
        "amount_required",
        "amount: is required, since the reward is a percentage"
    )
    /// Nothing says whose order it is.
    static let noPartnership = Problem(.notFound, "no_partnership", "No click and no partnership lead to this order")
    /// The order was reported with another amount, or for another partnership.
    static func orderConflict(_ order: String) -> Problem {
        Problem(.conflict, "order_conflict", "order_id: '\(order.prefix(80))' was recorded before with other details")
    }
    static let conversionNotFound = Problem(.notFound, "conversion_not_found", "conversion_id: no such conversion")
    /// Only pending conversions are approved.
    static let notPending = Problem(
        .conflict,
        "conversion_not_pending",
        "The conversion was rejected and cannot be approved"
    )
    /// A closed month does not change.
    static let alreadyPaid = Problem(
        .conflict,
        "conversion_paid",
        "The conversion belongs to a closed month; claw it back instead"
    )
    /// Only what belongs to a closed month is clawed back.
    static let notPaid = Problem(.conflict, "conversion_not_paid", "The conversion is not paid; reject it instead")
    /// An order that a rule refused cannot be approved in this month.
    static let budgetUsedUp = Problem(
        .conflict,
        "budget_used_up",
        "The program's monthly_budget does not suffice for the reward"
    )
    static let notHeld = Problem(.conflict, "conversion_not_held", "The conversion is not held back")

    /// The first line of a table does not name its columns.
    static let csvHeader = Problem(
        .invalid,
        "csv_header",
        "csv: the first line must name program_id, order_id and decision"
    )
    /// All that follows an open quote would be one value.
    static let csvQuote = Problem(.invalid, "csv_quote", "csv: a quote is opened and never closed")
    static let csvTooLong = Problem(
        .invalid,
        "csv_too_long",
        "csv: must have at most \(BulkDecisionRoutes.lineLimit) lines"
    )

    /// An advertiser's rewards, pending and approved, have a limit, which is lower for what the advertiser's server has not reported.
    static let rewardsLimit = Problem(
        .conflict,
        "rewards_limit",
        "The advertiser's rewards have reached their limit"
    )

    // MARK: Payouts

    static let payoutNotFound = Problem(.notFound, "payout_not_found", "payout_id: no such payout")
    /// It is paid, or was carried over.
    static let payoutNotScheduled = Problem(
        .conflict,
        "payout_not_scheduled",
        "The payout is not waiting for its transfer"
    )
    static let monthNotOver = Problem(.conflict, "month_not_over", "month: is not over yet")
    /// The month, or a later one, is closed.
    static let monthClosed = Problem(.conflict, "month_closed", "month: is closed")
    /// The closing before has not ended.
    static let monthUnderWay = Problem(.conflict, "month_under_way", "Another month is being closed")
    static let monthBeforeFirst = Problem(.conflict, "month_before_first", "month: the network had no account yet")
    /// The months between are open.
    static let monthOrder = Problem(.conflict, "month_order", "month: close the month after the last closed one first")
    /// Its closing has not begun.
    static let monthNotClosed = Problem(.notFound, "month_not_closed", "month: has not been closed")
    static let monthMalformed = Problem(.invalid, "month_malformed", "month: must be such as 2026-03")
    static let notificationNotFound = Problem(
        .notFound,
        "notification_not_found",
        "notification_id: no such notification"
    )
    /// `start_date` after `end_date`, or a longer time than a report covers.
    static let reportRange = Problem(
        .invalid,
        "report_range",
        "start_date: must not be after end_date, and at most 366 days before it"
    )

    // MARK: Webhooks

    static let webhookLimit = Problem(
        .conflict,
        "webhook_limit",
        "An account has at most \(WebhookSubscriptions.perOwnerLimit) webhooks"
    )
    static let webhookNotFound = Problem(.notFound, "webhook_not_found", "webhook_id: no such webhook")
    static let deliveryNotFound = Problem(.notFound, "delivery_not_found", "delivery_id: no such delivery")
    static let webhookPrivate = Problem(.invalid, "webhook_private", "url: must not lead to a private address")
    static let replayRange = Problem(.invalid, "replay_range", "from: must be before to")
}
