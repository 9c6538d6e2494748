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
            Action("agent.track_click", self.click)
        ]
    }

    struct ClickInput: Input {
        let partnership: PartnershipID
        let context: String?
        let userAgent: String?

        init(_ read: inout InputReader) {
            self.partnership = NumericID(read.body("partnership_id", .integer, "Partnership ID"))
            self.context = read.optionalBody(
                "context",
                .string,
                "voice-assistant, iot-device, chatbot, …",
                .line(canBeBlank: true),
                .atMost(100)
            )
            self.userAgent = read.optionalBody(
                "user_agent",
                .string,
                "The user's user agent",
                .line(canBeBlank: true),
                .atMost(1000)
            )
        }
    }

    var click: Operation<ClickInput, Recorded> {
        Operation("Record a click of one of your users", access: .agent, effect: .write) { input, caller, call in
            let publisher = caller.identity
            let partnership = try await self.database.read {
                try $0.partnerships.require(input.partnership, of: publisher)
            }
            guard let link = try await self.clicks.cache.find(partnership.trackingCode) else {
                throw AffiliateProblems.partnershipNotFound
            }
            guard link.partnershipStatus == .approved else { throw AffiliateProblems.partnershipNotApproved }
            var visitor = Visitor(userAgent: input.userAgent, context: input.context)
            if let userAgent = input.userAgent {
                visitor.browser = self.links.references.browsers.of(
                    address: "agent \(publisher.text)",
                    userAgent: userAgent
                )
            }
            let click = try await self.clicks.record(link, visitor, isReported: true, trace: call.trace)
            return Recorded(
                id: click.id,
                partnership: link.partnership,
                reason: click.reason,
                tracking: self.links.tracking(link.code, click: click.id),
                landing: self.links.landing(link.landingURL, click: click.id)
            )
        }
    }

    struct Recorded: Answer {
        let id: ClickID
        let partnership: PartnershipID
        let reason: Reason
        let tracking: String
        let landing: String

        static let members: [Member<Self>] = [
            Member("click_id", \.id, "The click", example: 123),
            Member("id", \.id, "The same", example: 123),
            Member("partnership_id", \.partnership, "The partnership", example: 15),
            Member("counts", { $0.reason == .counts }, "Whether orders can follow from it"),
            Member("reason", \.reason.rawValue, "Why not; 0 when it counts", example: 0),
            Member("reason_text", { $0.reason.text() }, "The same in words", example: "It counts"),
            Member(
                "tracking_url",
                \.tracking,
                "Leads your user to the landing page",
                example:
                    "https://souk.example.com/affiliate/t/a1b2c3d4e5f6a1b2c3d4e5f6a1b2c3d4?click=123-0123456789abcdef"
            ),
            Member(
                "lp_url",
                \.landing,
                "The landing page itself",
                example: "https://shop.example.com/?souk_click=123-0123456789abcdef"
            ),
        ]
    }
}
