import Kernel

/// When a place is as a post says: northern or southern months, or the wet or dry time of the tropics.
enum Season: String, Sendable, CaseIterable {
    case spring, summer, autumn, winter, all, wet, dry

    /// `fall` is autumn.
    init?(word: String) {
        if word.bytewise.equals("fall") { self = .autumn } else { self.init(rawValue: word) }
    }

    /// Between them, seasons have no fixed months.
    private static let tropic = 23_440_000

    /// Whether at least half of the days lie in the season's months there.
    func fits(from first: Day, to last: Day, at latitude: MicroDegrees) -> Bool {
        if self == .all || abs(latitude.value) < Self.tropic { return true }
        guard let months = self.months(isSouthern: latitude.value < 0) else { return false }
        let days = first.number...last.number
        let inside = days.count { months.contains(Day(number: $0).month) }
        return inside * 2 >= days.count
    }

    private func months(isSouthern: Bool) -> Set<Int>? {
        let northern: [Int]
        switch self {
        case .spring: northern = [3, 4, 5]
        case .summer: northern = [6, 7, 8]
        case .autumn: northern = [9, 10, 11]
        case .winter: northern = [12, 1, 2]
        case .all, .wet, .dry: return nil
        }
        return Set(isSouthern ? northern.map { ($0 + 5) % 12 + 1 } : northern)
    }
}
