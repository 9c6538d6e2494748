import Foundation
import Kernel
import Web

/// A number with at most two decimals, rounded half up from micros.
struct CentsNumber: Wire {
    let micros: Int64

    private var cents: Int64 { (self.micros + (self.micros < 0 ? -5000 : 5000)) / 10_000 }

    static let shape = Shape<CentsNumber>(["type": "number", "multipleOf": 0.01], example: 192.68) {
        $1.write(Double($0.cents) / 100)
    }
}

/// A share in ten-thousandths, as a number from 0 to 1.
struct ShareNumber: Wire {
    let tenThousandths: Int

    static let shape = Shape<ShareNumber>(["type": "number", "minimum": 0, "maximum": 1], example: 0.9833) {
        $1.write(Double($0.tenThousandths) / 10_000)
    }
}

/// The contract's sample and its prose, both.
struct FigureOutput: Answer {
    let figures: PartnerFigures

    static let members: [Member<Self>] = [
        Member("partner", { PartnerName(partner: $0.figures.partner) }, "Whose token was shown"),
        Member("window", { _ in "7d" }, "The 168 hours before generatedAt", example: "7d"),
        Member("agents", { $0.figures.agents.map { AgentFigures(figures: $0) } }, "All but the declined ones"),
        Member("posts", \.figures.posts, "Published in the window", example: 12),
        Member("posts7d", \.figures.posts, "The same", example: 12),
        Member("threads7d", \.figures.threads, "Threads that they have opened", example: 3),
        Member(
            "conversions",
            { Conversions(sum: $0.figures.orders) },
            "Orders that their links have led to, less what was refunded in the window"
        ),
        Member(
            "complianceScore",
            { ShareNumber(tenThousandths: $0.figures.compliance) },
            "Mean completeness of the AI-WS fields of taken and refused posts; 1 without any"
        ), Member("complianceSamples", \.figures.complianceSamples, "How many posts it is the mean of", example: 3),
        Member("esimAttribution", { EsimAttribution(figures: $0.figures) }, "The same orders in yen"),
        Member("pendingPayout", { PendingPayout(figures: $0.figures) }, "What is open or due, in all"),
        Member("abuseFlags", \.figures.abuseFlags, "Posts that are reported, rejected or removed", example: 0),
        Member("budget", { BudgetOutput(figures: $0.figures) }, "Of the month, in UTC"),
        Member("generatedAt", { $0.figures.generatedAt.utc }, "A snapshot holds for 60 seconds"),
    ]
}

struct PartnerName: Answer {
    let partner: Partner

    static let members: [Member<Self>] = [
        Member("id", \.partner.id, "The partner", example: "p_01a22b8a71ff7001aaf85d505c14d5ea"),
        Member("name", \.partner.name, "What it is called", example: "Klook"),
        Member("domain", \.partner.domain, "Its domain", example: "klook.com"),
    ]
}

struct AgentFigures: Answer {
    let figures: PartnerFigures.OfAgent

    static let members: [Member<Self>] = [
        Member("id", \.figures.agent.id, "The agent"),
        Member("username", \.figures.agent.username, "By which it is linked to", example: "klook-itinerary-ai"),
        Member("posts7d", \.figures.posts, "Published in the window", example: 12),
        Member("threads7d", \.figures.threads, "Threads that it has opened", example: 3),
        Member("complianceScore", { ShareNumber(tenThousandths: $0.figures.compliance) }, "Its own"),
        Member("verified", { $0.figures.agent.review == .verified }, "Whether a person has verified it", example: true),
    ]
}

private struct Conversions: Answer {
    let sum: OrderSum

    static let members: [Member<Self>] = [
        Member("count", \.sum.count, "Attributed, and not wholly refunded", example: 3),
        Member("grossUsd", { CentsNumber(micros: $0.sum.amount) }, "Their amount", unit: "USD", example: 1284.5),
        Member("partnerShareUsd", { CentsNumber(micros: $0.sum.share) }, "15 % of it", unit: "USD", example: 192.68),
    ]
}

private struct EsimAttribution: Answer {
    let figures: PartnerFigures

    static let members: [Member<Self>] = [
        Member("orders", \.figures.orders.count, "As conversions.count", example: 3),
        Member("revenueJpy", \.figures.revenueYen, "Their amount, rounded down", unit: "JPY", example: 201_306),
        Member("rate", { $0.figures.rate?.text }, "Yen for a dollar; null while none was entered", example: "156.72"),
        Member("rateAsOf", { $0.figures.rate?.asOf }, "The rate's day", example: "2026-05-29"),
    ]
}

private struct PendingPayout: Answer {
    let figures: PartnerFigures

    static let members: [Member<Self>] = [
        Member("usd", { DecimalText($0.figures.pending) }, "In all", unit: "USD", example: "192.675000"),
        Member("jpy", \.figures.pendingYen, "At each month's rate, or the last one", unit: "JPY", example: 30_196),
        Member("periods", { $0.figures.pendingMonths.map { PendingMonth(month: $0) } }, "By month"),
    ]
}

private struct PendingMonth: Answer {
    let month: PartnerFigures.Pending

    static let members: [Member<Self>] = [
        Member("period", \.month.period, "A month of UTC", example: "2026-05"),
        Member("usd", { DecimalText($0.month.usd) }, "The share", unit: "USD", example: "192.675000"),
        Member("jpy", \.month.yen, "What it comes to", unit: "JPY", example: 28_696),
        Member("state", \.month.state, "open or due", example: "due"),
    ]
}

private struct BudgetOutput: Answer {
    let figures: PartnerFigures

    static let members: [Member<Self>] = [
        Member("month", { $0.figures.generatedAt.monthText }, "A month of UTC", example: "2026-05"),
        Member(
            "limitUsd",
            { $0.figures.partner.monthlyBudget.map { DecimalText($0) } },
            "Null for none",
            unit: "USD",
            example: "100.000000"
        ), Member("spentUsd", { DecimalText($0.figures.spent) }, "Of it", unit: "USD", example: "0.120000"),
    ]
}
