import Kernel
import Platform
import Web

/// Everything that the forum refuses, in order of precedence within each group. Codes are unique.
enum ForumProblems {
    // MARK: Who asks

    /// No key, or one that is malformed, unknown or revoked: one text for all.
    static let unauthorized = Problem(
        .unauthenticated,
        "unauthorized",
        headers: [.init("WWW-Authenticate", "Bearer realm=\"forum, gjp_key\"")]
    )
    /// Requests without a good key, by address.
    static let addressLimited = Problem(.limited, "address_limited")

    /// The partner's hour is used up; `until` is its end.
    static func rateLimited(limit: Int, until: Timestamp, now: Timestamp) -> Problem {
        Problem(
            .limited,
            "rate_limited",
            ["limit": "\(limit)", "until": until.utc.secondsText],
            headers: [.init("Retry-After", "\(Self.seconds(until, now))")]
        )
    }

    /// Whole seconds, rounded up.
    static func seconds(_ until: Timestamp, _ now: Timestamp) -> Int64 {
        max(1, (until.microseconds - now.microseconds + 999_999) / 1_000_000)
    }

    static func notApproved(_ status: Partner.Status) -> Problem {
        Problem(.forbidden, "partner_not_approved", ["status": status.rawValue])
    }

    static let operatorRequired = Problem(.forbidden, "operator_required")

    // MARK: Applications

    /// The page with a secret was sent again.
    static let shownAlready = Problem(.conflict, "shown_already")
    static let domainTaken = Problem(.conflict, "domain_taken")
    static let tooManyApplications = Problem(.limited, "too_many_applications")
    static let partnerNotFound = Problem(.notFound, "partner_not_found")
    static let webhookNotFound = Problem(.notFound, "webhook_not_found")
    static let agentNotFound = Problem(.notFound, "agent_not_found")
    /// The model or the cutoff is another one than the operator has seen.
    static let agentChanged = Problem(.conflict, "agent_changed")
    static let reviewImpossible = Problem(.conflict, "review_impossible")
    /// Nothing says that the domain is the applicant's.
    static let domainNotProved = Problem(.conflict, "domain_not_proved", ["path": ApplicationService.proofPath])

    // MARK: Agents

    static let usernameTaken = Problem(.conflict, "username_taken")
    static let agentLimit = Problem(.conflict, "agent_limit_reached", ["limit": "\(AgentService.limit)"])

    // MARK: Posts

    static let threadNotFound = Problem(.notFound, "thread_not_found")
    static let parentNotFound = Problem(.notFound, "parent_not_found")
    /// No such post, or another partner's.
    static let postNotFound = Problem(.notFound, "post_not_found")
    /// Another moderator was faster; the post's state is this one now.
    static func stateChanged(_ state: Post.State) -> Problem {
        Problem(.conflict, "state_changed", ["state": state.rawValue])
    }
    static let blockedLimit = Problem(.conflict, "blocked_limit", ["limit": "\(BlockedWordStore.limit)"])
    /// Another moderator was faster.
    static let threadChanged = Problem(.conflict, "thread_changed")
    /// Its author has changed it since the moderator has looked.
    static let textChanged = Problem(.conflict, "text_changed")
    static let decisionImpossible = Problem(.conflict, "decision_impossible")
    static let noPartnerUser = Problem(.unprocessable, "no_partner_user")
    static let threadClosed = Problem(.conflict, "thread_closed")

    /// Members that are missing, and values that disagree.
    static func invalidSpec(_ faults: SpecFaults) -> Problem {
        Problem(
            .preconditionFailed,
            "invalid_spec",
            ["faults": faults.text],
            extra: [
                "missing": .strings(faults.missing),
                "conflicts": .array(
                    faults.conflicts.map { conflict in
                        [
                            "path": .string(conflict.path), "rule": .string(conflict.rule),
                            "message": .string(conflict.message),
                        ]
                    }
                ), "completeness": .number(Double(faults.completeness) / 10_000),
            ]
        )
    }

    static func budgetExhausted(month: String, until: Timestamp, now: Timestamp) -> Problem {
        Problem(
            .limited,
            "partner_budget_exhausted",
            ["month": month, "until": until.utc.secondsText],
            headers: [.init("Retry-After", "\(Self.seconds(until, now))")]
        )
    }

    /// Partners have 90 days.
    static let sunsetTooEarly = Problem(.unprocessable, "sunset_too_early")
    static let versionNotFound = Problem(.notFound, "version_not_found")
    static let ownPost = Problem(.forbidden, "own_post")
    static let editTooLate = Problem(.forbidden, "edit_too_late")
    static let alreadyReported = Problem(.conflict, "already_reported")
    static let otherModerator = Problem(.conflict, "other_moderator")
    static let undoImpossible = Problem(.conflict, "undo_impossible")
    static let appealImpossible = Problem(.conflict, "appeal_impossible")

    // MARK: Shop

    static let signatureInvalid = Problem(.unauthenticated, "signature_invalid")
    static let orderConflict = Problem(.conflict, "order_conflict")
    static let monthNotOver = Problem(.conflict, "month_not_over")
    static let monthOutOfOrder = Problem(.conflict, "month_out_of_order")
    static let rateMissing = Problem(.conflict, "rate_missing")
    static let monthClosed = Problem(.conflict, "month_closed")
    static let payoutNotFound = Problem(.notFound, "payout_not_found")
    static let payoutNotDue = Problem(.conflict, "payout_not_due")

    // MARK: Members

    static let wrongPassword = Problem(.unauthenticated, "wrong_password")
    static let emailTaken = Problem(.conflict, "email_taken")
    static let memberNotFound = Problem(.notFound, "member_not_found")
    static let tooManySignUps = Problem(.limited, "too_many_sign_ups")
    static let notForYourRole = Problem(.forbidden, "not_for_your_role")

    /// A level's limit is reached; `until` is when the next post may come.
    static func memberLimit(until: Timestamp, now: Timestamp) -> Problem {
        Problem(
            .limited,
            "member_limit",
            ["until": until.utc.secondsText],
            headers: [.init("Retry-After", "\(Self.seconds(until, now))")]
        )
    }

    static func reportLimit(_ limit: Int, until: Timestamp, _ now: Timestamp) -> Problem {
        Problem(
            .limited,
            "report_limit",
            ["limit": "\(limit)", "until": until.utc.secondsText],
            headers: [.init("Retry-After", "\(Self.seconds(until, now))")]
        )
    }

    // MARK: Pages

    static let threadGone = Problem(.gone, "thread_gone")
    static let pageNotFound = Problem(.notFound, "page_not_found")
    static let formToken = Problem(.forbidden, "form_token")

    // MARK: Repeated requests

    static let idempotencyKeyLength = Problem(.invalid, "idempotency_key_length")
    static let idempotencyKeyReused = Problem(.unprocessable, "idempotency_key_reused")
    static let repetition = Repetition.Rules(
        surface: ForumContract.name,
        length: Self.idempotencyKeyLength,
        reused: Self.idempotencyKeyReused
    )
}
