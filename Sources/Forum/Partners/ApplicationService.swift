import Kernel
import Platform
import Storage
import Web

/// Takes applications of platforms that want to be partners, and decides about them.
struct ApplicationService: Sendable {
    /// Applications of one address in an hour.
    static let hourLimit = 5
    /// Where a domain says that the application is its own.
    static let proofPath = "/.well-known/gojapan-partner.txt"

    let database: any Database
    let ids: IDGenerator
    let secrets: SecretBox
    let outbound: Outbound
    let logins: LoginService
    let keys: PartnerKeys
    let days: BusinessDays
    private let door: Door
    private let clock: WallClock
    private let hours = SlidingWindows(policy: "applications", windowSeconds: 3600)

    init(_ house: SurfaceDependencies, logins: LoginService, keys: PartnerKeys, days: BusinessDays) {
        (self.database, self.ids, self.secrets, self.outbound) = (
            house.database, house.ids, house.secrets, house.outbound
        )
        (self.logins, self.keys, self.days) = (logins, keys, days)
        (self.door, self.clock) = (house.door, house.clock)
    }

    struct Submitted: Sendable {
        let partner: Partner
        let application: Application
        let caller: Caller
    }

    static func payoutContext(_ partner: ID<Partner>) -> String { "forum payout \(partner)" }

    /// Throws `tooManyApplications`, `domainTaken`, `emailTaken`.
    func apply(_ order: ApplicationOrder, from address: String, _ trace: Trace) async throws -> Submitted {
        let decision = self.hours.take(address, limit: Self.hourLimit, now: self.clock.now())
        guard decision.isAllowed else { throw ForumProblems.tooManyApplications.limited(by: decision) }
        if let again = try await self.renew(order, trace) { return again }
        let hash = try await self.logins.hash(order.password)
        return try await self.database.write { tx in
            guard try tx.partners.find(domain: order.domain) == nil else { throw ForumProblems.domainTaken }
            let id: ID<Partner> = ID("p_\(self.ids.rawUUID().hex)")
            let identity = Identity(id: self.ids.next(), name: "forum:\(id)", createdAt: tx.now)
            try tx.identities.insert(identity)
            try tx.logins.insert(order.email, Login(identity: identity.id, passwordHash: hash))
            let partner = Partner(
                id: id,
                identity: identity.id,
                name: order.name,
                domain: order.domain,
                status: .pending,
                rateLimit: nil,
                monthlyBudget: nil,
                createdAt: tx.now
            )
            try self.keys.insert(partner, in: tx)
            let credential = try LoginService.open(identity, .partner, secret: self.ids.bytes(32), in: tx)
            let application = try self.write(order, partner, in: tx)
            try tx.audit.record(
                actor: credential.id,
                action: "partner.applied",
                subject: id.text,
                detail: order.domain,
                trace: trace
            )
            return Submitted(partner: partner, application: application, caller: Caller(credential))
        }
    }

    /// The same applicant once more, while nobody has decided or after it came to nothing. Throws `domainTaken` for anybody else.
    private func renew(_ order: ApplicationOrder, _ trace: Trace) async throws -> Submitted? {
        let (holder, login) = try await self.database.read { tx in
            (try tx.partners.find(domain: order.domain), try tx.logins.find(email: order.email))
        }
        if let holder, holder.status != .pending || holder.identity != login?.identity {
            throw ForumProblems.domainTaken
        }
        guard let login else { return nil }
        let known = try await self.database.read { try $0.partners.find(login.identity) }
        // Only what came to nothing may be followed by another domain.
        guard let known, known.status == .pending && known.domain == order.domain || known.status.isOver,
            try await self.isOwn(order, known.identity)
        else { throw holder == nil ? ForumProblems.emailTaken : ForumProblems.domainTaken }
        let caller = try await self.logins.signIn(email: order.email, password: order.password)
        return try await self.database.write { tx in
            guard let known = try tx.partners.find(known.id), known.status == .pending || known.status.isOver
            else {
                throw ForumProblems.domainTaken
            }
            let other = try tx.partners.find(domain: order.domain)
            guard other == nil || other?.id == known.id else { throw ForumProblems.domainTaken }
            if known.status.isOver { try tx.applications.delete(known.id) }
            try tx.partners.update(known.id, name: order.name, domain: order.domain)
            try tx.partners.update(known.id, status: .pending)
            let application = try self.write(order, known, in: tx)
            try tx.audit.record(
                actor: caller.credential,
                action: "partner.applied_again",
                subject: known.id.text,
                detail: order.domain,
                trace: trace
            )
            return Submitted(partner: try tx.partners.find(known.id) ?? known, application: application, caller: caller)
        }
    }

    /// Whether the password is the account's. Guesses count as those at the sign-in do.
    private func isOwn(_ order: ApplicationOrder, _ identity: ID<Identity>) async throws -> Bool {
        do {
            return try await self.door.guarding([.secret(of: order.email)], on: ForumContract.shared) {
                guard try await self.logins.verify(email: order.email, password: order.password) == identity else {
                    throw ForumProblems.wrongPassword
                }
                return true
            }
        } catch let problem as Problem where problem == ForumProblems.wrongPassword { return false }
    }

    private func write(_ order: ApplicationOrder, _ partner: Partner, in tx: Transaction) throws -> Application {
        try tx.applications.put(
            Application(
                partner: partner.id,
                email: order.email,
                contactName: order.contactName,
                description: order.description,
                website: order.website,
                expectedPosts: order.expectedPosts,
                countries: order.countries,
                submittedAt: tx.now,
                dueAt: self.days.end(of: Application.reviewDays, after: tx.now),
                decidedAt: nil,
                reason: ""
            )
        )
        if let payout = order.payout { try self.set(payout, of: partner.id, in: tx) }
        guard let application = try tx.applications.find(partner.id) else { throw ForumProblems.partnerNotFound }
        return application
    }

    func set(_ payout: PayoutMethod, of partner: ID<Partner>, in tx: Transaction) throws {
        let sealed = try self.secrets.seal(Array(payout.value.utf8), context: Self.payoutContext(partner))
        try tx.applications.put(partner, payout, sealed: sealed)
    }

    /// The applicant changes their mind, while nobody has decided. Throws `partnerNotFound`, `reviewImpossible`.
    func withdraw(_ id: ID<Partner>, by caller: Caller, _ trace: Trace) async throws {
        try await self.database.write { tx in
            guard let partner = try tx.partners.find(id) else { throw ForumProblems.partnerNotFound }
            guard partner.status == .pending else { throw ForumProblems.reviewImpossible }
            try tx.partners.update(id, status: .withdrawn)
            try tx.applications.decide(id, reason: "")
            try tx.audit.record(
                actor: caller.credential,
                action: "partner.withdrawn",
                subject: id.text,
                detail: partner.domain,
                trace: trace
            )
        }
    }

    // MARK: Review

    enum Review: String, Sendable, CaseIterable {
        case approve, reject, suspend, reinstate

        func outcome(of status: Partner.Status) -> Partner.Status? {
            switch (self, status) {
            case (.approve, .pending), (.reinstate, .suspended): .approved
            case (.reject, .pending): .rejected
            case (.suspend, .approved): .suspended
            default: nil
            }
        }
    }

    struct ReviewOrder: Sendable {
        let partner: ID<Partner>
        let review: Review
        let reason: String
        /// The operator has seen otherwise that the domain is the applicant's.
        let byWord: Bool
    }

    /// Throws `partnerNotFound`, `reviewImpossible`, `domainNotProved`.
    func review(_ order: ReviewOrder, by caller: Caller, _ trace: Trace) async throws -> Partner {
        let found = try await self.database.read { tx in
            (try tx.partners.find(order.partner), try tx.applications.find(order.partner))
        }
        guard let partner = found.0 else { throw ForumProblems.partnerNotFound }
        let isApproval = order.review == .approve && partner.status == .pending
        let proof = isApproval ? try await self.proof(of: partner, found.1, byWord: order.byWord) : ""
        return try await self.database.write { tx in
            let proved = partner.domain
            guard let partner = try tx.partners.find(order.partner) else { throw ForumProblems.partnerNotFound }
            // What was proved is the domain that it had then, of an application that was there then.
            guard let status = order.review.outcome(of: partner.status), partner.domain == proved,
                isApproval || order.review != .approve
            else { throw ForumProblems.reviewImpossible }
            try tx.partners.update(partner.id, status: status)
            try tx.applications.decide(partner.id, reason: order.reason)
            if status == .rejected {
                for credential in try tx.identities.list(of: partner.identity, surface: ForumContract.name)
                where credential.id != LoginService.credentialID(of: partner.identity) {
                    _ = try tx.identities.revoke(credential: credential.id, of: partner.identity)
                }
            }
            try tx.audit.record(
                actor: caller.credential,
                action: "partner.\(order.review.rawValue)",
                subject: partner.id.text,
                detail: [partner.domain, proof, order.reason].filter { !$0.isEmpty }.joined(separator: ": "),
                trace: trace
            )
            return try tx.partners.find(partner.id) ?? partner
        }
    }

    /// How it is known that the domain is the applicant's. Throws `domainNotProved`.
    private func proof(of partner: Partner, _ application: Application?, byWord: Bool) async throws -> String {
        if byWord { return "operator's word" }
        let host = application?.email.bytewise.cut(at: "@").after.map(String.init)
        if let host, host.lowercased() == partner.domain { return "mail domain" }
        let url = "https://\(partner.domain)\(Self.proofPath)"
        let answer = try? await self.outbound.collect(
            OutboundRequest(method: "GET", url: url, headers: [], body: []),
            timeoutSeconds: 10,
            limit: 4096
        )
        let text = answer.map { String(decoding: $0.body, as: UTF8.self) } ?? ""
        guard answer?.status == 200, text.bytewise.contains(partner.id.text) else {
            throw ForumProblems.domainNotProved
        }
        return Self.proofPath
    }
}
