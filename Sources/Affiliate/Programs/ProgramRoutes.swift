import HTTPTypes
import Kernel
import Platform
import Storage
import Web

/// How advertisers make programmes.
struct ProgramRoutes: Sendable {
    private static let tag = "Programmes"
    static let perAdvertiserLimit = 20_000

    let database: any Database
    let clock: WallClock

    private static let example = ProgramOutput.detailExample.adding([
        "monthly_budget": 100000, "budget_used": 12000, "typical_order_amount": 9800,
    ])
    private static let optional = ProgramOutput.optionalFields.union(["monthly_budget"])

    var endpoints: [Endpoint] {
        let (path, one) = ("/api/v1/programs", "/api/v1/programs/{program_id}")
        return [
            .affiliate(
                .post,
                path,
                "Make a programme",
                tag: Self.tag,
                for: .advertisers,
                status: .created,
                example: Self.example,
                optional: Self.optional,
                self.create
            ),
            .affiliate(
                .get,
                path,
                "List my programmes",
                tag: Self.tag,
                for: .advertisers,
                example: ["programs": [ProgramOutput.example], "count": 1],
                optional: Self.optional,
                self.list
            ),
            .affiliate(
                .get,
                one,
                "Get one of my programmes",
                tag: Self.tag,
                for: .advertisers,
                example: Self.example,
                optional: Self.optional,
                self.get
            ),
            .affiliate(
                .patch,
                one,
                "Change a programme",
                tag: Self.tag,
                for: .advertisers,
                example: Self.example,
                optional: Self.optional,
                self.update
            ),
            .affiliate(
                .post,
                one + "/creatives",
                "Add a text, a banner or a product",
                tag: Self.tag,
                for: .advertisers,
                status: .created,
                example: Self.example,
                optional: Self.optional,
                self.addCreative
            ),
            .affiliate(
                .delete,
                one + "/creatives/{creative_id}",
                "Remove a creative",
                tag: Self.tag,
                for: .advertisers,
                example: Self.example,
                optional: Self.optional,
                self.removeCreative
            ),
        ]
    }

    // MARK: Programmes

    private struct NewProgram: Input {
        let fields: ProgramFields
        init(_ read: inout InputReader) { self.fields = ProgramFields(&read, isNew: true) }
    }

    private struct ChangedProgram: Input {
        let id: Int64
        let fields: ProgramFields

        init(_ read: inout InputReader) {
            self.id = read.number("program_id", "Program ID")
            self.fields = ProgramFields(&read, isNew: false)
        }
    }

    @Sendable private func create(_ input: NewProgram, _ caller: Caller, _ call: Call) async throws -> JSONValue {
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
            return try self.json(id, of: caller, in: tx)
        }
    }

    @Sendable private func list(_: NoInput, _ caller: Caller, _ call: Call) async throws -> JSONValue {
        let now = self.clock.now()
        return try await self.database.read { tx in
            let programs = try tx.programs.list(of: caller.identity)
            return ["programs": .array(programs.map { ProgramOutput.json($0, at: now) }), "count": .count(programs)]
        }
    }

    @Sendable private func get(_ input: ProgramPath, _ caller: Caller, _ call: Call) async throws -> JSONValue {
        return try await self.database.read { try self.json(input.id, of: caller, in: $0) }
    }

    @Sendable private func update(_ input: ChangedProgram, _ caller: Caller, _ call: Call) async throws -> JSONValue {
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
            return try self.json(input.id, of: caller, in: tx)
        }
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
            [
                "program_id": .integer(program.id), "program_name": .string(content.name),
                "status": .string(content.status.rawValue), "reward_amount": .integer(content.terms.typicalReward),
            ],
            trace: trace
        )
    }

    private func json(_ id: Int64, of caller: Caller, in tx: Transaction) throws -> JSONValue {
        let program = try tx.programs.require(id, of: caller.identity)
        let used = try tx.programs.findBudgetUsed(id, month: Month(of: tx.now).text)
        return ProgramOutput.detail(program, try tx.programs.listCreatives(of: id), at: tx.now).adding([
            "monthly_budget": program.content.monthlyBudget.map { .integer($0) } ?? .null,
            "budget_used": .integer(used),
            "typical_order_amount": .integer(program.content.terms.typicalOrderAmount),
        ])
    }

    // MARK: Creatives

    private struct NewCreative: Input {
        let program: Int64
        let creative: Creative

        init(_ read: inout InputReader) {
            self.program = read.number("program_id", "Program ID")
            let kinds = Creative.Kind.allCases.map(\.rawValue)
            let kind = read.body(
                "type",
                .string,
                "text, banner or product",
                .oneOf(kinds, "type must be one of \(kinds.joined(separator: ", "))")
            )
            let title = read.body(
                "title",
                .string,
                "What links say",
                .notBlank("title must not be empty"),
                .line("title must be one line"),
                .atMost(200, "title must be at most 200 characters")
            )
            let text = read.optionalBody(
                "text",
                .string,
                "Words for the publisher to use",
                .atMost(2000, "text must be at most 2000 characters")
            )
            let url = read.optionalWebAddress("url", "The image of a banner, or the page of a product")
            let size = { (name: String) in Rule<Int>.range(1...4000, "\(name) must be between 1 and 4000") }
            let width = read.optionalBody("width", .integer, "Of a banner, in pixels", size("width"))
            let height = read.optionalBody("height", .integer, "Of a banner, in pixels", size("height"))
            let price = read.optionalBody(
                "price",
                .integer,
                "Of a product, in yen",
                .range(0...Int(Terms.amountLimit), "price must be between 0 and \(Terms.amountLimit)")
            )
            read.require(kind == "text" || url != nil, "url", "url is required for a banner and for a product")
            self.creative = Creative(
                kind: Creative.Kind(rawValue: kind) ?? .text,
                title: title.trimmed,
                text: text ?? "",
                url: url ?? "",
                width: width,
                height: height,
                price: price.map { Int64($0) }
            )
        }
    }

    private struct CreativePath: Input {
        let program: Int64
        let creative: Int64

        init(_ read: inout InputReader) {
            self.program = read.number("program_id", "Program ID")
            self.creative = read.number("creative_id", "Creative ID")
        }
    }

    @Sendable private func addCreative(_ input: NewCreative, _ caller: Caller, _ call: Call) async throws -> JSONValue {
        return try await self.database.write { tx in
            _ = try tx.programs.require(input.program, of: caller.identity)
            guard try tx.programs.listCreatives(of: input.program).count < Creative.perProgramLimit else {
                throw AffiliateProblems.creativeLimit
            }
            _ = try tx.programs.insert(input.creative, of: input.program)
            return try self.json(input.program, of: caller, in: tx)
        }
    }

    @Sendable private func removeCreative(_ input: CreativePath, _ caller: Caller, _ call: Call) async throws
        -> JSONValue
    {
        return try await self.database.write { tx in
            _ = try tx.programs.require(input.program, of: caller.identity)
            guard try tx.programs.delete(creative: input.creative, of: input.program) else {
                throw AffiliateProblems.creativeNotFound
            }
            return try self.json(input.program, of: caller, in: tx)
        }
    }
}
