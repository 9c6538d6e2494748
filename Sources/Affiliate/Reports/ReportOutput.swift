import Kernel
import Platform
import Storage
import Web

/// A report as its reader sees it.
struct ReportOutput: Answer {
    let days: ClosedRange<Int64>
    let grouping: ReportGrouping
    let rows: [Row]
    let totals: Line

    init(_ filter: ReportFilter, by grouping: ReportGrouping, in tx: Transaction) throws {
        let lines = try tx.reports.lines(filter, by: grouping)
        let names = try Self.names(lines.map(\.key), grouping, in: tx)
        self.days = filter.days
        self.grouping = grouping
        self.rows = lines.map { key, line in
            switch grouping {
            case .daily: Row(date: JapanTime.date(ofDay: Int64(key) ?? 0), line: line)
            case .program: Row(program: NumericID(key) ?? 0, programName: names[key], line: line)
            case .publisher: Row(publisherName: names[key], line: line)
            }
        }
        self.totals = Line(line: lines.map(\.line).reduce(ReportLine(), +))
    }

    private static func names(_ keys: [String], _ grouping: ReportGrouping, in tx: Transaction) throws -> [String:
        String]
    {
        switch grouping {
        case .daily: [:]
        case .program:
            Dictionary(
                uniqueKeysWithValues: try tx.programs.list(keys.compactMap { NumericID($0) }).map {
                    ("\($0.id)", $0.content.name)
                }
            )
        case .publisher:
            Dictionary(
                uniqueKeysWithValues: try keys.compactMap { key in
                    try tx.affiliateAccounts.find(ID(key)).map { (key, $0.profile.displayName) }
                }
            )
        }
    }

    /// What clicks and orders came to.
    struct Line: Answer {
        let line: ReportLine

        private static func hundredths(_ value: Int64?) -> Hundredths? { value.map { Hundredths(Int($0)) } }

        static let members: [Member<Self>] = [
            Member("clicks", \.line.clicks, "All clicks", example: 40),
            Member("valid_clicks", \.line.validClicks, "Clicks that count", example: 38),
            Member("conversions", \.line.conversions, "Orders that count", example: 3),
            Member("pending", \.line.pending, "Of them, undecided", example: 1),
            Member("approved", \.line.approved, "Of them, approved", example: 1),
            Member("rejected", \.line.rejected, "Of them, rejected", example: 1),
            Member("invalid_conversions", \.line.invalid, "Orders that a rule refused", example: 0),
            Member("amount", \.line.amount, "What the orders were worth", unit: "JPY", example: 29_400),
            Member("reward", \.line.reward, "What they earn", unit: "JPY", example: 2400),
            Member("pending_reward", \.line.pendingReward, "Of it, undecided", unit: "JPY", example: 1200),
            Member("approved_reward", \.line.approvedReward, "Of it, approved", unit: "JPY", example: 1200),
            Member(
                "confirmation_rate",
                {
                    hundredths(Program.Figures.confirmationRate(approved: $0.line.approved, rejected: $0.line.rejected))
                },
                "Decided orders that were approved; null when there are none",
                unit: "%",
                example: 87.5
            ),
            Member(
                "epc",
                { hundredths(Program.Figures.epc(reward: $0.line.reward, validClicks: $0.line.validClicks)) },
                "Reward of a valid click",
                unit: "JPY",
                example: 32.5
            ),
        ]
    }

    /// A day, a program or a publisher.
    struct Row: Answer {
        let date: String?
        let program: ProgramID?
        let programName: String?
        let publisherName: String?
        let line: Line

        init(
            date: String? = nil,
            program: ProgramID? = nil,
            programName: String? = nil,
            publisherName: String? = nil,
            line: ReportLine
        ) {
            self.date = date
            self.program = program
            self.programName = programName
            self.publisherName = publisherName
            self.line = Line(line: line)
        }

        static let members =
            Member.all(of: \.line) + [
                Member<Self>("date", \.date, "By day: the day in Japan", example: "2026-03-19", leavesOutNull: true),
                Member("program_id", \.program, "By program: the program", example: 42, leavesOutNull: true),
                Member("program_name", \.programName, "Its name", example: "Sketch AI", leavesOutNull: true),
                Member(
                    "publisher_name",
                    \.publisherName,
                    "By publisher: who",
                    example: "My agent",
                    leavesOutNull: true
                ),
            ]
    }

    static let members: [Member<Self>] = [
        Member("start_date", { JapanTime.date(ofDay: $0.days.lowerBound) }, "The first day", example: "2026-03-01"),
        Member("end_date", { JapanTime.date(ofDay: $0.days.upperBound) }, "The last day", example: "2026-03-31"),
        Member("group_by", \.grouping, "What a row stands for", example: "daily"),
        Member("rows", \.rows, "Days in order, or the highest reward first"),
        Member("totals", \.totals, "All rows together"),
    ]
}

extension ReportGrouping: Wire {}
