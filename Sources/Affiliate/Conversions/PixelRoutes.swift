import HTTPTypes
import Hummingbird
import Kernel
import NIOCore
import Storage
import Web

/// How an advertiser's page reports orders: as an image.
struct PixelRoutes: Sendable {
    let database: any Database
    let service: ConversionService
    let links: Links
    let visitors: VisitorCookie

    var endpoints: [Endpoint] {
        [
            self.image
        ]
    }

    var image: Endpoint {
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
        )
    }

    struct PixelInput: Input {
        let program: ProgramID
        let orderID: String?
        let amount: Yen?
        let click: String?

        init(_ read: inout InputReader) {
            self.program = NumericID(read.body("program_id", .integer, "Program ID"))
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
            case .invalid: return Self.image("refused=\(AffiliateWords.all.message(problem))", status: .badRequest)
            case .malformed, .missing:
                return Self.image("refused=\(AffiliateWords.all.message(problem))", status: .unprocessableContent)
            default: throw problem
            }
        }
    }

    private func image(for call: Call) async throws -> Response {
        let input: PixelInput = try call.read(from: try await call.orderFields())
        guard call.request.method != .head else { return Self.image("nothing") }
        let visitor = self.visitors.find(call.request)
        let trace = call.trace
        let outcome = try await self.database.write { tx -> Result<String, Problem> in
            let program = try tx.programs.require(input.program)
            let click = try input.click.flatMap { self.links.references.parse($0) }.flatMap { try tx.clicks.find($0) }
            let report = ConversionService.Report(
                source: .pixel,
                program: program,
                clickScope: Self.clickScope(click, visitor, program),
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
    private static func clickScope(_ click: Click?, _ visitor: String?, _ program: Program) -> ClickStore.ClickScope {
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
}
