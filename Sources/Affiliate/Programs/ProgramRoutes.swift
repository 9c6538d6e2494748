import HTTPTypes
import Kernel
import Platform
import Storage
import Web

/// How advertisers make programs.
struct ProgramRoutes: Sendable {
    private static let tag = "Programs"
    static let perAdvertiserLimit = 20_000

    let database: any Database
    let clock: WallClock

    var endpoints: [Endpoint] {
        let (path, one) = ("/api/v1/programs", "/api/v1/programs/{program_id}")
        return [
            .affiliate(.post, path, tag: Self.tag, status: .created, self.create),
            .affiliate(.get, path, tag: Self.tag, self.list),
            .affiliate(.get, one, tag: Self.tag, self.get),
            .affiliate(.patch, one, tag: Self.tag, self.update),
            .affiliate(.post, one + "/creatives", tag: Self.tag, status: .created, self.addCreative),
            .affiliate(.delete, one + "/creatives/{creative_id}", tag: Self.tag, self.removeCreative),
        ]
    }

    // MARK: Programs

    struct NewProgram: Input {
        let fields: ProgramFields
        init(_ read: inout InputReader) { self.fields = ProgramFields(&read, isNew: true) }
    }

    struct ChangedProgram: Input {
        let id: ProgramID
        let fields: ProgramFields

        init(_ read: inout InputReader) {
            self.id = read.number("program_id", "Program ID")
            self.fields = ProgramFields(&read, isNew: false)
        }
    }

    var create: Operation<NewProgram, OwnProgram> {
        Operation("Make a program", access: .roles(.advertisers), effect: .write) { input, caller, call in
            let content = try input.fields.content(changing: nil)
            guard content.status != .ended else { throw AffiliateProblems.programStatus }
            return try await self.database.write { tx in
                guard try tx.programs.findCategory(content.categoryID) != nil else {
                    throw AffiliateProblems.categoryNotFound
                }
                guard try tx.programs.count(of: caller.identity) < Self.perAdvertiserLimit else {
                    throw AffiliateProblems.programLimit
                }
                let id = try tx.programs.insert(content, of: caller.identity)
                return try self.own(id, of: caller, in: tx)
            }
        }
    }

    var list: Operation<NoInput, ProgramList> {
        Operation("List my programs", access: .roles(.advertisers)) { _, caller, _ in
            let now = self.clock.now()
            return try await self.database.read { tx in
                let programs = try tx.programs.list(of: caller.identity)
                return ProgramList(programs: programs.map { ProgramOutput(program: $0, now: now) })
            }
        }
    }

    var get: Operation<ProgramPath, OwnProgram> {
        Operation("Get one of my programs", access: .roles(.advertisers)) { input, caller, call in
            return try await self.database.read { try self.own(input.id, of: caller, in: $0) }
        }
        .refusing(AffiliateProblems.programNotFound)
    }

    var update: Operation<ChangedProgram, OwnProgram> {
        Operation("Change a program", access: .roles(.advertisers), effect: .write) { input, caller, call in
            let trace = call.trace
            return try await self.database.write { tx in
                let program = try tx.programs.require(input.id, of: caller.identity)
                let content = try input.fields.content(changing: program.content)
                guard try tx.programs.findCategory(content.categoryID) != nil else {
                    throw AffiliateProblems.categoryNotFound
                }
                let (before, after) = (program.content.status, content.status)
                guard before == after || (before != .ended && after != .draft) else {
                    throw AffiliateProblems.programStatus
                }
                if content != program.content {
                    try tx.programs.update(program, to: content)
                    try self.tellPublishers(of: program, content, trace: trace, in: tx)
                }
                return try self.own(input.id, of: caller, in: tx)
            }
        }
        .refusing(AffiliateProblems.programNotFound)
    }

    /// Only what changes their business is worth a notification.
    private func tellPublishers(of program: Program, _ content: Program.Content, trace: Trace, in tx: Transaction)
        throws
    {
        let before = program.content
        guard
            before.terms != content.terms || before.status != content.status || before.landingURL != content.landingURL
        else { return }
        try tx.notices.tell(
            try tx.partnerships.listPublishers(of: program.id),
            .programChanged,
            about: "program:\(program.id)",
            ProgramEvent(id: program.id, content: content),
            trace: trace
        )
    }

    struct ProgramList: Answer {
        let programs: [ProgramOutput]

        static let members: [Member<Self>] = [
            Member("programs", \.programs, "Newest first"),
            Member("count", \.programs.count, "How many there are"),
        ]
    }

    struct OwnProgram: Answer {
        let detail: ProgramDetail
        let budgetUsed: Yen
        var id: ProgramID { self.detail.output.program.id }
        var content: Program.Content { self.detail.output.program.content }

        static let members =
            Member.all(of: \.detail) + [
                Member<Self>(
                    "monthly_budget",
                    \.content.monthlyBudget,
                    "Rewards of a month at most; null for no limit",
                    unit: "JPY",
                    example: 100_000
                ),
                Member("budget_used", \.budgetUsed, "Taken of it this month", unit: "JPY", example: 12_000),
                Member(
                    "typical_order_amount",
                    \.content.terms.typicalOrderAmount,
                    "What a usual order is worth",
                    unit: "JPY",
                    example: 9800
                ),
            ]
    }

    private func own(_ id: ProgramID, of caller: Caller, in tx: Transaction) throws -> OwnProgram {
        let program = try tx.programs.require(id, of: caller.identity)
        let used = try tx.programs.findBudgetUsed(id, month: Month(of: tx.now).text)
        return OwnProgram(
            detail: ProgramDetail(program, try tx.programs.listCreatives(of: id), at: tx.now),
            budgetUsed: used
        )
    }

    // MARK: Creatives

    struct NewCreative: Input {
        let program: ProgramID
        let creative: Creative

        init(_ read: inout InputReader) {
            self.program = read.number("program_id", "Program ID")
            let kinds = Creative.Kind.allCases.map(\.rawValue)
            let kind = read.body(
                "type",
                .string,
                "text, banner or product",
                .oneOf(kinds)
            )
            let title = read.body(
                "title",
                .string,
                "What links say",
                .notBlank(),
                .line(),
                .atMost(200)
            )
            let text = read.optionalBody(
                "text",
                .string,
                "Words for the publisher to use",
                .atMost(2000)
            )
            let url = read.optionalWebAddress("url", "The image of a banner, or the page of a product")
            let size = Rule<Int>.range(1...4000)
            let width = read.optionalBody("width", .integer, "Of a banner, in pixels", size)
            let height = read.optionalBody("height", .integer, "Of a banner, in pixels", size)
            let price = read.optionalBody(
                "price",
                .integer,
                "Of a product, in yen",
                .range(0...Int(Terms.amountLimit.smallestUnits))
            )
            read.require(kind == "text" || url != nil, "url", FieldRule("creative_url"))
            self.creative = Creative(
                kind: Creative.Kind(rawValue: kind) ?? .text,
                title: title.trimmed,
                text: text ?? "",
                url: url ?? "",
                width: width,
                height: height,
                price: price.map { Yen(Int64($0)) }
            )
        }
    }

    struct CreativePath: Input {
        let program: ProgramID
        let creative: CreativeID

        init(_ read: inout InputReader) {
            self.program = read.number("program_id", "Program ID")
            self.creative = read.number("creative_id", "Creative ID")
        }
    }

    var addCreative: Operation<NewCreative, OwnProgram> {
        Operation("Add a text, a banner or a product", access: .roles(.advertisers), effect: .write) {
            input,
            caller,
            call in
            return try await self.database.write { tx in
                _ = try tx.programs.require(input.program, of: caller.identity)
                guard try tx.programs.listCreatives(of: input.program).count < Creative.perProgramLimit else {
                    throw AffiliateProblems.creativeLimit
                }
                _ = try tx.programs.insert(input.creative, of: input.program)
                return try self.own(input.program, of: caller, in: tx)
            }
        }
        .refusing(AffiliateProblems.programNotFound)
    }

    var removeCreative: Operation<CreativePath, OwnProgram> {
        Operation("Remove a creative", access: .roles(.advertisers), effect: .write) { input, caller, call in
            return try await self.database.write { tx in
                _ = try tx.programs.require(input.program, of: caller.identity)
                guard try tx.programs.delete(creative: input.creative, of: input.program) else {
                    throw AffiliateProblems.creativeNotFound
                }
                return try self.own(input.program, of: caller, in: tx)
            }
        }
        .refusing(AffiliateProblems.programNotFound)
    }
}
