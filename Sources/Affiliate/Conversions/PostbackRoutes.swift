import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import NIOCore
import Platform
import Storage
import Web

/// How advertisers report orders: their server with a token, or an image on their page.
struct PostbackRoutes: Sendable {
    private static let formLimit = 16 * 1024
    /// How far back an order may have been made.
    private static let pastDays: Int64 = 90
    private static let futureSeconds: Int64 = 300

    let database: any Database
    let service: ConversionService
    let links: Links
    let visitors: VisitorCookie

    var endpoints: [Endpoint] {
        let inputs = InputReader.describe(PostbackInput.self)
        let answer = AnswerDescription(
            status: .ok,
            summary: "What the order came to",
            example: ["success": true, "message": "Operation completed", "data": ConversionOutput.example],
            optional: ConversionOutput.optionalFields
        )
        let refusal = AnswerDescription(
            status: .unauthorized,
            summary: "Nobody's postback token",
            example: ["success": false, "message": .string(AffiliateProblems.wrongToken.message)]
        )
        return [
            Endpoint(
                raw: .get,
                "/postback",
                "Report an order from the advertiser's server",
                tag: "Conversions",
                access: .token,
                inputs: inputs.map { $0.moved(to: .query) },
                answers: [answer, refusal],
                self.postback
            ),
            Endpoint(
                raw: .post,
                "/postback",
                "Report an order from the advertiser's server",
                tag: "Conversions",
                access: .token,
                inputs: inputs,
                answers: [answer, refusal],
                self.postback
            ),
            Endpoint(
                raw: .get,
                "/pixel",
                "Report an order from the advertiser's page, as an image",
                tag: "Conversions",
                access: .open,
                inputs: InputReader.describe(PixelInput.self).map { $0.moved(to: .query) },
                answers: [.ok, .badRequest, .unprocessableContent].map {
                    AnswerDescription(
                        status: $0,
                        summary: "A transparent GIF; X-Souk-Outcome tells what came of it",
                        mediaType: "image/gif"
                    )
                },
                self.pixel
            ),
        ]
    }

    // MARK: Postback

    private struct PostbackInput: Input {
        let clickID: String?
        let trackingCode: String?
        let orderID: String?
        let amount: Int64?
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
                .notBlank("token must not be empty")
            )
            self.country = read.optionalBody(
                "country",
                .string,
                "The buyer's country (ISO 3166)",
                Rule("country must be two letters", schema: ["pattern": "^[A-Za-z]{2}$"]) { Countries.code($0) != nil }
            ).flatMap(Countries.code)
            self.occurredAt = read.optionalMoment("occurred_at", "When it was ordered (RFC 3339); now without it")
        }
    }

    /// In order: the fields, the token, what leads to the order, the order.
    @Sendable private func postback(_ call: Call) async throws -> Response {
        // Whoever only looks has reported nothing. Tokens have 192 bits: nobody guesses them.
        guard call.request.method != .head else { return Response(status: .ok) }
        let input: PostbackInput = try call.read(from: try await self.fields(of: call))
        let hash = CredentialCache.hash(input.token)
        let trace = call.trace
        let isKnown = try await self.database.read {
            try $0.affiliateAccounts.findAdvertiser(postbackHash: hash) != nil
        }
        // Who guesses is charged before anything is written down.
        if isKnown { call.context.charge?.skip() } else { try call.context.charge?.take() }
        let outcome = try await self.database.write { tx -> Result<(ConversionService.Recorded, JSONValue), Problem>? in
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
                trail: lead.trail,
                partnership: lead.partnership,
                orderID: input.orderID,
                amount: input.amount,
                country: input.country,
                occurredAt: input.occurredAt
            )
            return try self.service.take(report, trace: trace, in: tx).map { recorded in
                let paidUntil = try? tx.affiliateAccounts.require(recorded.conversion.publisher).paidUntil
                let json = ConversionOutput.json(recorded.conversion, at: tx.now, paidUntil: paidUntil ?? tx.now)
                return (recorded, json)
            }
        }
        // What was logged stays, also of a wrong token and of a report that is refused.
        guard let outcome else { throw AffiliateProblems.wrongToken }
        let (recorded, json) = try outcome.get()
        _ = try recorded.agreed()
        return try Response(
            status: .ok,
            json: ["success": true, "message": "Operation completed", "data": json] as JSONValue
        )
    }

    private static func check(_ moment: Timestamp?, at now: Timestamp) throws {
        guard let moment else { return }
        guard moment <= now.adding(seconds: self.futureSeconds), moment >= now.adding(seconds: -self.pastDays * 86_400)
        else { throw AffiliateProblems.occurredAtRange }
    }

    private struct Lead {
        let program: Program
        let partnership: Partnership?
        let trail: ClickStore.Trail
    }

    /// Nil when there is nothing of the kind.
    private func lead(_ input: PostbackInput, in tx: Transaction) throws -> Lead? {
        if let text = input.clickID {
            // The number alone will do for the advertiser's own server.
            guard let id = self.links.references.parse(text) ?? Int64(text), let click = try tx.clicks.find(id) else {
                return nil
            }
            return Lead(
                program: try tx.programs.require(click.program),
                partnership: try tx.partnerships.find(click.partnership),
                trail: click.visitor.map { .visitor($0, program: click.program) } ?? .one(click)
            )
        }
        guard let code = input.trackingCode, let partnership = try tx.partnerships.find(trackingCode: code.lowercased())
        else { return nil }
        return Lead(
            program: try tx.programs.require(partnership.program),
            partnership: partnership,
            trail: .partnership(partnership.id)
        )
    }

    // MARK: Pixel

    private struct PixelInput: Input {
        let program: Int64
        let orderID: String?
        let amount: Int64?
        let click: String?

        init(_ read: inout InputReader) {
            self.program = Int64(read.body("program_id", .integer, "Program ID"))
            self.orderID = read.orderID()
            self.amount = read.amount()
            self.click = read.optionalBody(
                "click_id",
                .string,
                "What the landing page got as \(Links.clickParameter), for browsers without the cookie"
            )
        }
    }

    /// An image, whatever is wrong with the report, so that the advertiser's page looks as it should.
    @Sendable private func pixel(_ call: Call) async throws -> Response {
        do { return try await self.image(for: call) } catch let problem as Problem {
            switch problem.kind {
            case .notFound, .conflict: return Self.image("refused=\(problem.code)")
            case .invalid: return Self.image("refused=\(problem.message)", status: .badRequest)
            case .malformed, .missing: return Self.image("refused=\(problem.message)", status: .unprocessableContent)
            default: throw problem
            }
        }
    }

    private func image(for call: Call) async throws -> Response {
        let input: PixelInput = try call.read(from: try await self.fields(of: call))
        guard call.request.method != .head else { return Self.image("nothing") }
        let visitor = self.visitors.find(call.request)
        let trace = call.trace
        let outcome = try await self.database.write { tx -> Result<String, Problem> in
            let program = try tx.programs.require(input.program)
            let click = try input.click.flatMap { self.links.references.parse($0) }.flatMap { try tx.clicks.find($0) }
            let report = ConversionService.Report(
                source: .pixel,
                program: program,
                trail: Self.trail(click, visitor, program),
                partnership: nil,
                orderID: input.orderID,
                amount: input.amount,
                country: nil,
                occurredAt: nil
            )
            return try self.service.take(report, trace: trace, in: tx).map { recorded in
                if recorded.isConflict { return "refused=order_conflict" }
                let conversion = recorded.conversion
                return
                    "conversion=\(conversion.id); status=\(conversion.status.rawValue); reason=\(conversion.reason.rawValue)"
            }
        }
        return Self.image(try outcome.get())
    }

    /// The visitor of the page, and else of the click that the page has kept.
    private static func trail(_ click: Click?, _ visitor: String?, _ program: Program) -> ClickStore.Trail {
        guard let click, click.program == program.id else {
            return visitor.map { .visitor($0, program: program.id) } ?? .nothing
        }
        return click.visitor.map { .visitor($0, program: program.id) } ?? .one(click)
    }

    private static func image(_ outcome: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status,
            headers: [
                .contentType: "image/gif", .cacheControl: "no-store", .init("X-Souk-Outcome")!: outcome,
                // The page that shows it is another site's.
                .init("Cross-Origin-Resource-Policy")!: "cross-origin",
            ],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: Self.gif))
        )
    }

    /// One transparent point.
    private static let gif: [UInt8] = [
        0x47, 0x49, 0x46, 0x38, 0x39, 0x61, 1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0x21, 0xF9, 4, 1, 0, 0,
        0,
        0, 0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3B,
    ]

    // MARK: Fields

    /// What stands in the query, in a form or in JSON, and the token of the header. What is left empty is missing.
    private func fields(of call: Call) async throws -> JSONValue {
        var fields: [String: JSONValue] = [:]
        for (name, value) in call.request.uri.queryParameters {
            guard fields[String(name)] == nil, !value.isEmpty else { continue }
            fields[String(name)] = Self.value(String(name), String(value))
        }
        if call.request.method == .post {
            if call.request.headers[.contentType]?.contains("json") ?? false {
                let body = try await call.readJSON() ?? [:]
                guard let members = body.object else { throw AffiliateProblems.postbackBody }
                fields.merge(members) { $1 }
            } else {
                let form = try await call.form(limit: Self.formLimit)
                for name in form.names where !form[name].isEmpty { fields[name] = Self.value(name, form[name]) }
            }
        }
        if let token = call.request.headers[.init("X-Postback-Token")!] { fields["token"] = .string(token) }
        // Numbers of click ids may be written as such.
        if let id = fields["click_id"]?.integer { fields["click_id"] = .string("\(id)") }
        if let id = fields["order_id"]?.integer { fields["order_id"] = .string("\(id)") }
        return .object(fields)
    }

    /// Text of a form or a query: a number where the field is one.
    private static func value(_ name: String, _ text: String) -> JSONValue {
        guard ["amount", "program_id"].contains(name) else { return .string(text) }
        return Int64(text).map { .integer($0) } ?? .string(text)
    }
}

extension FieldDescription {
    /// The same field where it is read from somewhere else.
    fileprivate func moved(to place: Place) -> FieldDescription {
        FieldDescription(self.name, place, isRequired: self.isRequired, schema: self.schema, summary: self.summary)
    }
}
