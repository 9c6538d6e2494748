import HTTPTypes
import Hummingbird
import Kernel
import NIOCore
import Platform
import Storage
import Web

/// What publishers, advertisers and the operator see of orders, why they count, and what becomes of them.
struct ConversionRoutes: Sendable {
    private static let tag = "Conversions"
    private static let path = "/api/v1/conversions"
    static let reasonLimit = 500

    let database: any Database
    let decisions: DecisionService
    let why: ConversionWhy
    let clock: WallClock

    var endpoints: [Endpoint] {
        let one = Self.path + "/{conversion_id}"
        let decisions = ConversionDecision.allCases.map { decision in
            Endpoint.affiliate(.post, "\(one)/\(decision.rawValue)", tag: Self.tag, self.decide(decision))
        }
        return [
            .affiliate(.get, Self.path, tag: Self.tag, self.list),
            .affiliate(.get, one, tag: Self.tag, self.explain),
        ] + decisions
    }

    /// What can be decided of one conversion, as its path says it.
    enum ConversionDecision: String, CaseIterable, Sendable {
        case approve, reject, release
        case clawBack = "clawback"

        fileprivate var summary: String {
            switch self {
            case .approve: "Approve a conversion"
            case .reject: "Reject a conversion"
            case .release: "Release a held conversion"
            case .clawBack: "Take a paid reward back with the next payout"
            }
        }

        fileprivate var roles: Set<Role> {
            switch self {
            case .approve, .reject: .advertisers
            case .release, .clawBack: .advertisersAndOperators
            }
        }

        fileprivate func decision(_ reason: String) -> DecisionService.Decision {
            switch self {
            case .approve: .approve
            case .reject: .reject(reason)
            case .release: .release
            case .clawBack: .clawBack(reason)
            }
        }
    }

    struct DecisionInput: Input {
        let id: ConversionID
        let reason: String

        init(_ read: inout InputReader) {
            self.id = read.number("conversion_id", "Conversion ID")
            self.reason = read.body(
                "reason",
                .string,
                default: "",
                json: "",
                "What the publisher is told",
                .atMost(ConversionRoutes.reasonLimit)
            )
        }
    }

    struct ListInput: Input {
        let program: ProgramID?
        let status: Conversion.Status?
        let isHeld: Bool
        let paging: CursorPaging

        init(_ read: inout InputReader) {
            self.program = read.query("program_id", .integer, "Only of this program").map { NumericID($0) }
            let statuses = Conversion.Status.allCases.map(\.rawValue)
            self.status = read.query(
                "status",
                .string,
                statuses.joined(separator: " / "),
                .oneOf(statuses)
            ).flatMap { Conversion.Status(rawValue: $0) }
            self.isHeld = read.query("held", .boolean, default: false, json: false, "Only those that are held back")
            self.paging = CursorPaging(&read)
        }
    }

    // MARK: Looking

    var list: Operation<ListInput, CursorList<ListedConversionOutput>> {
        Operation("List conversions: mine, or (operator) all", access: .roles(nil)) { input, caller, _ in
            let filter = ConversionFilter(
                scope: .of(caller),
                program: input.program,
                status: input.status,
                isHeld: input.isHeld
            )
            let now = self.clock.now()
            return try await self.database.read { tx in
                let paging = input.paging
                let page = try tx.conversions.list(filter, after: paging.cursor, limit: paging.limit)
                return CursorList(page) { ListedConversionOutput($0, now: now) }
            }
        }
    }

    struct ConversionPath: Input {
        let id: ConversionID
        init(_ read: inout InputReader) { self.id = read.number("conversion_id", "Conversion ID") }
    }

    var explain: Operation<ConversionPath, ConversionExplanation> {
        Operation("A conversion, and which rule decided", access: .roles(nil)) { input, caller, _ in
            return try await self.database.read { tx in
                let conversion = try tx.conversions.require(
                    input.id,
                    of: caller.isNetworkOperator ? nil : caller.identity
                )
                return try self.why.explain(conversion, in: tx)
            }
        }
        .refusing(AffiliateProblems.conversionNotFound)
    }

    // MARK: Deciding

    func decide(_ kind: ConversionDecision) -> Operation<DecisionInput, ConversionOutput> {
        Operation(kind.summary, access: .roles(kind.roles), effect: .write) { input, caller, call in
            let (decision, trace) = (kind.decision(input.reason), call.trace)
            return try await self.database.write { tx in
                let owner = caller.isNetworkOperator ? nil : caller.identity
                let conversion = try tx.conversions.require(input.id, ofAdvertiser: owner)
                let decided = try self.decisions.decide(conversion, decision, by: caller, trace: trace, in: tx)
                if decided.hasChanged { try self.decisions.tell([decided.conversion], decision, trace: trace, in: tx) }
                let paidUntil = try tx.affiliateAccounts.require(conversion.publisher).paidUntil
                return ConversionOutput(conversion: decided.conversion, now: tx.now, paidUntil: paidUntil)
            }
        }
        .refusing(
            AffiliateProblems.conversionNotFound,
            AffiliateProblems.amountRequired,
            AffiliateProblems.notPending,
            AffiliateProblems.rejectionFinal,
            AffiliateProblems.alreadyPaid,
            AffiliateProblems.notPaid,
            AffiliateProblems.notHeld,
            AffiliateProblems.budgetUsedUp
        )
    }
}

/// A conversion in a list, with the names of both sides.
struct ListedConversionOutput: Listed {
    let output: ConversionOutput
    let publisher: String
    let program: String

    static let listName = "conversions"
    static let listSummary = "Newest first"

    init(_ listed: ListedConversion, now: Timestamp) {
        self.output = ConversionOutput(conversion: listed.conversion, now: now, paidUntil: listed.paidUntil)
        self.publisher = listed.publisherName
        self.program = listed.programName
    }

    static let members =
        Member.all(of: \.output) + [
            Member<Self>("publisher_name", \.publisher, "Who brought it", example: "My agent"),
            Member("program_name", \.program, "The program's name", example: "Sketch AI"),
        ]
}
