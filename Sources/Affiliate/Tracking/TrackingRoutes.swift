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
            )
            .refusing(AffiliateProblems.trackingCodeNotFound),
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
        let query = call.request.uri.fields
        let creative = query["creative"].flatMap { CreativeID($0) }
        let landing = creative.flatMap { link.products[$0] } ?? link.landingURL
        // Whoever only looks has not clicked.
        guard call.request.method != .head, Self.isVisit(call.request.headers) else {
            return Self.redirect(to: landing)
        }
        let (visitor, cookie) = self.visitor(of: call, isPaid: link.terms.rewardType == .cpc)
        let reported = query["click"].flatMap { self.links.references.parse(String($0)) }
        let id: ClickID
        if let reported, try await self.clicks.claim(reported, link, visitor, trace: call.trace) {
            id = reported
        } else {
            id = try await self.clicks.record(link, visitor, trace: call.trace).id
        }
        var response = Self.redirect(to: self.links.landing(landing, click: id))
        response.headers[.setCookie] = cookie
        return response
    }

    private static func isVisit(_ headers: HTTPFields) -> Bool {
        Visit.isMade(
            destination: headers[Self.destination],
            purposes: Self.purposes.flatMap { headers[values: $0] }
        )
    }

    private static let destination = HTTPField.Name(Visit.destinationHeader)!
    private static let purposes = Visit.purposeHeaders.map { HTTPField.Name($0)! }

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
            browser: self.links.references.browsers.of(address: call.context.clientAddress, userAgent: userAgent),
            address: isPaid
                ? self.links.references.browsers.of(address: call.context.clientAddress, userAgent: nil) : nil,
            userAgent: userAgent.map { Self.clean($0, Self.userAgentLimit) },
            referrer: call.request.headers[.referer].map { Self.clean($0, Self.referrerLimit) },
            country: self.countries.find(call)
        )
        return (visitor, self.visitors.cookie(id))
    }

    /// Text of a stranger's header, as it can be kept.
    private static func clean(_ text: String, _ limit: Int) -> String {
        let short = text.utf8.count > limit ? String(decoding: text.utf8.prefix(limit), as: UTF8.self) : text
        return short.utf8.contains(0) ? short.bytewise.replacing("\0", with: "") : short
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
