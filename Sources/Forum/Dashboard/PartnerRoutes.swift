import HTTPTypes
import Hummingbird
import Kernel
import Platform
import Storage
import Web

/// What a partner's own people do: token, secret, endpoint, payout method; also while their application is reviewed.
struct PartnerRoutes: Sendable {
    static let tag = "Dashboard"
    private static let base = "/api/forum/v1/partner"

    let keys: PartnerKeys
    let applications: ApplicationService
    let cache: FigureCache
    let database: any Database

    var endpoints: [Endpoint] {
        [
            Endpoint(.get, Self.base, tag: Self.tag, self.show),
            Endpoint(.delete, "\(Self.base)/application", tag: Self.tag, self.withdraw),
            Endpoint(.get, "\(Self.base)/stats", tag: Self.tag, self.stats),
            Endpoint(.post, "\(Self.base)/token", tag: Self.tag, status: .created, self.makeToken),
            Endpoint(.post, "\(Self.base)/webhook-secret", tag: Self.tag, status: .created, self.rotateSecret),
            Endpoint(.put, "\(Self.base)/payout-method", tag: Self.tag, self.setPayout),
            Endpoint(.put, "\(Self.base)/endpoint", tag: Self.tag, self.setEndpoint),
        ]
    }

    func partner(of caller: Caller) async throws -> Partner {
        guard let partner = try await self.database.read({ try $0.partners.find(caller.identity) }) else {
            throw ForumProblems.partnerNotFound
        }
        return partner
    }

    /// Whoever is suspended or refused only reads. Throws `notApproved`.
    private func active(_ caller: Caller, orPending: Bool = false) async throws -> Partner {
        let partner = try await self.partner(of: caller)
        guard partner.status == .approved || orPending && partner.status == .pending else {
            throw ForumProblems.notApproved(partner.status)
        }
        return partner
    }

    var show: Operation<NoInput, PartnerOutput> {
        Operation("Show my partner account", access: .partnerPeople) { (_: NoInput, caller: Caller, _: Call) in
            try await self.output(of: caller)
        }
    }

    private func output(of caller: Caller) async throws -> PartnerOutput {
        let partner = try await self.partner(of: caller)
        return try await self.database.read { tx in
            let tokens = try tx.identities.list(of: partner.identity, surface: ForumContract.name).filter {
                ForumContract.isPartnersKey($0.id)
            }
            return PartnerOutput(
                partner: partner,
                application: try tx.applications.find(partner.id),
                tokenMadeAt: tokens.map(\.createdAt).max(),
                payout: try tx.applications.payoutMethod(of: partner.id),
                endpoint: try tx.webhooks.list(of: partner.identity, surface: ForumContract.name).first?.url
            )
        }
    }

    var stats: Operation<NoInput, FigureOutput> {
        Operation("Show the figures of the last 7 days", access: .partnerPeople) {
            (_: NoInput, caller: Caller, _: Call) in
            FigureOutput(figures: try await self.cache.find(try await self.partner(of: caller)).figures)
        }
    }

    // MARK: Secrets

    struct TokenInput: Input {
        let overlaps: Bool
        let once: String?

        init(_ read: inout InputReader) {
            self.once = read.once()
            self.overlaps = read.body(
                "overlap",
                .boolean,
                default: false,
                json: false,
                "Whether the token before holds for 24 hours more"
            )
        }
    }

    var makeToken: Operation<TokenInput, NewToken> {
        Operation("Make a new token, which is shown once", access: .partnerPeople, effect: .write) {
            input,
            caller,
            call in
            let partner = try await self.partner(of: caller)
            let made = try await self.keys.makeToken(
                for: partner.id,
                by: caller,
                overlapping: input.overlaps,
                once: input.once,
                call.trace
            )
            return NewToken(made: made)
        }.refusing(ForumProblems.notApproved(.pending), ForumProblems.shownAlready)
    }

    struct SecretInput: Input {
        let once: String?
        init(_ read: inout InputReader) { self.once = read.once() }
    }

    var rotateSecret: Operation<SecretInput, NewSecret> {
        Operation("Make a new webhook secret, which is shown once", access: .partnerPeople, effect: .write) {
            (input: SecretInput, caller: Caller, call: Call) in
            let partner = try await self.active(caller)
            let secret = try await self.keys.rotateSecret(of: partner, by: caller, once: input.once, call.trace) { tx in
                try tx.endpoints(of: partner).map(\.endpoint)
            }
            return NewSecret(secret: secret)
        }.refusing(ForumProblems.shownAlready)
    }

    // MARK: Where events and money go

    struct PayoutInput: Input {
        let method: PayoutMethod

        init(_ read: inout InputReader) {
            let kind = read.body(
                "method",
                .string,
                "iban or paypal",
                .oneOf(PayoutMethod.Kind.allCases.map(\.rawValue))
            )
            let value = read.body("value", .string, "The IBAN, or the account's address", .notBlank())
            self.method = PayoutMethod(kind: PayoutMethod.Kind(rawValue: kind) ?? .iban, value: value.trimmed)
            read.require(self.method.isValid, "value", FieldRule("payout_value"))
        }
    }

    var withdraw: Operation<NoInput, PartnerOutput> {
        Operation("Withdraw my application", access: .partnerPeople, effect: .write) {
            (_: NoInput, caller: Caller, call: Call) in
            let partner = try await self.partner(of: caller)
            try await self.applications.withdraw(partner.id, by: caller, call.trace)
            return try await self.output(of: caller)
        }.refusing(ForumProblems.partnerNotFound, ForumProblems.reviewImpossible)
    }

    var setPayout: Operation<PayoutInput, PartnerOutput> {
        Operation("Say where payouts go", access: .partnerPeople, effect: .write) { input, caller, call in
            let partner = try await self.active(caller, orPending: true)
            try await self.database.write { tx in
                try self.applications.set(input.method, of: partner.id, in: tx)
                try tx.audit.record(
                    actor: caller.credential,
                    action: "partner.payout_method",
                    subject: partner.id.text,
                    detail: "\(input.method.kind.rawValue) \(input.method.mask)",
                    trace: call.trace
                )
            }
            return try await self.output(of: caller)
        }
    }

    struct EndpointInput: Input {
        let url: String?
        init(_ read: inout InputReader) {
            self.url = read.nullableBody("url", .string, "An https address; null for none", .webhookAddress)
        }
    }

    /// Of agents that have none of their own.
    var setEndpoint: Operation<EndpointInput, PartnerOutput> {
        Operation("Say where events go", access: .partnerPeople, effect: .write) { input, caller, call in
            let partner = try await self.active(caller)
            if let url = input.url { try await self.checkAddress(url) }
            try await self.database.write { tx in
                let known = try tx.webhooks.list(of: partner.identity, surface: ForumContract.name).first
                switch (known, input.url) {
                case (nil, nil): break
                case (let endpoint?, nil):
                    _ = try tx.webhooks.delete(endpoint.id, of: partner.identity, surface: ForumContract.name)
                case (let endpoint?, let url?): try tx.webhooks.update(endpoint.id, url: url)
                case (nil, let url?): try self.insert(url, partner, in: tx)
                }
                try tx.audit.record(
                    actor: caller.credential,
                    action: "partner.endpoint",
                    subject: partner.id.text,
                    detail: input.url.flatMap { HTTPSAddress.host(of: $0) } ?? "none",
                    trace: call.trace
                )
            }
            return try await self.output(of: caller)
        }
    }

    private func checkAddress(_ url: String) async throws {
        guard url.lowercased().bytewise.starts(with: "https://") || self.applications.outbound.isAllowed(url) else {
            throw Self.fault("https_address")
        }
        do { try await self.applications.outbound.check(url) } catch OutboundError.forbiddenAddress {
            throw Self.fault("private_address")
        } catch OutboundError.badURL { throw Self.fault("https_address") } catch is OutboundError {}
    }

    private static func fault(_ rule: String) -> Problem {
        Problem(.invalid, "invalid", fields: [FieldError(path: "url", rule: FieldRule(rule), isMalformed: false)])
    }

    private func insert(_ url: String, _ partner: Partner, in tx: Transaction) throws {
        let id: ID<WebhookEndpoint> = self.applications.ids.next()
        guard let sealed = try tx.partners.webhookSecret(of: partner.id) else { return }
        let secrets = self.applications.secrets
        let secret = try secrets.open(sealed, context: PartnerKeys.webhookContext(partner.id))
        try tx.webhooks.insert(
            WebhookEndpoint(
                id: id,
                surface: ForumContract.name,
                owner: partner.identity,
                url: url,
                events: AgentWebhooks.events,
                sealedSecret: try secrets.seal(secret, context: id.text),
                createdAt: tx.now
            )
        )
    }
}

extension InputReader {
    /// Of a page's button, which does something once however often the page is sent.
    fileprivate mutating func once() -> String? {
        self.optionalBody("once", .string, "Any text: the same one twice does nothing twice", .atMost(64))
    }
}

extension Access where Who == Caller {
    /// A partner's own people, not its programs: a token that is known by programs must not make tokens.
    static var partnerPeople: Access {
        Access(.key(roles: [ForumRole.partner.role]) { _ in ForumProblems.notForYourRole }) { _, caller in
            guard let caller, !ForumContract.isPartnersKey(caller.credential) else {
                throw ForumProblems.notForYourRole
            }
            return caller
        }
    }
}

struct PartnerOutput: Answer {
    let partner: Partner
    let application: Application?
    let tokenMadeAt: Timestamp?
    let payout: (kind: PayoutMethod.Kind, mask: String)?
    let endpoint: String?

    static let members: [Member<Self>] =
        Member.all { PartnerName(partner: $0.partner) } + [
            Member(
                "status",
                \.partner.status.rawValue,
                "PENDING, APPROVED, REJECTED, SUSPENDED or WITHDRAWN",
                example: "APPROVED"
            ),
            Member("dueAt", { $0.application?.dueAt.utc }, "By when somebody answers"),
            Member("reason", { $0.application?.reason }, "Of the decision", example: nil),
            Member(
                "tokenMadeAt",
                { $0.tokenMadeAt.map(\.utc) },
                "When the token was made; null as long as there is none"
            ),
            Member("endpoint", \.endpoint, "Where events go of agents that have no address of their own", example: nil),
            Member("payoutMethod", { $0.payout?.kind.rawValue }, "iban or paypal", example: "iban"),
            Member("payoutTo", { $0.payout?.mask }, "Its ends", example: "DE89 … 3000"),
            Member("rateLimitPerHour", \.partner.rateLimit, "Null for the server's own; 0 for any", example: 600),
            Member(
                "monthlyBudgetUsd",
                { $0.partner.monthlyBudget.map { DecimalText($0) } },
                "Null for none",
                unit: "USD",
                example: "100.000000"
            ),
        ]
}

struct NewToken: Answer {
    let made: PartnerKeys.Made

    static let members: [Member<Self>] = [
        Member("token", \.made.key, "What follows Bearer; shown once", example: "gjp_…"),
        Member("webhookSecret", \.made.webhookSecret, "Signs the webhooks", example: "whsec_…"),
    ]
}

struct NewSecret: Answer {
    let secret: String

    static let members: [Member<Self>] = [
        Member(
            "webhookSecret",
            \.secret,
            "Signs from now on; for 24 hours, the one before signs, too",
            example: "whsec_…"
        )
    ]
}
