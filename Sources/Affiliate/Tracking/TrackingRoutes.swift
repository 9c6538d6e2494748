import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import NIOCore
import Platform
import Web

/// What browsers open on the way from a publisher to an advertiser.
struct TrackingRoutes: Sendable {
    private static let userAgentLimit = 300
    private static let referrerLimit = 500

    let clicks: ClickService
    let links: Links
    let visitors: VisitorCookie
    let countries: Countries

    var endpoints: [Endpoint] {
        [
            Endpoint(
                raw: .get,
                "/t/{tracking_code}",
                "Record a click and go on to the landing page",
                tag: "Tracking",
                access: .open,
                inputs: [
                    FieldDescription(
                        "tracking_code",
                        .path,
                        isRequired: true,
                        schema: ["type": "string"],
                        summary: "Tracking code"
                    ),
                    FieldDescription(
                        "creative",
                        .query,
                        isRequired: false,
                        schema: ["type": "integer"],
                        summary: "A product, whose own page is landed on"
                    ),
                    FieldDescription(
                        "click",
                        .query,
                        isRequired: false,
                        schema: ["type": "string"],
                        summary: "A click that an agent has recorded"
                    ),
                ],
                answers: [
                    AnswerDescription(status: .found, summary: "To the landing page, with \(Links.clickParameter)")
                ],
                self.click
            ),
            Endpoint(
                raw: .get,
                "/js/{tracking_code}",
                "The script of a JavaScript tag",
                tag: "Tracking",
                access: .open,
                answers: [
                    AnswerDescription(
                        status: .ok,
                        summary: "A script that puts a link in its place",
                        mediaType: "text/javascript"
                    )
                ],
                self.script
            ),
        ]
    }

    /// Somebody who follows a link gets to the landing page, also where the click does not count.
    @Sendable private func click(_ call: Call) async throws -> Response {
        let code = call.context.pathParameter("tracking_code").lowercased()
        guard let link = try await self.clicks.cache.find(code) else { throw AffiliateProblems.trackingCodeNotFound }
        let creative = call.request.uri.queryParameters["creative"].flatMap { Int64($0) }
        let landing = creative.flatMap { link.products[$0] } ?? link.landingURL
        // Whoever only looks has not clicked.
        guard call.request.method != .head else { return Self.redirect(to: landing) }
        let (visitor, cookie) = self.visitor(of: call, isPaid: link.terms.rewardType == .cpc)
        let reported = call.request.uri.queryParameters["click"].flatMap { self.links.references.parse(String($0)) }
        let id: Int64
        if let reported, try await self.clicks.claim(reported, link, visitor, trace: call.trace) {
            id = reported
        } else {
            id = try await self.clicks.record(link, visitor, trace: call.trace).id
        }
        var response = Self.redirect(to: self.links.landing(landing, click: id))
        response.headers[.setCookie] = cookie
        return response
    }

    private static func redirect(to url: String) -> Response {
        Response(status: .found, headers: [.location: url, .cacheControl: "no-store"])
    }

    private func visitor(of call: Call, isPaid: Bool) -> (Visitor, cookie: String) {
        let userAgent = call.request.headers[.userAgent]
        let known = self.visitors.find(call.request)
        let id = known ?? self.visitors.make()
        let visitor = Visitor(
            id: id,
            isReturning: known != nil,
            browser: self.links.references.browser(address: call.context.clientAddress, userAgent: userAgent),
            address: isPaid
                ? self.links.references.browser(address: call.context.clientAddress, userAgent: nil) : nil,
            userAgent: userAgent.map { Self.clean($0, Self.userAgentLimit) },
            referrer: call.request.headers[.referer].map { Self.clean($0, Self.referrerLimit) },
            country: self.countries.find(call)
        )
        return (visitor, self.visitors.cookie(id))
    }

    /// Text of a stranger's header, as it can be kept.
    private static func clean(_ text: String, _ limit: Int) -> String {
        String(text.prefix(limit)).replacing("\0", with: "")
    }

    @Sendable private func script(_ call: Call) async throws -> Response {
        let code = call.context.pathParameter("tracking_code").lowercased()
        guard let link = try await self.clicks.cache.find(code) else { throw AffiliateProblems.trackingCodeNotFound }
        return Response(
            status: .ok,
            headers: [.contentType: "text/javascript; charset=utf-8", .cacheControl: "public, max-age=300"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: self.links.javaScript(code, link.programName)))
        )
    }
}

/// The first-party cookie that tells a visitor's clicks from others'.
struct VisitorCookie: Sendable {
    private static let name = "souk_visitor"
    /// As long as the longest window of a programme.
    private static let seconds = Int64(Terms.cookieDaysRange.upperBound) * 86_400

    let ids: IDGenerator
    /// Where browsers find this server by https, the cookie also comes with a pixel on the advertiser's page.
    let isSecure: Bool

    func make() -> String { self.ids.bytes(16).hex }

    func find(_ request: Request) -> String? {
        for header in request.headers[values: .cookie] {
            for part in header.split(separator: ";") {
                let pair = part.split(separator: "=", maxSplits: 1)
                guard pair.count == 2, pair[0].drop(while: { $0 == " " }) == Self.name else { continue }
                let value = String(pair[1])
                if value.utf8.count == 32, value.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) })
                {
                    return value
                }
            }
        }
        return nil
    }

    func cookie(_ visitor: String) -> String {
        let site = self.isSecure ? "SameSite=None; Secure" : "SameSite=Lax"
        return "\(Self.name)=\(visitor); Path=/; Max-Age=\(Self.seconds); HttpOnly; \(site)"
    }
}

/// Where a visitor is, if a trusted proxy says so.
struct Countries: Sendable {
    /// Such as `CF-IPCountry`; nil where the operator has named none.
    let header: HTTPField.Name?

    func find(_ call: Call) -> String? {
        guard let header, call.context.isFromTrustedProxy, let value = call.request.headers[header] else { return nil }
        return Self.code(value)
    }

    /// Two letters; nil for anything else.
    static func code(_ text: String) -> String? {
        let code = text.uppercased()
        return code.utf8.count == 2 && code.utf8.allSatisfy { (65...90).contains($0) } ? code : nil
    }
}
