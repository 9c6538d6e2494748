import Kernel

/// Money of the contract as people write it.
enum MarketMoney {
    /// The members whose numbers are money in the contract.
    private static let money: Set<String> = [
        "total_revenue", "total_settled", "pending_settlement", "total_earned", "total_amount", "platform_fee",
        "net_amount", "revenue",
    ]

    /// The same with its money as people write it: 0.20, not 0.2.
    static func priced(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(let values): .array(values.map(self.priced))
        case .object(let members):
            .object(
                Dictionary(
                    uniqueKeysWithValues: members.map { name, value in
                        guard self.money.contains(name), let number = value.number else {
                            return (name, self.priced(value))
                        }
                        return (name, .string(Micros.text(Int64(nearest: number * 1_000_000))))
                    }
                )
            )
        default: value
        }
    }
}
