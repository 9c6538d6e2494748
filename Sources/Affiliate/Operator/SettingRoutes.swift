import HTTPTypes
import Kernel
import Platform
import Storage
import Web

/// What a month's closing goes by: the least payout, the day, the transfer fees.
struct SettingRoutes: Sendable {
    private static let tag = "Operator"

    let database: any Database

    private static let settingsExample: JSONValue = [
        "minimum_payout": 1000, "close_day": 5,
        "transfer_fees": [["bank_code": "*", "from_amount": 0, "fee": 220]],
    ]

    var endpoints: [Endpoint] {
        [
            .affiliate(
                .get,
                "/api/v1/operator/settings",
                "Tax, fees and closing",
                tag: Self.tag,
                for: .operators,
                example: Self.settingsExample,
                self.settings
            ),
            .affiliate(
                .put,
                "/api/v1/operator/settings",
                "Change fees and closing",
                tag: Self.tag,
                for: .operators,
                example: Self.settingsExample,
                self.changeSettings
            ),
        ]
    }

    private struct SettingsInput: Input {
        let minimum: Int?
        let closeDay: Int?
        let fees: TransferFees?

        private static let band: JSONValue = [
            "type": "object", "required": ["bank_code", "from_amount", "fee"],
            "properties": [
                "bank_code": ["type": "string", "pattern": "^[^,\\s]{1,20}$"],
                "from_amount": ["type": "integer", "minimum": 0, "maximum": .integer(Terms.amountLimit)],
                "fee": ["type": "integer", "minimum": 0, "maximum": 100_000],
            ],
        ]

        init(_ read: inout InputReader) {
            self.minimum = read.optionalBody(
                "minimum_payout",
                .integer,
                "Less is carried over (yen)",
                .range(1...1_000_000, "minimum_payout must be between 1 and 1000000")
            )
            self.closeDay = read.optionalBody(
                "close_day",
                .integer,
                "The day on which the last month is closed by itself; 0 leaves it to you",
                .range(0...28, "close_day must be between 0 and 28")
            )
            let bands = read.optionalBody(
                "transfer_fees",
                .objects.describing(["items": Self.band]),
                "Each fee: bank_code (* is any bank), from_amount, fee",
                Rule("transfer_fees must be at most 200", schema: ["maxItems": 200]) { $0.count <= 200 }
            )
            self.fees = bands.flatMap { TransferFees($0) }
            read.require(
                bands == nil || self.fees != nil,
                "transfer_fees",
                "transfer_fees: each must have bank_code, from_amount and fee, each amount once, and * from 0 must be there"
            )
        }
    }

    @Sendable private func settings(_: NoInput, _: Caller, _: Call) async throws -> JSONValue {
        try await self.database.read { try Self.settings(in: $0) }
    }

    @Sendable private func changeSettings(_ input: SettingsInput, _ caller: Caller, _ call: Call) async throws
        -> JSONValue
    {
        let trace = call.trace
        return try await self.database.write { tx in
            if let minimum = input.minimum { try tx.payoutSettings.set(PayoutService.minimumSetting, Int64(minimum)) }
            if let day = input.closeDay { try tx.payoutSettings.set(PayoutService.closeDaySetting, Int64(day)) }
            if let fees = input.fees { try tx.payoutSettings.set(fees) }
            let settings = try Self.settings(in: tx)
            try tx.audit.record(
                actor: caller.credential,
                action: "settings.changed",
                subject: "affiliate",
                detail: JSON.text(of: settings),
                trace: trace
            )
            return settings
        }
    }

    private static func settings(in tx: Transaction) throws -> JSONValue {
        [
            "minimum_payout": .integer(try tx.payoutSettings.setting(PayoutService.minimumSetting)),
            "close_day": .integer(try tx.payoutSettings.setting(PayoutService.closeDaySetting)),
            "transfer_fees": try tx.payoutSettings.transferFees().json,
        ]
    }
}
