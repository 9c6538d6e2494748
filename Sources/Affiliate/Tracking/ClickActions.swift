import Kernel
import Platform
import Storage
import Web

/// Clicks that an agent reports of its own users.
struct ClickActions: Sendable {
    let database: any Database
    let clicks: ClickService
    let links: Links

    var actions: [Action] {
        [
            Action(
                "agent.track_click",
                "Record a click of one of your users",
                .agent,
                .write,
                example: [
                    "click_id": 123, "id": 123, "partnership_id": 15, "counts": true, "reason": 0,
                    "reason_text": "It counts",
                    "tracking_url":
                        "https://souk.example.com/affiliate/t/a1b2c3d4e5f6a1b2c3d4e5f6a1b2c3d4?click=123-0123456789abcdef",
                    "lp_url": "https://shop.example.com/?souk_click=123-0123456789abcdef",
                ],
                self.click
            )
        ]
    }

    private struct ClickInput: Input {
        let partnership: Int64
        let context: String?
        let userAgent: String?

        init(_ read: inout InputReader) {
            self.partnership = Int64(read.body("partnership_id", .integer, "Partnership ID"))
            self.context = read.optionalBody(
                "context",
                .string,
                "voice-assistant, iot-device, chatbot, …",
                .line("context must be one line", canBeBlank: true),
                .atMost(100, "context must be at most 100 characters")
            )
            self.userAgent = read.optionalBody(
                "user_agent",
                .string,
                "The user's user agent",
                .line("user_agent must be one line", canBeBlank: true),
                .atMost(1000, "user_agent must be at most 1000 characters")
            )
        }
    }

    @Sendable private func click(_ input: ClickInput, _ caller: Caller, _ call: Call) async throws -> JSONValue {
        let publisher = caller.identity
        let partnership = try await self.database.read { try $0.partnerships.require(input.partnership, of: publisher) }
        guard let link = try await self.clicks.cache.find(partnership.trackingCode) else {
            throw AffiliateProblems.partnershipNotFound
        }
        guard link.partnershipStatus == .approved else { throw AffiliateProblems.partnershipNotApproved }
        var visitor = Visitor(userAgent: input.userAgent, context: input.context)
        if let userAgent = input.userAgent {
            visitor.browser = self.links.references.browser(address: "agent \(publisher.text)", userAgent: userAgent)
        }
        let click = try await self.clicks.record(link, visitor, isReported: true, trace: call.trace)
        return [
            "click_id": .integer(click.id), "id": .integer(click.id), "partnership_id": .integer(link.partnership),
            "counts": .bool(click.reason == .counts), "reason": .int(click.reason.rawValue),
            "reason_text": .string(click.reason.text()),
            "tracking_url": .string(self.links.tracking(link.code, click: click.id)),
            "lp_url": .string(self.links.landing(link.landingURL, click: click.id)),
        ]
    }
}
