import HTTPTypes
import Kernel
import Platform
import Storage
import Web

/// What a month's closing goes by: the least payout, the day, the transfer fees.
struct SettingRoutes: Sendable {
    private static let tag = "Operator"

    let database: any Database

    var endpoints: [Endpoint] {
        [
            .affiliate(.get, "/api/v1/operator/settings", tag: Self.tag, self.settings),
            .affiliate(.put, "/api/v1/operator/settings", tag: Self.tag, self.changeSettings),
        ]
    }

    struct SettingsInput: Input {
        let minimum: Int?
        let closeDay: Int?
        let fees: TransferFees?

        private static let band: JSONValue = [
            "type": "object", "required": ["bank_code", "from_amount", "fee"],
            "properties": [
                "bank_code": ["type": "string", "pattern": "^[^,\\s]{1,20}$"],
                "from_amount": ["type": "integer", "minimum": 0, "maximum": .integer(Terms.amountLimit.smallestUnits)],
                "fee": ["type": "integer", "minimum": 0, "maximum": 100_000],
            ],
        ]

        init(_ read: inout InputReader) {
            self.minimum = read.optionalBody(
                "minimum_payout",
                .integer,
                "Less is carried over (yen)",
                .range(1...1_000_000)
            )
            self.closeDay = read.optionalBody(
                "close_day",
                .integer,
                "The day on which the last month is closed by itself; 0 leaves it to you",
                .range(0...28)
            )
            let bands = read.optionalBody(
                "transfer_fees",
                .objects.describing(["items": Self.band]),
                "Each fee: bank_code (* is any bank), from_amount, fee",
                Rule(FieldRule("at_most_items", ["limit": "200"]), schema: ["maxItems": 200]) { $0.count <= 200 }
            )
            self.fees = bands.flatMap { TransferFees($0) }
            read.require(
                bands == nil || self.fees != nil,
                "transfer_fees",
                FieldRule("transfer_fees")
            )
        }
    }

    var settings: Operation<NoInput, Settings> {
        Operation("Tax, fees and closing", access: .roles(.operators)) { _, _, _ in
            try await self.database.read { try Self.settings(in: $0) }
        }
    }

    var changeSettings: Operation<SettingsInput, Settings> {
        Operation("Change fees and closing", access: .roles(.operators), effect: .write) { input, caller, call in
            let trace = call.trace
            return try await self.database.write { tx in
                if let minimum = input.minimum {
                    try tx.payoutSettings.set(PayoutService.minimumSetting, Int64(minimum))
                }
                if let day = input.closeDay { try tx.payoutSettings.set(PayoutService.closeDaySetting, Int64(day)) }
                if let fees = input.fees { try tx.payoutSettings.set(fees) }
                let settings = try Self.settings(in: tx)
                try tx.audit.record(
                    actor: caller.credential,
                    action: "settings.changed",
                    subject: "affiliate",
                    detail: JSON.text(of: settings.json),
                    trace: trace
                )
                return settings
            }
        }
    }

    private static func settings(in tx: Transaction) throws -> Settings {
        Settings(
            minimum: Yen(try tx.payoutSettings.setting(PayoutService.minimumSetting)),
            closeDay: try tx.payoutSettings.setting(PayoutService.closeDaySetting),
            fees: try tx.payoutSettings.transferFees()
        )
    }

    struct Settings: Answer {
        let minimum: Yen
        let closeDay: Int64
        let fees: TransferFees

        struct Band: Answer {
            let band: TransferFees.Band

            static let members: [Member<Self>] = [
                Member("bank_code", \.band.bank, "The bank; * for all others", example: "*"),
                Member("from_amount", \.band.fromAmount, "From this amount on", unit: "JPY", example: 0),
                Member("fee", \.band.fee, "What a transfer costs", unit: "JPY", example: 220),
            ]
        }

        static let members: [Member<Self>] = [
            Member("minimum_payout", \.minimum, "Less is carried over", unit: "JPY", example: 1000),
            Member("close_day", \.closeDay, "The day on which the last month is closed", example: 5),
            Member("transfer_fees", { $0.fees.bands.map(Band.init) }, "The banks' fees"),
        ]
    }
}
