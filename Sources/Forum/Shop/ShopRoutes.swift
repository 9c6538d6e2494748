import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import Platform
import Storage
import Web

/// Where links of posts lead, and where the shop reports its orders.
struct ShopRoutes: Sendable {
    static let tag = "Shop"
    static let sharePercent: Int64 = 15
    private static let orderBytes = 16 * 1024

    let orders: OrderService
    let database: any Database
    let ids: IDGenerator
    let secrets: SecretBox
    let clock: WallClock
    let browsers: BrowserHash

    static func context(_ shop: String) -> String { "forum shop \(shop)" }

    var endpoints: [Endpoint] {
        [
            Endpoint.page(.get, "\(TrackedLinks.path){code}", "Go to the shop") { try await self.go($0) },
            Endpoint(
                raw: .post,
                "/api/shop/v1/orders",
                "Report an order, signed as Standard Webhooks says",
                tag: Self.tag,
                access: .token,
                inputs: InputReader.describe(OrderInput.self),
                answers: [
                    AnswerDescription(status: .created, summary: "Counted", of: OrderOutput.self),
                    AnswerDescription(status: .ok, summary: "Known already, or refunded", of: OrderOutput.self),
                    AnswerDescription(
                        status: .accepted,
                        summary: "A refund that waits for its order",
                        of: OrderOutput.self
                    ),
                ]
            ) { (arrival: Arrival, call: Call) in
                do { return try await self.report(call) } catch let problem as Problem
                    where problem.kind == .unauthenticated
                {
                    try arrival.chargeAddress()
                    throw problem
                }
            }.refusing(ForumProblems.signatureInvalid, ForumProblems.orderConflict),
        ]
    }

    // MARK: Clicks

    private func go(_ call: Call) async throws -> Response {
        let code = call.context.pathParameter("code")
        let (moment, headers) = (self.clock.now(), call.request.headers)
        let isRobot = Robots.isRobot(headers[.userAgent])
        let purposes = Visit.purposeHeaders.flatMap { headers[values: HTTPField.Name($0)!] }
        let isMade = Visit.isMade(destination: headers[HTTPField.Name(Visit.destinationHeader)!], purposes: purposes)
        let browser = self.browsers.of(address: call.context.clientAddress, userAgent: headers[.userAgent])
        let id: ID<Click> = self.ids.next()
        let target = try await self.database.write { tx -> String? in
            guard let link = try tx.shopLinks.find(code), let post = try tx.posts.find(ID(link.post)) else {
                return nil
            }
            // What is hidden earns nothing.
            guard post.state.isShown, let partner = post.author.partner else { return link.url }
            let count = try tx.shop.count(clicksOf: browser, on: post.id, since: moment.adding(seconds: -60))
            let isLooked = call.request.method == .head
            let reason: Click.Reason? =
                isRobot ? .robot : isLooked || !isMade ? .ahead : count >= Visit.floodLimit ? .flood : nil
            try tx.shop.insert(
                Click(
                    id: id,
                    post: post.id,
                    partner: partner,
                    sharePercent: Self.sharePercent,
                    browser: browser,
                    reason: reason,
                    createdAt: tx.now
                )
            )
            return LinkParameter.adding("gj_click", id.text, to: link.url)
        }
        guard let target else { throw ForumProblems.pageNotFound }
        var response = Response.redirect(to: target, type: .found)
        response.headers[.cacheControl] = "no-store"
        response.headers[.referrerPolicy] = "no-referrer"
        return response
    }

    // MARK: Orders

    struct OrderInput: Input {
        let report: OrderService.Report

        init(_ read: inout InputReader) {
            let id = read.body(
                "orderId",
                .string,
                "The shop's own name of it",
                .notBlank(),
                .line(),
                .atMost(100),
                .trimmed
            )
            let statuses = [ShopOrder.Status.paid, .refunded, .cancelled].map(\.rawValue)
            let status = read.body("status", .string, "What has become of it", .oneOf(statuses))
            let amount = read.body("amountUsd", .string, "More than 0, at most 2 decimals", .dollars)
            let refund = read.optionalBody("refundUsd", .string, "What was given back in all", .dollars)
            let moment = read.body("occurredAt", .string, "When it was bought, as RFC 3339", .moment)
            let click = read.optionalBody("clickId", .string, "`gj_click` of the address", .atMost(100))
            _ = read.optionalBody("currency", .string, "USD", .oneOf(["USD"]))
            let made = ShopOrder.Status(rawValue: status) ?? .paid
            if made == .refunded, refund == nil { read.missing("refundUsd") }
            read.require(made != .paid || refund == nil, "refundUsd", FieldRule("not_with_paid"))
            let whole = Dollars.micros(amount) ?? 0
            self.report = OrderService.Report(
                id: ID(id.trimmed),
                status: made,
                amount: whole,
                refund: made == .cancelled ? whole : refund.flatMap { Dollars.micros($0) } ?? 0,
                occurredAt: Timestamp(text: moment) ?? Timestamp(seconds: 0),
                click: click.map { ID($0.trimmed.lowercased()) }
            )
        }
    }

    private func report(_ call: Call) async throws -> Response {
        let body = try await call.collectBody(upTo: Self.orderBytes)
        try await self.requireSignature(call, Array(body.bytes.readableBytesView))
        let input = try call.read(OrderInput.self, from: try await call.json(of: body) ?? [:])
        let counted = try await self.orders.report(input.report, call.trace)
        return Response(status: counted.outcome.status, answer: OrderOutput(order: counted.order))
    }

    /// Throws `signatureInvalid`.
    private func requireSignature(_ call: Call, _ body: [UInt8]) async throws {
        let header = { (name: String) in call.header(HTTPField.Name(name)!) }
        let shown = WebhookSignature.Shown(
            id: header("webhook-id"),
            timestamp: header("webhook-timestamp"),
            signatures: header("webhook-signature")
        )
        guard let shown else { throw ForumProblems.signatureInvalid }
        let now = self.clock.now()
        let secrets = try await self.database.read { try $0.shop.listSecrets() }
        let isSigned = try secrets.contains { id, sealed in
            let secret = try self.secrets.open(sealed, context: Self.context(id))
            return shown.isValid(for: body, secret: secret, at: now)
        }
        guard isSigned else { throw ForumProblems.signatureInvalid }
    }
}

extension OrderService.Outcome {
    fileprivate var status: HTTPResponse.Status {
        switch self {
        case .first: .created
        case .known: .ok
        case .awaiting: .accepted
        }
    }
}

/// Amounts in dollars, as decimal text.
enum Dollars {
    private static let limit: Int64 = 100_000

    /// In micro-USD; nil for what is no such amount.
    static func micros(_ text: String, from least: Int64 = 10_000, to most: Int64 = Self.limit * 1_000_000) -> Int64? {
        let (whole, cents) = text.bytewise.cut(at: ".")
        let digits = cents.map(String.init) ?? ""
        guard (1...9).contains(whole.utf8.count), whole.utf8.allSatisfy(\.isDigit), digits.utf8.count <= 2,
            cents == nil || !digits.isEmpty, digits.utf8.allSatisfy(\.isDigit), let value = Int64(whole)
        else { return nil }
        let hundredths = value * 100 + (Int64(digits + String(repeating: "0", count: 2 - digits.utf8.count)) ?? 0)
        let micros = hundredths * 10_000
        return (least...most).contains(micros) ? micros : nil
    }
}

extension Rule where Value == String {
    fileprivate static var dollars: Rule {
        Rule(FieldRule("dollars"), schema: ["pattern": "^[0-9]{1,6}(\\.[0-9]{1,2})?$"]) { Dollars.micros($0) != nil }
    }

    fileprivate static var moment: Rule {
        Rule(FieldRule("moment"), schema: ["format": "date-time"]) {
            $0.utf8.count > 10 && Timestamp(text: $0).map { $0.seconds > 946_684_800 } ?? false
        }
    }

    /// As it is: of two names that differ in blanks, each is another.
    fileprivate static var trimmed: Rule {
        Rule(FieldRule("no_blanks_at_ends"), schema: [:]) { $0.utf8.elementsEqual($0.trimmed.utf8) }
    }
}

struct OrderOutput: Answer {
    let order: ShopOrder

    static let members: [Member<Self>] = [
        Member("orderId", \.order.id, "The shop's own name of it", example: "A-1001"),
        Member(
            "status",
            {
                $0.order.isAwaited
                    ? $0.order.refund == $0.order.amount ? "cancelled" : "refunded" : $0.order.status.rawValue
            },
            "What has become of it",
            example: "paid"
        ), Member("attributed", { $0.order.partner != nil }, "Whether a partner earns from it", example: true),
        Member("reason", { $0.order.reason?.rawValue }, "Why nobody does", example: nil),
        Member("partnerId", \.order.partner, "Who earns", example: "p_01a2"),
        Member("postId", \.order.post, "Whose link has led to it"),
        Member(
            "shareUsd",
            { DecimalText($0.order.remainingShare) },
            "The partner's share after refunds",
            example: "1.498500"
        ),
    ]
}
