import HTTPTypes
import Hummingbird
import Kernel
import NIOCore
import Platform
import Storage
import Web

/// How an advertiser's server reports orders, with its token.
struct PostbackRoutes: Sendable {
    /// How far back an order may have been made: as long as a cookie may live.
    private static let pastDays: Int64 = 365
    private static let futureSeconds: Int64 = 300
    private static let shape = Completed<ConversionOutput>.shape

    let database: any Database
    let service: ConversionService
    let links: Links

    var endpoints: [Endpoint] { [self.query, self.body] }

    /// As a query, for servers that can send nothing else.
    var query: Endpoint { Self.endpoint(.get, inputs: { $0.moved(to: .query) }, self.postback) }
    private var body: Endpoint { Self.endpoint(.post, inputs: { $0 }, self.postback) }

    private static func endpoint(
        _ method: HTTPRequest.Method,
        inputs: (FieldDescription) -> FieldDescription,
        _ handle: @escaping @Sendable (Arrival, Call) async throws -> Response
    ) -> Endpoint {
        Endpoint(
            raw: method,
            "/postback",
            "Report an order from the advertiser's server",
            tag: "Conversions",
            access: .token,
            inputs: InputReader.describe(PostbackInput.self).map(inputs),
            answers: [
                AnswerDescription(
                    status: .ok,
                    summary: "What the order came to",
                    of: Completed<ConversionOutput>.self
                ),
                AnswerDescription(
                    status: .unauthorized,
                    summary: "Nobody's postback token",
                    example: [
                        "success": false, "message": .string(AffiliateWords.all.message(AffiliateProblems.wrongToken)),
                    ]
                ),
            ],
            handle
        )
        .refusing(
            AffiliateProblems.postbackBody,
            AffiliateProblems.occurredAtRange,
            AffiliateProblems.wrongToken,
            AffiliateProblems.clickNotFound,
            AffiliateProblems.leadRequired,
            AffiliateProblems.orderRequired,
            AffiliateProblems.amountRequired,
            AffiliateProblems.noPartnership,
            AffiliateProblems.orderConflict("ORDER-001")
        )
    }

    // MARK: Postback

    struct PostbackInput: Input {
        let clickID: String?
        let trackingCode: String?
        let orderID: String?
        let amount: Yen?
        let token: String
        let country: String?
        let occurredAt: Timestamp?

        init(_ read: inout InputReader) {
            self.clickID = read.optionalBody(
                "click_id",
                .string,
                "What the landing page got as \(Links.clickParameter)"
            )
            self.trackingCode = read.optionalBody(
                "tracking_code",
                .string,
                "The partnership's tracking code, where there is no click id"
            )
            self.orderID = read.orderID()
            self.amount = read.amount()
            self.token = read.body(
                "token",
                .string,
                "Your postback token; the header X-Postback-Token does as well",
                .notBlank()
            )
            self.country = read.optionalBody(
                "country",
                .string,
                "The buyer's country (ISO 3166)",
                Rule(FieldRule("country"), schema: ["pattern": "^[A-Za-z]{2}$"]) { Countries.code($0) != nil }
            ).flatMap(Countries.code)
            self.occurredAt = read.optionalMoment("occurred_at", "When it was ordered (RFC 3339); now without it")
        }
    }

    /// In order: the fields, the token, what leads to the order, the order.
    @Sendable private func postback(_ arrival: Arrival, _ call: Call) async throws -> Response {
        // Whoever only looks has reported nothing. Tokens have 192 bits: nobody guesses them.
        guard call.request.method != .head else { return Response(status: .ok) }
        let input: PostbackInput = try call.read(from: try await call.orderFields())
        let hash = CredentialCache.hash(input.token)
        let trace = call.trace
        let isKnown = try await self.database.read {
            try $0.affiliateAccounts.findAdvertiser(postbackHash: hash) != nil
        }
        // Who guesses is charged before anything is written down.
        if isKnown { arrival.excuseAddress() } else { try arrival.chargeAddress() }
        let outcome = try await self.database.write {
            tx -> Result<(ConversionService.Recorded, ConversionOutput), Problem>? in
            let lead = try self.lead(input, in: tx)
            guard let advertiser = try tx.affiliateAccounts.findAdvertiser(postbackHash: hash) else {
                guard let program = lead?.program.id else { return nil }
                try tx.conversions.log(
                    .postback,
                    program: program,
                    orderID: input.orderID,
                    amount: input.amount,
                    conversion: nil,
                    .wrongToken,
                    trace: trace
                )
                return nil
            }
            guard input.clickID != nil || input.trackingCode != nil else { throw AffiliateProblems.leadRequired }
            guard let lead, lead.program.advertiser == advertiser else {
                throw input.clickID == nil ? AffiliateProblems.trackingCodeNotFound : AffiliateProblems.clickNotFound
            }
            try Self.check(input.occurredAt, at: tx.now)
            let report = ConversionService.Report(
                source: .postback,
                program: lead.program,
                clickScope: lead.clickScope,
                partnership: lead.partnership,
                orderID: input.orderID,
                amount: input.amount,
                country: input.country,
                occurredAt: input.occurredAt
            )
            switch try self.service.take(report, trace: trace, in: tx) {
            case .failure(let problem): return .failure(problem)
            case .success(let recorded):
                return .success((recorded, try ConversionOutput(recorded.conversion, in: tx)))
            }
        }
        // What was logged stays, also of a wrong token and of a report that is refused.
        guard let outcome else { throw AffiliateProblems.wrongToken }
        let (recorded, output) = try outcome.get()
        _ = try recorded.withoutConflict()
        return Response(status: .ok, jsonBytes: ByteBuffer(bytes: Self.shape.bytes(of: Completed(data: output))))
    }

    private static func check(_ moment: Timestamp?, at now: Timestamp) throws {
        guard let moment else { return }
        guard moment <= now.adding(seconds: self.futureSeconds), moment >= now.adding(seconds: -self.pastDays * 86_400)
        else { throw AffiliateProblems.occurredAtRange }
    }

    private struct Lead {
        let program: Program
        let partnership: Partnership?
        let clickScope: ClickStore.ClickScope
    }

    /// Nil when there is nothing of the kind.
    private func lead(_ input: PostbackInput, in tx: Transaction) throws -> Lead? {
        if let text = input.clickID {
            // The number alone will do for the advertiser's own server.
            guard let id = self.links.references.parse(text) ?? NumericID(text), let click = try tx.clicks.find(id),
                let (partnership, program) = try tx.partnership(click.partnership)
            else { return nil }
            return Lead(
                program: program,
                partnership: partnership,
                clickScope: click.visitor.map { .visitor($0, program: click.program) } ?? .one(click)
            )
        }
        guard let code = input.trackingCode,
            let (partnership, program) = try tx.partnership(trackingCode: code.lowercased())
        else { return nil }
        return Lead(
            program: program,
            partnership: partnership,
            clickScope: .partnership(partnership.id)
        )
    }
}
