import Kernel
import Storage
import Synchronization

/// What a program promises. Terms have versions, and a click keeps those of its moment.
struct Terms: Codable, Sendable, Equatable {
    let rewardType: RewardType
    let unit: Unit
    /// Whole yen, or hundredths of a percent.
    let value: Int64
    /// What an order is usually worth, to compare percentages with yen.
    let typicalOrderAmount: Yen
    let cookieDays: Int
    let holdDays: Int
    let allowsSelfBack: Bool
    let campaign: Campaign?

    static let cookieDaysRange = 1...365
    static let holdDaysRange = 0...180
    static let fullPercent: Int64 = 10_000
    /// The largest order.
    static let amountLimit: Yen = 1_000_000_000

    enum RewardType: String, Codable, Sendable, SQLConvertible, CaseIterable {
        /// For an order or a registration.
        case cpa
        /// For a click.
        case cpc
        /// For an installation.
        case cpi
    }

    enum Unit: String, Codable, Sendable, CaseIterable {
        case yen, percent
    }

    /// A reward of its own for a while.
    struct Campaign: Codable, Sendable, Equatable {
        let value: Int64
        let startsAt: Int64
        let endsAt: Int64

        func isRunning(at moment: Timestamp) -> Bool {
            self.startsAt <= moment.microseconds && moment.microseconds < self.endsAt
        }
    }

    /// The value that counts for a click at the moment.
    func value(at moment: Timestamp) -> Int64 {
        if let campaign, campaign.isRunning(at: moment) { return campaign.value }
        return self.value
    }

    /// What a conversion earns, rounded down.
    func reward(forOrderOf amount: Yen, clickedAt moment: Timestamp) -> Yen {
        self.reward(self.value(at: moment), of: amount)
    }

    /// What one conversion is worth, to compare programs by.
    var typicalReward: Yen { self.reward(self.value, of: self.typicalOrderAmount) }

    /// Within the window, its last second included.
    func isInWindow(_ moment: Timestamp, clickedAt click: Timestamp) -> Bool {
        moment.seconds >= click.seconds && moment.seconds <= click.seconds + Int64(self.cookieDays) * 86_400
    }

    private func reward(_ value: Int64, of amount: Yen) -> Yen {
        self.unit == .yen ? Yen(value) : amount.share(basisPoints: value)
    }
}

extension Terms {
    /// Many rows hold the same text, and every order reads it: each text is decoded once.
    private static let decoded = Mutex<[String: Terms]>([:])
    private static let decodedLimit = 20_000

    /// - Parameter text: JSON, from the database.
    init(text: String) throws {
        if let known = Self.decoded.withLock({ $0[text] }) {
            self = known
            return
        }
        let terms = try JSON.decode(Terms.self, from: text.utf8)
        Self.decoded.withLock { decoded in
            if decoded.count >= Self.decodedLimit { decoded = [:] }
            decoded[text] = terms
        }
        self = terms
    }
}
