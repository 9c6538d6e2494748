import Kernel
import Platform
import Storage
import Web

/// The demo data: an advertiser with programs, an agent who is a partner of one, an operator.
struct AffiliateSeed: Sendable {
    /// What was made; each is a key.
    struct Seeded: Codable, Sendable {
        let agent: String
        let advertiser: String
        let `operator`: String
        let programs: [ProgramID]
        /// The agent's partnership with the first program.
        let partnership: PartnershipID
    }

    let database: any Database
    let keys: AffiliateKeyService
    let ids: IDGenerator

    func fill() async throws -> Seeded {
        let limit = AffiliateKeyService.readsPerMinute
        let advertiser = try await self.keys.createAtConsole(owner: "demo-shop", role: .advertiser, rateLimit: limit)
        let agent = try await self.keys.createAtConsole(owner: "demo-agent", role: .agent, rateLimit: limit)
        let `operator` = try await self.keys.createAtConsole(owner: "demo-network", role: .operator, rateLimit: limit)
        let code = self.ids.bytes(16).hex
        let (programs, partnership) = try await self.database.write { tx -> ([ProgramID], PartnershipID) in
            guard let shop = try tx.identities.find(name: "demo-shop"),
                let publisher = try tx.identities.find(name: "demo-agent")
            else { throw AffiliateProblems.accountNotFound }
            try tx.affiliateAccounts.update(
                shop.id,
                .init(
                    displayName: "Demo Shop",
                    language: nil,
                    companyName: "Demo Shop KK",
                    companyURL: "https://shop.example.com"
                )
            )
            try tx.affiliateAccounts.update(
                publisher.id,
                .init(
                    displayName: "Demo Agent",
                    language: nil,
                    siteName: "Tools for makers",
                    siteURL: "https://agent.example.com"
                )
            )
            let programs = try Self.programs.map { try tx.programs.insert($0, of: shop.id) }
            _ = try tx.programs.insert(
                Creative(kind: .text, title: "Pictures from words", text: "Describe it, and it is drawn."),
                of: programs[0]
            )
            let partnership = try tx.partnerships.insert(
                program: programs[0],
                publisher: publisher.id,
                status: .approved,
                code: code
            )
            return (programs, partnership)
        }
        return Seeded(
            agent: agent.key,
            advertiser: advertiser.key,
            operator: `operator`.key,
            programs: programs,
            partnership: partnership
        )
    }

    private static let programs = [
        program("Sketch AI 画像生成", 2, "Pictures and video from words. 言葉から画像を生成します。", .cpa, .yen, 1200),
        program("Chat Helper", 1, "A chatbot for shops: answers customers day and night.", .cpa, .percent, 1500),
        program("Code Review Cloud", 3, "Code generation and review for teams.", .cpi, .yen, 600),
        program("Agent Directory", 4, "A directory of AI agents, paid by the click.", .cpc, .yen, 15),
    ]

    private static func program(
        _ name: String,
        _ category: CategoryID,
        _ description: String,
        _ type: Terms.RewardType,
        _ unit: Terms.Unit,
        _ value: Int64
    ) -> Program.Content {
        Program.Content(
            categoryID: category,
            name: name,
            description: description,
            landingURL: "https://shop.example.com/\(type.rawValue)",
            status: .active,
            terms: Terms(
                rewardType: type,
                unit: unit,
                value: value,
                typicalOrderAmount: unit == .percent ? 9800 : 0,
                cookieDays: 30,
                holdDays: 14,
                allowsSelfBack: type == .cpa,
                campaign: nil
            ),
            allowsListing: false,
            supportsITP: true,
            approvesAtOnce: true,
            monthlyBudget: 300_000
        )
    }
}
