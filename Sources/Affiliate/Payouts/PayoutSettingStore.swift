import Storage

/// What the operator has set: the least payout, the day of closing, what transfers cost.
struct PayoutSettingStore {
    let tx: Transaction

    func setting(_ name: String) throws -> Int64 {
        try self.tx.value("SELECT value FROM affiliate_setting WHERE name = \(name)") ?? 0
    }

    func set(_ name: String, _ value: Int64) throws {
        try self.tx.execute(
            """
            INSERT INTO affiliate_setting (name, value) VALUES (\(name), \(value))
            ON CONFLICT (name) DO UPDATE SET value = excluded.value
            """
        )
    }

    func transferFees() throws -> TransferFees {
        TransferFees(
            bands: try self.tx.rows(
                "SELECT bank_code, from_amount, fee FROM affiliate_transfer_fee ORDER BY bank_code, from_amount"
            ) { TransferFees.Band(bank: try $0.column(), fromAmount: try $0.column(), fee: try $0.column()) }
        )
    }

    func set(_ fees: TransferFees) throws {
        try self.tx.execute("DELETE FROM affiliate_transfer_fee")
        for band in fees.bands {
            try self.tx.execute(
                """
                INSERT INTO affiliate_transfer_fee (bank_code, from_amount, fee)
                VALUES (\(band.bank), \(band.fromAmount), \(band.fee))
                """
            )
        }
    }
}

extension Transaction {
    var payoutSettings: PayoutSettingStore { PayoutSettingStore(tx: self) }
}
