import HTTPTypes
import Kernel
import Platform
import Storage
import Web

/// What recommendations have brought, from roll-ups.
struct ReportRoutes: Sendable {
    static let tag = "Report"
    /// Entries of each list.
    private static let limit = 100
    /// Of what happened just now, as much as a report waits for; a worker counts what is beyond.
    private static let roundsOfCatchUp = 10

    let database: any Database
    let figures: Figures
    let rates: ExchangeRates
    let clock: WallClock

    var endpoints: [Endpoint] { [Endpoint(.get, "/v1/report/attribution", tag: Self.tag, self.attribution)] }

    static let longestDays = 365

    struct ReportInput: Input {
        let days: Int
        let channel: String?
        let product: ProductID?

        init(_ read: inout InputReader) {
            self.days = read.query(
                "days",
                .integer,
                default: 30,
                json: 30,
                "How many days, today included",
                .range(1...ReportRoutes.longestDays)
            )
            self.channel =
                read.query("channel", .string, "Only this channel", .line(canBeBlank: true), .atMost(40))?
                .nonEmpty
            self.product = read.query("product_id", .productID, "Only this product").flatMap { ProductID($0) }
        }
    }

    var attribution: Operation<ReportInput, ReportOutput> {
        Operation("Report what recommendations have brought", access: .supply) { input, caller, _ in
            try await self.figures.catchUp(atMost: Self.roundsOfCatchUp)
            let today = self.clock.now().startOfDay.seconds / 86_400
            var asked = FigureStore.Scope(
                from: today - Int64(input.days) + 1,
                through: today,
                channel: input.channel,
                product: input.product
            )
            asked.merchants = try await self.database.read { try $0.merchants.scope(of: caller) }
            let scope = asked
            return try await self.database.read { tx in
                var parts: [FigureStore.Division: [ReportLine]] = [:]
                var titles: [String: String] = [:]
                for division in FigureStore.Division.allCases {
                    let counts = try tx.figures.counts(scope, by: division)
                    let money = try tx.figures.money(scope, by: division)
                    let lines = Set(counts.keys).union(money.keys).map { name in
                        ReportLine(name: name, counts: counts[name] ?? .init(), money: money[name] ?? [:])
                    }
                    parts[division] = self.sorted(lines, division)
                }
                for line in parts[.developer] ?? [] {
                    titles[line.name] = try tx.identities.find(ID<Identity>(line.name))?.name
                }
                for product in try tx.products.list((parts[.product] ?? []).compactMap { ProductID($0.name) }) {
                    titles["\(product.id)"] = product.content.title
                }
                return ReportOutput(input: input, scope: scope, parts: parts, titles: titles)
            }
        }
    }

    /// Days in their order; all else by what it has sold, then by clicks.
    private func sorted(_ lines: [ReportLine], _ division: FigureStore.Division) -> [ReportLine] {
        if division == .day { return lines.sorted { Int64($0.name) ?? 0 < Int64($1.name) ?? 0 } }
        let sold = lines.map { (line: $0, dollars: $0.dollars(self.rates)) }
        return sold.sorted { left, right in
            (right.dollars, right.line.counts.clicks, right.line.counts.cards, left.line.name)
                < (left.dollars, left.line.counts.clicks, left.line.counts.cards, right.line.name)
        }.prefix(Self.limit).map(\.line)
    }
}

/// What one day, channel, developer, creator or product has brought.
struct ReportLine: Answer {
    let name: String
    let counts: FigureCounts
    let money: [String: FigureMoney]
    /// As it is called, where its name is an id.
    var title: String?

    /// What was sold in dollars, as far as there are rates.
    func dollars(_ rates: ExchangeRates) -> Int64 {
        self.money.reduce(0) { sum, part in
            let (total, isBeyond) = sum.addingReportingOverflow(
                rates.dollars(of: Money(micros: part.value.gmv, Currency(code: part.key))) ?? 0
            )
            return isBeyond ? .max : total
        }
    }
    private var orders: Int64 { self.money.values.reduce(0) { $0 + $1.orders } }

    static let members: [Member<Self>] = [
        Member("name", \.name, "The day, channel, account, creator or product; empty for none"),
        Member("title", \.title, "The account's or the product's name"),
        Member("cards", \.counts.cards, "Cards that were shown"),
        Member("clicks", \.counts.clicks, "Clicks that count"),
        Member("unique_clicks", \.counts.uniqueClicks, "Of one browser on one card a day, one"),
        Member("orders", \.orders, "Orders that were attributed"),
        Member("ctr", { Ratio.of($0.counts.clicks, $0.counts.cards) }, "Clicks by cards"),
        Member("conversion", { Ratio.of($0.orders, $0.counts.uniqueClicks) }, "Orders by unique clicks"),
        Member("currencies", { line in CurrencyLine.all(line.money) }, "What was sold, by currency"),
    ]
}

enum Ratio {
    /// Four places, rounded half up; nil of nothing.
    static func of(_ part: Int64, _ whole: Int64) -> FixedPoint? {
        guard whole > 0 else { return nil }
        let scaled = Int128(part) * 20_000 + Int128(whole)
        let (quotient, remainder) = scaled.quotientAndRemainder(dividingBy: Int128(whole) * 2)
        return FixedPoint(Int64(remainder < 0 ? quotient - 1 : quotient), places: 4)
    }
}

/// What was sold in one currency.
struct CurrencyLine: Answer {
    let currency: Currency
    let money: FigureMoney

    static func all(_ money: [String: FigureMoney]) -> [CurrencyLine] {
        money.sorted { $0.key < $1.key }.map { CurrencyLine(currency: Currency(code: $0.key), money: $0.value) }
    }

    private var net: Int64 { self.money.gmv - self.money.refunded }

    private func text(_ micros: Int64) -> String { Money(micros: micros, self.currency).exactText }

    static let members: [Member<Self>] = [
        Member("currency", \.currency, "ISO 4217", example: "USD"),
        Member("orders", \.money.orders, "Orders that were attributed"),
        Member("gmv", { $0.text($0.money.gmv) }, "What was paid", example: "24000.00"),
        Member("refunded", { $0.text($0.money.refunded) }, "What was given back", example: "3000.00"),
        Member("net", { $0.text($0.net) }, "What is left", example: "21000.00"),
        Member("cost", { $0.text($0.money.cost) }, "Commission, the house's fee within it", example: "2520.00"),
        Member(
            "roi",
            { Ratio.of($0.net - $0.money.cost, $0.money.cost) },
            "Net less cost, by cost; null without cost",
            example: 7.3333
        ),
        Member("roas", { Ratio.of($0.net, $0.money.cost) }, "Net by cost; null without cost", example: 8.3333),
    ]
}

struct ReportOutput: Answer {
    let input: ReportRoutes.ReportInput
    let scope: FigureStore.Scope
    let parts: [FigureStore.Division: [ReportLine]]
    /// Of developers and products, by their ids.
    let titles: [String: String]

    private var total: ReportLine {
        let days = self.parts[.day] ?? []
        var counts = FigureCounts()
        var money: [String: FigureMoney] = [:]
        for day in days {
            counts.cards += day.counts.cards
            counts.clicks += day.counts.clicks
            counts.uniqueClicks += day.counts.uniqueClicks
            for (currency, part) in day.money {
                money[currency, default: .init()].orders += part.orders
                money[currency, default: .init()].gmv += part.gmv
                money[currency, default: .init()].refunded += part.refunded
                money[currency, default: .init()].cost += part.cost
            }
        }
        return ReportLine(name: "", counts: counts, money: money)
    }

    /// As it is shown: days by their dates, developers and products by their names.
    func shown(_ division: FigureStore.Division) -> [ReportLine] {
        (self.parts[division] ?? []).map { line in
            var line = line
            switch division {
            case .day:
                let day = Int64(line.name).map { Timestamp.dayText(ofDay: $0) } ?? line.name
                line = ReportLine(name: day, counts: line.counts, money: line.money)
            case .developer, .product: line.title = self.titles[line.name]
            default: break
            }
            return line
        }
    }

    static let members: [Member<Self>] = [
        Member("from", { Timestamp.dayText(ofDay: $0.scope.from) }, "The first day, in UTC", example: "2026-03-01"),
        Member("to", { Timestamp.dayText(ofDay: $0.scope.through) }, "The last day", example: "2026-03-30"),
        Member("days", \.input.days, "How many"),
        Member("channel", \.input.channel, "The channel that was asked for"),
        Member("product_id", { $0.input.product.map { "\($0)" } }, "The product that was asked for"),
        Member("totals", \.total, "All of it"),
        Member("by_day", { $0.shown(.day) }, "By day"),
        Member("by_channel", { $0.shown(.channel) }, "By channel, at most 100"),
        Member("by_developer", { $0.shown(.developer) }, "By developer, at most 100"),
        Member("by_creator", { $0.shown(.creator) }, "By creator, at most 100"),
        Member("by_product", { $0.shown(.product) }, "By product, at most 100"),
        Member("currencies", { CurrencyLine.all($0.total.money) }, "What was sold, by currency"),
    ]
}
