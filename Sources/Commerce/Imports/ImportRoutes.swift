import HTTPTypes
import Hummingbird
import Kernel
import Platform
import Storage
import Web

/// Feeds that are sent, or fetched from an address: each is an import that goes on beside the requests.
struct ImportRoutes: Sendable {
    static let tag = "Catalogue"
    static let uploadLimit = 10 * 1024 * 1024

    let database: any Database
    let service: ImportService

    var endpoints: [Endpoint] {
        [
            Endpoint(
                raw: .post,
                "/v1/catalog/imports",
                "Import a feed: CSV, TSV or JSON lines, also as gzip",
                tag: Self.tag,
                access: .merchantOrSupply,
                inputs: InputReader.describe(ImportInput.self),
                body: BodyDescription { (["type": "string", "format": "binary"], [:]) },
                answers: [AnswerDescription(status: .accepted, summary: "Begun", of: ImportOutput.self)],
                self.create
            )
            .refusing(
                CommerceProblems.feedMissing,
                CommerceProblems.feedAddress,
                CommerceProblems.uploadsUnavailable,
                CommerceProblems.insufficientScope,
                CommerceProblems.tooManyImports,
                CommerceProblems.invalidRegistrationToken,
                CommerceProblems.merchantNotFound
            ),
            Endpoint(.get, "/v1/catalog/imports", tag: Self.tag, self.list),
            Endpoint(.get, "/v1/catalog/imports/{importId}", tag: Self.tag, self.one),
            self.rejectsEndpoint,
        ]
    }

    /// Also for the operator's page.
    var rejectsEndpoint: Endpoint {
        Endpoint(
            raw: .get,
            "/v1/catalog/imports/{importId}/rejects",
            "The lines that were not taken, as CSV",
            tag: Self.tag,
            access: .merchantOrSupply,
            inputs: InputReader.describe(ImportPath.self),
            answers: [AnswerDescription(status: .ok, summary: "line, field, reason", mediaType: "text/csv")],
            self.rejects
        )
        .refusing(CommerceProblems.invalidRegistrationToken, CommerceProblems.importNotFound)
    }

    // MARK: Beginning

    struct ImportInput: Input {
        let merchant: String?
        let format: FeedFormat
        let keepsIDs: Bool
        let isDryRun: Bool
        let isFull: Bool
        let isForced: Bool
        let url: String?

        /// What a form has asked for.
        init(merchant: String, format: FeedFormat, isDryRun: Bool, isFull: Bool, url: String?) {
            (self.merchant, self.format, self.isDryRun) = (merchant, format, isDryRun)
            (self.isFull, self.url, self.keepsIDs, self.isForced) = (isFull, url, false, false)
        }

        init(_ read: inout InputReader) {
            self.merchant = read.merchantFilter("Whose products they are; for supply keys")
            let formats = FeedFormat.allCases.map(\.rawValue)
            let format = read.query(
                "format",
                .string,
                default: "acp",
                json: "acp",
                "How the feed is written",
                .oneOf(formats)
            )
            self.format = FeedFormat(rawValue: format) ?? .acp
            let ids = read.query(
                "ids",
                .string,
                default: "assign",
                json: "assign",
                "assign: products get the next numbers; keep: those of the feed",
                .oneOf(["assign", "keep"])
            )
            self.keepsIDs = ids == "keep"
            self.isDryRun = read.query("dry_run", .boolean, default: false, json: false, "Whether nothing is written")
            self.isFull = read.query(
                "full",
                .boolean,
                default: false,
                json: false,
                "Whether what the feed does not have goes out of stock"
            )
            self.isForced = read.query(
                "force",
                .boolean,
                default: false,
                json: false,
                "Also where much would go out of stock"
            )
            self.url =
                read.query(
                    "url",
                    .string,
                    "An https address to fetch the feed from, instead of a body",
                    .line(canBeBlank: true),
                    .atMost(2000)
                )?.nonEmpty
        }
    }

    @Sendable private func create(_ caller: Caller, _ call: Call) async throws -> Response {
        let input: ImportInput = try await call.readQuery()
        // Numbers are the catalogue's: a merchant does not choose them.
        guard !input.keepsIDs || caller.has(CommerceRole.supply) else { throw CommerceProblems.insufficientScope }
        if input.keepsIDs { try await self.database.read { try $0.merchants.scope(of: caller).requireAll() } }
        let merchant = try await self.merchant(of: caller, named: input.merchant)
        let upload = input.url == nil ? try await call.upload(field: "file", limit: Self.uploadLimit) : nil
        let found = try await self.begin(input, merchant, upload?.bytes, by: caller, trace: call.trace)
        return Response(status: .accepted, answer: ImportOutput(found: found))
    }

    /// Throws `feedMissing`, `feedAddress`, `uploadsUnavailable`, `merchantNotFound`.
    func begin(_ input: ImportInput, _ merchant: String, _ bytes: [UInt8]?, by caller: Caller, trace: Trace)
        async throws
        -> CatalogImport
    {
        if let url = input.url {
            guard self.service.isFetchable(url) else { throw CommerceProblems.feedAddress }
        } else if bytes?.isEmpty ?? true {
            throw CommerceProblems.feedMissing
        }
        try await self.database.read { tx in
            let found = try tx.merchants.require(merchant)
            _ = try tx.merchants.scope(of: caller).narrowed(to: found.id)
        }
        let path = try self.service.newFile(bytes)
        let options = CatalogImport.Options(
            format: input.format,
            keepsIDs: input.keepsIDs,
            isDryRun: input.isDryRun,
            isFull: input.isFull,
            isForced: input.isForced,
            path: path,
            isTemporary: true,
            url: input.url,
            source: input.url.flatMap { try? Outbound.host(of: $0) } ?? "upload"
        )
        let id: ID<CatalogImport>
        do {
            id = try await self.service.begin(options, merchant: merchant, actor: caller.credential, trace: trace)
        } catch {
            FeedFile.remove(path)
            throw error
        }
        guard let found = try await self.database.read({ try $0.imports.find(id) }) else {
            throw CommerceProblems.importNotFound
        }
        return found
    }

    /// A merchant imports its own products, and the operator names one. Throws `merchantNotFound`, `invalidRegistrationToken`.
    private func merchant(of caller: Caller, named name: String?) async throws -> String {
        try await self.database.read { tx in
            guard caller.has(CommerceRole.merchant) else {
                guard let name else { throw CommerceProblems.merchantNotFound }
                guard try tx.merchants.scope(of: caller).contains(name) else { throw CommerceProblems.merchantNotFound }
                return name
            }
            let own = try tx.merchants.require(of: caller)
            guard name.map({ $0.bytewise.equals(own.id) }) ?? true else {
                throw CommerceProblems.invalidRegistrationToken
            }
            return own.id
        }
    }

    // MARK: Reading

    struct ListInput: Input {
        let paging: CursorPaging
        let merchant: String?

        init(_ read: inout InputReader) {
            self.merchant = read.merchantFilter("Only this merchant's; for supply keys")
            self.paging = CursorPaging(&read)
        }
    }

    var list: Operation<ListInput, CursorList<ImportOutput>> {
        Operation("List imports", access: .merchantOrSupply) { input, caller, _ in
            let page = try await self.database.read { tx in
                try tx.imports.list(
                    in: tx.merchants.scope(of: caller).narrowed(to: input.merchant),
                    before: input.paging.cursor,
                    limit: input.paging.limit
                )
            }
            return CursorList(page) { ImportOutput(found: $0) }
        }
        .refusing(CommerceProblems.invalidRegistrationToken, CommerceProblems.merchantNotFound)
    }

    struct ImportPath: Input {
        let id: ID<CatalogImport>
        init(_ read: inout InputReader) { self.id = ID(read.path("importId", "The import")) }
    }

    var one: Operation<ImportPath, ImportOutput> {
        Operation("Get an import", access: .merchantOrSupply) { input, caller, _ in
            ImportOutput(found: try await self.require(input.id, of: caller))
        }
        .refusing(CommerceProblems.invalidRegistrationToken, CommerceProblems.importNotFound)
    }

    @Sendable private func rejects(_ caller: Caller, _ call: Call) async throws -> Response {
        let found = try await self.require(call.pathID("importId"), of: caller)
        return CSV.response(name: "rejects", columns: ["line", "field", "reason"]) { (line: Int?) in
            let rows = try await self.database.read {
                try $0.imports.listRejects(of: found.id, after: line ?? 0, limit: CSV.pageSize)
            }
            let isLast = rows.count < CSV.pageSize
            return (rows.map { ["\($0.line)", $0.field, $0.reason] }, isLast ? nil : rows.last?.line)
        }
    }

    private func require(_ id: ID<CatalogImport>, of caller: Caller) async throws -> CatalogImport {
        try await self.database.read { tx in
            guard let found = try tx.imports.find(id, in: tx.merchants.scope(of: caller)) else {
                throw CommerceProblems.importNotFound
            }
            return found
        }
    }
}
