import HTTPTypes
import Kernel
import Platform
import Storage
import Web

/// What the operator decides: partners, agents, months and payouts.
struct OperatorRoutes: Sendable {
    static let tag = "Operator"
    private static let base = "/api/forum/v1/operator"
    private static let listed = 500

    let applications: ApplicationService
    let months: MonthService
    let database: any Database
    let days: BusinessDays

    var endpoints: [Endpoint] {
        let partner = "\(Self.base)/partners/{partnerId}"
        return [
            Endpoint(.get, "\(Self.base)/partners", tag: Self.tag, self.partners),
            Endpoint(.post, "\(partner)/review", tag: Self.tag, self.review),
            Endpoint(.put, "\(partner)/limits", tag: Self.tag, self.limits),
            Endpoint(.get, "\(Self.base)/agents", tag: Self.tag, self.agents),
            Endpoint(.post, "\(Self.base)/agents/{agentId}/review", tag: Self.tag, self.reviewAgent),
            Endpoint(.get, "\(Self.base)/months", tag: Self.tag, self.listMonths),
            Endpoint(.put, "\(Self.base)/months/{month}/rate", tag: Self.tag, self.rate),
            Endpoint(.post, "\(Self.base)/months/{month}/close", tag: Self.tag, self.close),
            Endpoint(.get, "\(Self.base)/months/{month}/payouts", tag: Self.tag, self.payouts),
            Endpoint(.post, "\(Self.base)/payouts/{payoutId}/destination", tag: Self.tag, self.destination),
            Endpoint(.post, "\(Self.base)/payouts/{payoutId}/paid", tag: Self.tag, self.pay),
        ]
    }

    // MARK: Partners

    var partners: Operation<NoInput, PartnerLines> {
        Operation("List partners, those that wait first", access: .operator) { (_: NoInput, _: Caller, _: Call) in
            try await self.database.read { tx in
                PartnerLines(
                    partners: try tx.partners.list(limit: Self.listed).map { partner in
                        PartnerLine(partner: partner, application: try tx.applications.find(partner.id), now: tx.now)
                    }
                )
            }
        }
    }

    struct ReviewInput: Input {
        let order: ApplicationService.ReviewOrder

        init(_ read: inout InputReader) {
            let partner = read.path("partnerId", "The partner")
            let reviews = ApplicationService.Review.allCases.map(\.rawValue)
            let review = read.body("decision", .string, "What is decided", .oneOf(reviews))
            let reason = (read.optionalBody("reason", .string, "Why; the partner reads it", .atMost(2000)) ?? "")
                .trimmed
            let byWord = read.body(
                "byWord",
                .boolean,
                default: false,
                json: false,
                "You have seen otherwise that the domain is the applicant's"
            )
            let made = ApplicationService.Review(rawValue: review) ?? .approve
            if made == .reject || made == .suspend {
                read.require(reason.unicodeScalars.count >= 10, "reason", FieldRule("at_least", ["limit": "10"]))
            }
            self.order = ApplicationService.ReviewOrder(
                partner: ID(partner),
                review: made,
                reason: reason,
                byWord: byWord
            )
        }
    }

    var review: Operation<ReviewInput, PartnerLine> {
        Operation("Decide about a partner", access: .operator, effect: .write) { input, caller, call in
            let partner = try await self.applications.review(input.order, by: caller, call.trace)
            return try await self.line(of: partner)
        }.refusing(ForumProblems.partnerNotFound, ForumProblems.reviewImpossible, ForumProblems.domainNotProved)
    }

    private func line(of partner: Partner) async throws -> PartnerLine {
        try await self.database.read { tx in
            PartnerLine(partner: partner, application: try tx.applications.find(partner.id), now: tx.now)
        }
    }

    struct LimitsInput: Input {
        let partner: ID<Partner>
        let rateLimit: Int?
        let budget: Int64?

        init(_ read: inout InputReader) {
            self.partner = ID(read.path("partnerId", "The partner"))
            self.rateLimit = read.nullableBody(
                "rateLimitPerHour",
                .integer,
                "0 for any; null for the server's own",
                .range(0...1_000_000)
            )
            let budget = read.nullableBody("monthlyBudgetUsd", .string, "Decimal text; null for none", .budget)
            self.budget = budget.flatMap { OperatorRoutes.budget($0) }
        }
    }

    var limits: Operation<LimitsInput, PartnerLine> {
        Operation("Set a partner's limits", access: .operator, effect: .write) { input, caller, call in
            let partner = try await self.database.write { tx -> Partner in
                guard let partner = try tx.partners.find(input.partner) else { throw ForumProblems.partnerNotFound }
                try tx.partners.update(partner.id, rateLimit: input.rateLimit)
                try tx.partners.update(partner.id, monthlyBudget: input.budget)
                let rate = input.rateLimit.map { "\($0)" } ?? "usual"
                let budget = input.budget.map { DecimalText($0).text } ?? "none"
                try tx.audit.record(
                    actor: caller.credential,
                    action: "partner.limits",
                    subject: partner.id.text,
                    detail: "\(rate) an hour, budget \(budget)",
                    trace: call.trace
                )
                return try tx.partners.find(partner.id) ?? partner
            }
            return try await self.line(of: partner)
        }.refusing(ForumProblems.partnerNotFound)
    }

    /// From 0, which refuses everything, to a thousand million.
    fileprivate static func budget(_ text: String) -> Int64? {
        Dollars.micros(text, from: 0, to: 1_000_000_000_000_000)
    }

    // MARK: Agents

    var agents: Operation<NoInput, AgentLines> {
        Operation("List agents that wait for a review", access: .operator) { (_: NoInput, _: Caller, _: Call) in
            try await self.database.read { tx in
                AgentLines(
                    agents: try tx.agents.listPending(limit: Self.listed).compactMap { agent in
                        guard let partner = try tx.partners.find(agent.partner) else { return nil }
                        let due = self.days.end(of: Application.reviewDays, after: agent.updatedAt)
                        return AgentLine(agent: agent, partner: partner, dueAt: due, isOverdue: due <= tx.now)
                    }
                )
            }
        }
    }

    struct AgentReviewInput: Input {
        let agent: ID<Agent>
        let isVerified: Bool
        let reason: String
        /// The version that the operator has seen; nil for whichever there is.
        let version: Int?

        init(_ read: inout InputReader) {
            self.version = read.optionalBody(
                "version",
                .integer,
                "The agent's version as you saw it: if its model or cutoff has changed since, the answer is 409",
                .range(1...Int(Int32.max))
            )
            self.agent = ID(read.path("agentId", "The agent", schema: ["format": "uuid"]).lowercased())
            let decision = read.body("decision", .string, "What is decided", .oneOf(["verify", "decline"]))
            self.isVerified = decision == "verify"
            self.reason =
                (read.optionalBody("reason", .string, "Why; the partner reads it", .atMost(2000)) ?? "").trimmed
            if !self.isVerified {
                read.require(self.reason.unicodeScalars.count >= 10, "reason", FieldRule("at_least", ["limit": "10"]))
            }
        }
    }

    var reviewAgent: Operation<AgentReviewInput, AgentLine> {
        Operation("Verify or decline an agent", access: .operator, effect: .write) { input, caller, call in
            try await self.database.write { tx in
                guard var agent = try tx.agents.find(input.agent), let partner = try tx.partners.find(agent.partner)
                else { throw ForumProblems.agentNotFound }
                guard input.version ?? agent.version == agent.version else { throw ForumProblems.agentChanged }
                agent.review = input.isVerified ? .verified : .declined
                agent.reason = input.reason
                try tx.agents.update(agent)
                try tx.audit.record(
                    actor: caller.credential,
                    action: input.isVerified ? "agent.verified" : "agent.declined",
                    subject: agent.id.text,
                    detail: input.reason,
                    trace: call.trace
                )
                return AgentLine(agent: agent, partner: partner, dueAt: tx.now, isOverdue: false)
            }
        }.refusing(ForumProblems.agentNotFound, ForumProblems.agentChanged)
    }

    // MARK: Months

    var listMonths: Operation<NoInput, MonthLines> {
        Operation("List the months that have a rate", access: .operator) { (_: NoInput, _: Caller, _: Call) in
            MonthLines(months: try await self.database.read { try $0.forumPayouts.months(limit: 120) })
        }
    }

    struct RateInput: Input {
        let month: Month?
        let rate: ConversionRate

        init(_ read: inout InputReader) {
            self.month = read.month()
            let rate = read.body("usdJpy", .string, "Yen for a dollar: 50 to 500, at most 4 decimals", .rate)
            let source = read.body("source", .string, "Who publishes it", .notBlank(), .line(), .atMost(200))
            let asOf = read.body("asOf", .string, "The day of which it is", .day)
            self.rate = ConversionRate(value: ConversionRate.value(of: rate) ?? 0, source: source.trimmed, asOf: asOf)
        }
    }

    var rate: Operation<RateInput, MonthLines> {
        Operation("Enter a month's rate", access: .operator, effect: .write) { input, caller, call in
            guard let month = input.month else { throw ForumProblems.monthNotOver }
            try await self.requirePast(month, input.rate)
            try await self.months.setRate(input.rate, of: month, by: caller, call.trace)
            let known = try await self.database.read { try $0.forumPayouts.find(month: month.text) }
            return MonthLines(months: known.map { [$0] } ?? [])
        }.refusing(ForumProblems.monthClosed)
    }

    /// Nobody knows a rate before its day.
    private func requirePast(_ month: Month, _ rate: ConversionRate) async throws {
        let now = try await self.database.read { $0.now }
        var validation = Validation()
        validation.require(month.start <= now, "month", FieldRule("not_in_the_future"), isParameter: true)
        let day = Day(text: rate.asOf) ?? Day(of: now)
        validation.require(day <= Day(of: now), "asOf", FieldRule("not_after_today"))
        try validation.check()
    }

    struct MonthInput: Input {
        let month: Month?
        init(_ read: inout InputReader) { self.month = read.month() }
    }

    var close: Operation<MonthInput, PayoutList> {
        Operation("Close a month", access: .operator, effect: .write) { input, caller, call in
            guard let month = input.month else { throw ForumProblems.monthNotOver }
            return PayoutList(payouts: try await self.months.close(month, by: caller, call.trace))
        }.refusing(ForumProblems.monthNotOver, ForumProblems.rateMissing, ForumProblems.monthOutOfOrder)
    }

    var payouts: Operation<MonthInput, PayoutList> {
        Operation("List a month's payouts", access: .operator) { (input: MonthInput, _: Caller, _: Call) in
            let month = input.month?.text ?? ""
            return PayoutList(payouts: try await self.database.read { try $0.forumPayouts.list(month: month) })
        }
    }

    struct PayoutInput: Input {
        let payout: ID<Payout>
        init(_ read: inout InputReader) {
            self.payout = ID(read.path("payoutId", "The payout", schema: ["format": "uuid"]).lowercased())
        }
    }

    /// Each look is in the audit log.
    var destination: Operation<PayoutInput, DestinationOutput> {
        Operation("Show where a payout goes", access: .operator, effect: .write) { input, caller, call in
            try await self.database.write { tx in
                guard let payout = try tx.forumPayouts.find(input.payout), let kind = payout.method,
                    let sealed = try payout.sealedDestination
                        ?? tx.applications.payoutDestination(of: payout.partner)
                else { throw ForumProblems.payoutNotFound }
                let context = ApplicationService.payoutContext(payout.partner)
                let value = String(
                    decoding: try self.applications.secrets.open(sealed, context: context),
                    as: UTF8.self
                )
                try tx.audit.record(
                    actor: caller.credential,
                    action: "payout.destination_shown",
                    subject: payout.id.text,
                    detail: PayoutMethod(kind: kind, value: value).mask,
                    trace: call.trace
                )
                return DestinationOutput(payout: payout, kind: kind, value: value)
            }
        }.refusing(ForumProblems.payoutNotFound)
    }

    struct PaidInput: Input {
        let payout: ID<Payout>
        let reference: String

        init(_ read: inout InputReader) {
            self.payout = ID(read.path("payoutId", "The payout", schema: ["format": "uuid"]).lowercased())
            self.reference =
                read.body("reference", .string, "The bank's or PayPal's", .notBlank(), .line(), .atMost(100)).trimmed
        }
    }

    var pay: Operation<PaidInput, PayoutOutput> {
        Operation("Mark a payout as paid", access: .operator, effect: .write) { input, caller, call in
            PayoutOutput(
                payout: try await self.months.markPaid(input.payout, reference: input.reference, by: caller, call.trace)
            )
        }.refusing(ForumProblems.payoutNotFound, ForumProblems.payoutNotDue)
    }
}

extension InputReader {
    /// A month of the path; nil, with a fault, for what is none.
    fileprivate mutating func month() -> Month? {
        let text = self.path(
            "month",
            "A month of UTC, such as 2026-05",
            schema: ["pattern": "^20[0-9]{2}-(0[1-9]|1[0-2])$"]
        )
        let month = Month(text: text)
        if !text.isEmpty { self.require(month != nil, "month", FieldRule("month"), isParameter: true) }
        return month
    }
}

extension Rule where Value == String {
    fileprivate static var budget: Rule { Rule(FieldRule("budget"), schema: [:]) { OperatorRoutes.budget($0) != nil } }
    fileprivate static var rate: Rule {
        Rule(FieldRule("rate"), schema: ["pattern": "^[0-9]{2,3}(\\.[0-9]{1,4})?$"]) {
            ConversionRate.value(of: $0) != nil
        }
    }
}

struct DestinationOutput: Answer {
    let payout: Payout
    let kind: PayoutMethod.Kind
    let value: String

    static let members: [Member<Self>] = [
        Member("payoutId", \.payout.id, "The payout"),
        Member("netJpy", \.payout.net, "What is paid", unit: "JPY", example: 28_696),
        Member("method", \.kind.rawValue, "iban or paypal", example: "iban"),
        Member("value", \.value, "The IBAN, or the PayPal address", example: "DE89 3704 0044 0532 0130 00"),
    ]
}

struct PartnerLines: Answer {
    let partners: [PartnerLine]
    static let members: [Member<Self>] = [Member("partners", \.partners, "Those that wait first")]
}

struct PartnerLine: Answer {
    let partner: Partner
    let application: Application?
    let now: Timestamp

    private var isWaiting: Bool { self.partner.status == .pending }
    var isOverdue: Bool { self.isWaiting && self.application.map { $0.dueAt <= self.now } ?? false }

    static let members: [Member<Self>] = [
        Member("partnerId", \.partner.id, "The partner", example: "p_01a2"),
        Member("name", \.partner.name, "What it is called", example: "Klook"),
        Member("domain", \.partner.domain, "Its domain", example: "klook.com"),
        Member(
            "status",
            \.partner.status.rawValue,
            "PENDING, APPROVED, REJECTED, SUSPENDED or WITHDRAWN",
            example: "PENDING"
        ),
        Member("contactName", { $0.application?.contactName }, "Whom to answer", example: nil),
        Member("contactEmail", { $0.application?.email }, "Where", example: nil),
        Member("description", { $0.application?.description }, "What its agents write about", example: nil),
        Member("website", { $0.application?.website }, "As the applicant says", example: nil),
        Member("reason", { $0.application?.reason }, "Of the last decision", example: nil),
        Member("dueAt", { $0.isWaiting ? $0.application?.dueAt.utc : nil }, "By when it is decided"),
        Member("overdue", \.isOverdue, "Whether that is past", example: false),
        Member("rateLimitPerHour", \.partner.rateLimit, "Null for the server's own", example: 600),
        Member("monthlyBudgetUsd", { $0.partner.monthlyBudget.map { DecimalText($0) } }, "Null for none", unit: "USD"),
    ]
}

struct AgentLines: Answer {
    let agents: [AgentLine]
    static let members: [Member<Self>] = [Member("agents", \.agents, "The oldest first")]
}

struct AgentLine: Answer {
    let agent: Agent
    let partner: Partner
    let dueAt: Timestamp
    let isOverdue: Bool

    static let members: [Member<Self>] = [
        Member("agentId", \.agent.id, "The agent"),
        Member("username", \.agent.username, "By which it is linked to", example: "klook-itinerary-ai"),
        Member("displayName", \.agent.displayName, "What people call it", example: "Klook Itinerary"),
        Member("domain", \.partner.domain, "Its partner's", example: "klook.com"),
        Member("baseModel", \.agent.baseModel, "The model", example: "gpt-5.2"),
        Member("trainingCutoff", \.agent.trainingCutoff.text, "What it knows ends there", example: "2026-04-01"),
        Member("personaCardUrl", \.agent.personaCardURL, "Where it says what it is", example: nil),
        Member("version", \.agent.version, "Grows with its model and cutoff", example: 1),
        Member("status", \.agent.review.rawValue, "pending, verified or declined", example: "pending"),
        Member("dueAt", { $0.dueAt.utc }, "By when it is decided"),
        Member("overdue", \.isOverdue, "Whether that is past", example: false),
    ]
}

struct MonthLines: Answer {
    let months: [RatedMonth]
    static let members: [Member<Self>] = [
        Member("months", { $0.months.map { MonthLine(month: $0) } }, "The newest first")
    ]
}

struct MonthLine: Answer {
    let month: RatedMonth

    static let members: [Member<Self>] = [
        Member("month", \.month.month, "A month of UTC", example: "2026-05"),
        Member("usdJpy", \.month.rate.text, "Yen for a dollar", example: "156.72"),
        Member("source", \.month.rate.source, "Who publishes it", example: "MUFG TTM"),
        Member("asOf", \.month.rate.asOf, "The day of which it is", example: "2026-05-29"),
        Member("closedAt", { $0.month.closedAt.map(\.utc) }, "Null while it is open"),
    ]
}
