import HTTPTypes
import Hummingbird
import Kernel
import Platform
import Search
import Storage
import Web

/// Recommendations by a sentence, and what was shown.
struct RecommendRoutes: Sendable {
    static let tag = "Recommend"
    static let wishLimit = 500
    /// Of the trial: calls of an address in a minute, and in a day.
    static let trialPerMinute = 10
    static let trialPerDay = 200

    let database: any Database
    let service: RecommendService
    let trial: Trial
    /// Whoever keeps the log of requests is told how closely each met the words.
    let tell: @Sendable (_ tier: Tier, _ requestID: String) -> Void
    let clock: WallClock
    private let minutes = SlidingWindows(policy: "trial", windowSeconds: 60)
    private let daily = SlidingWindows(policy: "trial-day", windowSeconds: 86_400)

    init(
        database: any Database,
        service: RecommendService,
        trial: Trial,
        clock: WallClock,
        tell: @escaping @Sendable (_ tier: Tier, _ requestID: String) -> Void
    ) {
        (self.database, self.service, self.trial, self.clock) = (database, service, trial, clock)
        self.tell = tell
    }

    var endpoints: [Endpoint] {
        [
            self.recommendEndpoint.refusingHead(),
            Endpoint(.get, "/v1/match/{matchSessionId}", tag: Self.tag, self.match),
        ]
    }

    struct RecommendInput: Input {
        let wish: String
        let intent: String?
        let limit: Int
        let region: Region?
        let channel: String?
        let fills: Bool
        let stated: StatedContext

        init(_ read: inout InputReader) {
            self.intent =
                read.query(
                    "intent_id",
                    .string,
                    "An intent that is stored, instead of a sentence",
                    .line(canBeBlank: true),
                    .atMost(100)
                )?.nonEmpty
            let wish = read.query(
                "intent",
                .string,
                "What the shopper says, in Chinese, English, Japanese or Vietnamese",
                .notBlank(),
                .atMost(RecommendRoutes.wishLimit)
            )
            if wish == nil, self.intent == nil { read.missing("intent", isParameter: true) }
            self.wish = VisibleLine.of(wish ?? "", RecommendRoutes.wishLimit)
            self.limit = read.query("limit", .integer, default: 3, json: 3, "How many cards", .range(1...10))
            self.region = read.region()
            self.channel = read.channel()
            self.fills = read.query("fill", .boolean, default: true, json: true, "Whether a short list is filled up")
            let context = read.query(
                "personal_agent_context",
                .string,
                "What the shopper's agent states, as JSON: budget_range, recipient, region, hard_constraints, negative_preferences, owned_items",
                Rule(FieldRule("at_most_bytes", ["limit": "4096"])) { $0.utf8.count <= 4096 }
            )
            let stated = context.map { text in (try? JSON.read(text.utf8)).flatMap { StatedContext($0) } }
            read.require(
                stated != .some(nil),
                "personal_agent_context",
                CommerceProblems.contextMalformed,
                isParameter: true
            )
            self.stated = (stated ?? nil) ?? StatedContext()
        }
    }

    /// Who asks is looked at before what is asked.
    private var recommendEndpoint: Endpoint {
        Endpoint(
            raw: .get,
            "/v1/recommend",
            "Recommend products for a sentence",
            tag: Self.tag,
            access: .optional,
            inputs: InputReader.describe(RecommendInput.self),
            answers: [AnswerDescription(status: .ok, summary: "Success", of: RecommendOutput.self)]
        ) { (caller: Caller?, call: Call) in
            let account = try self.account(caller, call)
            return Response(status: .ok, answer: try await self.recommend(try await call.readQuery(), account, call))
        }
        .refusing(
            CommerceProblems.missingAPIKey,
            CommerceProblems.apiKeyRequired,
            CommerceProblems.intentNotFound,
            CommerceProblems.engineUnavailable
        )
    }

    private func recommend(_ input: RecommendInput, _ account: String, _ call: Call) async throws -> RecommendOutput {
        guard self.service.search.isComplete else { throw CommerceProblems.engineUnavailable }
        let intent = try await self.intent(input, account)
        let answer = try await self.service.recommend(
            RecommendService.Inquiry(
                wish: intent?.rawQuery ?? input.wish,
                limit: account.isEmpty ? min(input.limit, RecommendService.trialLimit) : input.limit,
                region: input.region ?? intent?.region.flatMap { Region($0) },
                channel: input.channel,
                fills: input.fills,
                stated: input.stated,
                intent: intent,
                account: account,
                trace: call.trace
            )
        )
        self.tell(answer.tier, call.trace.requestID)
        return answer
    }

    /// For the page to try it: within the trial's limits, whatever the visitor's cookies are.
    ///
    /// Throws `rateLimited`, `engineUnavailable`.
    func tried(_ wish: String, region: Region?, limit: Int, _ call: Call) async throws -> RecommendOutput {
        try self.takeTrial(call.context.limitKey)
        guard self.service.search.isComplete else { throw CommerceProblems.engineUnavailable }
        return try await self.service.recommend(
            RecommendService.Inquiry(
                wish: wish,
                limit: min(limit, RecommendService.trialLimit),
                region: region,
                channel: "try",
                account: "",
                trace: call.trace
            )
        )
    }

    private func takeTrial(_ address: String) throws {
        let now = self.clock.now()
        for (window, limit) in [(self.minutes, Self.trialPerMinute), (self.daily, Self.trialPerDay)] {
            let decision = window.take(address, limit: limit, now: now)
            guard decision.isAllowed else { throw CommerceProblems.rateLimited.limited(by: decision) }
        }
    }

    /// Whose answer it is; empty for the public trial. Throws `missingAPIKey`, `apiKeyRequired`, `rateLimited`.
    private func account(_ caller: Caller?, _ call: Call) throws -> String {
        if let caller {
            guard [.developer, .reader].contains(caller.role) else { throw CommerceProblems.apiKeyRequired }
            return caller.identity.text
        }
        let channel = call.request.uri.query == nil ? nil : call.request.uri.fields["channel"].map(String.init)
        guard self.trial.isOpen(to: call, channel: channel) else { throw CommerceProblems.missingAPIKey }
        try self.takeTrial(call.context.limitKey)
        return ""
    }

    private func intent(_ input: RecommendInput, _ account: String) async throws -> Intent? {
        guard let id = input.intent?.nonEmpty else { return nil }
        return try await self.database.read { try $0.intents.require(ID(id), of: account) }
    }

    // MARK: What was matched

    struct MatchInput: Input {
        let id: ID<CardSession>
        let limit: Int

        init(_ read: inout InputReader) {
            self.id = ID(read.path("matchSessionId", "The session"))
            self.limit = read.query("limit", .integer, default: 10, json: 10, "How many of the ranking", .range(1...50))
        }
    }

    var match: Operation<MatchInput, MatchOutput> {
        Operation("Get a match session", access: .apiKey) { input, caller, _ in
            let session = try await self.database.read { tx in
                guard let session = try tx.cards.findSession(input.id, of: caller.identity.text) else {
                    throw CommerceProblems.matchNotFound
                }
                return session
            }
            return MatchOutput(session: session, content: try session.content(), limit: input.limit)
        }
        .refusing(CommerceProblems.matchNotFound)
    }
}

/// A session: how it was ranked, and the cards that were shown.
struct MatchOutput: Answer {
    let session: CardSession
    let content: CardSession.Content
    let limit: Int

    static let members: [Member<Self>] = [
        Member("match_session", { SessionPart(session: $0.session, content: $0.content) }, "The session"),
        Member(
            "ranked_proposals",
            { Array($0.content.ranked.prefix($0.limit)).map { Written<Ranked>(bytes: $0) } },
            "The ranking, up to `limit`"
        ),
        Member("match_tokens", { _ in [JSONValue]() }, "Tokens of accepted offers, newest first", example: []),
        Member(
            "items",
            { Array($0.content.cards.prefix($0.limit)).map { Written<Card>(bytes: $0) } },
            "Cards, up to `limit`"
        ),
    ]

    struct SessionPart: Answer {
        let session: CardSession
        let content: CardSession.Content

        /// How long its best offer can be accepted.
        static let openSeconds: Int64 = 86_400

        static let members: [Member<Self>] = [
            Member("match_session_id", \.session.id, "The session"),
            Member("intent_id", \.session.intent, "What was asked"),
            Member(
                "best_proposal_id",
                { $0.best },
                "The best offer; null without one",
                example: "prp_0198c5d2-7b40-7000-8000-000000000001"
            ),
            Member("ranked_proposals", { $0.content.ranked.map { Written<Ranked>(bytes: $0) } }, "The whole ranking"),
            Member("summary", \.content.summary, "How many were looked at, and how they were ranked", example: [:]),
            Member("status", { $0.content.ranked.isEmpty ? "no_match" : "open" }, "open or no_match", example: "open"),
            Member("created_at", { $0.session.at.utc }, "When it was made"),
            Member("updated_at", { $0.session.at.utc }, "When it was changed last"),
        ]

        private var best: String? {
            self.content.ranked.first.flatMap { try? JSON.read($0) }.flatMap { $0["proposal_id"]?.string }
        }
    }
}
