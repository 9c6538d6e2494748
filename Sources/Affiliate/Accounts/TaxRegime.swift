import Kernel
import Storage

/// How much income tax is withheld from what a payee gets (Japan's rates with the reconstruction tax). Whole yen, rounded down.
package enum TaxRegime: String, Sendable, SQLConvertible, CaseIterable {
    /// Companies, and payees whose work is not subject to withholding.
    case none
    /// 10.21 %, and 20.42 % of what exceeds ¥1,000,000.
    case flat
    /// 10.21 % of what exceeds ¥120,000 in a month.
    case excess

    static let higherFrom: Yen = 1_000_000
    static let monthlyDeduction: Yen = 120_000

    func withheld(from gross: Yen) -> Yen {
        switch self {
        case .none: 0
        case .flat: Self.share(min(gross, Self.higherFrom), 1021) + Self.share(gross - Self.higherFrom, 2042)
        case .excess: Self.share(gross - Self.monthlyDeduction, 1021)
        }
    }

    /// Nothing of what is not there.
    private static func share(_ amount: Yen, _ basisPoints: Int64) -> Yen {
        max(0, amount).share(basisPoints: basisPoints)
    }
}
