import Kernel
import Web

/// A partnership as its publisher sees it.
struct PartnershipOutput: Answer {
    let partnership: Partnership

    static let members: [Member<Self>] = [
        Member("id", \.partnership.id, "The partnership", example: 15),
        Member("partnership_id", \.partnership.id, "The same", example: 15),
        Member("program_id", \.partnership.program, "The program", example: 42),
        Member("program_name", \.partnership.programName, "Its name", example: "Sketch AI"),
        Member("status", \.partnership.status, "Its state", example: "approved"),
        Member(
            "tracking_code",
            \.partnership.trackingCode,
            "Stands in links and in reports of orders",
            example: "a1b2c3d4e5f6a1b2c3d4e5f6a1b2c3d4"
        ),
        Member("reason", \.partnership.reason, "What the advertiser said", example: "Not our audience"),
        Member("applied_at", \.partnership.appliedAt, "When the publisher applied"),
        Member("decided_at", \.partnership.decidedAt, "When it was decided"),
    ]
}

/// The same as the advertiser sees it: who applies. The tracking code is the publisher's.
struct PartnershipRequest: Answer {
    let output: PartnershipOutput
    let publisher: AffiliateAccount?

    init(_ partnership: Partnership, _ publisher: AffiliateAccount?) {
        self.output = PartnershipOutput(partnership: partnership)
        self.publisher = publisher
    }

    /// Nothing where somebody has said nothing.
    private static func nonEmpty(_ text: String?) -> String? { text.flatMap { $0.isEmpty ? nil : $0 } }

    static let members =
        Member.all(of: \.output, but: ["tracking_code"]) + [
            Member<Self>(
                "publisher_name",
                \.output.partnership.publisherName,
                "Who applies",
                example: "My agent"
            ),
            Member(
                "site_name",
                { nonEmpty($0.publisher?.profile.siteName) },
                "The publisher's site",
                example: "My site"
            ),
            Member(
                "site_url",
                { nonEmpty($0.publisher?.profile.siteURL) },
                "Its address",
                example: "https://example.com"
            ),
            Member(
                "site_description",
                { nonEmpty($0.publisher?.profile.siteDescription) },
                "What it is about",
                example: "Reviews of AI tools"
            ),
        ]
}

extension Partnership.Status: Wire {}
