import Kernel
import Ledger
import Platform
import Storage

/// A reward's way through the ledger: reserved when it is reported, settled when it is approved, released when it is rejected,
/// and reversed when that comes later.
struct ConversionLedger: Sendable {
    let accounts: AccountCache

    func reserve(_ conversion: Conversion, trace: Trace, in tx: Transaction) throws {
        guard conversion.reward > 0 else { return }
        try tx.ledger.post(
            try self.posting(
                conversion,
                conversion.reference,
                phase: .pending(expiresAt: nil),
                kind: "reward",
                trace,
                in: tx
            )
        )
    }

    /// At once, for what needs no approval.
    func pay(_ conversion: Conversion, trace: Trace, in tx: Transaction) throws {
        guard conversion.reward > 0 else { return }
        try tx.ledger.post(
            try self.posting(conversion, conversion.reference, phase: .posted, kind: "reward", trace, in: tx)
        )
    }

    func settle(_ conversion: Conversion, in tx: Transaction) throws {
        if conversion.reward > 0 { try tx.ledger.settle(conversion.reference) }
    }

    func release(_ conversion: Conversion, in tx: Transaction) throws {
        if conversion.reward > 0 { try tx.ledger.release(conversion.reference) }
    }

    /// Takes an approved reward back: before it is paid, or, as a clawback, after.
    func reverse(_ conversion: Conversion, kind: String, trace: Trace, in tx: Transaction) throws {
        guard conversion.reward > 0 else { return }
        try tx.ledger.post(
            Posting(
                "\(conversion.reference):\(kind)",
                from: try self.publisher(conversion, in: tx),
                to: try self.advertiser(conversion, in: tx),
                amount: conversion.reward * Micros.perUnit,
                origin: Origin(
                    kind: kind,
                    subject: conversion.subject,
                    traceID: trace.traceID,
                    requestID: trace.requestID,
                    causedBy: conversion.reference
                )
            )
        )
    }

    private func posting(
        _ conversion: Conversion,
        _ reference: String,
        phase: Posting.Phase,
        kind: String,
        _ trace: Trace,
        in tx: Transaction
    ) throws -> Posting {
        Posting(
            reference,
            from: try self.advertiser(conversion, in: tx),
            to: try self.publisher(conversion, in: tx),
            amount: conversion.reward * Micros.perUnit,
            phase: phase,
            origin: Origin(
                kind: kind,
                subject: conversion.subject,
                traceID: trace.traceID,
                requestID: trace.requestID
            )
        )
    }

    private func advertiser(_ conversion: Conversion, in tx: Transaction) throws -> AccountNumber {
        try self.accounts.number(
            of: AccountKey(owner: conversion.advertiser.text, purpose: .advertising, currency: .jpy),
            in: tx
        )
    }

    private func publisher(_ conversion: Conversion, in tx: Transaction) throws -> AccountNumber {
        try self.accounts.number(
            of: AccountKey(owner: conversion.publisher.text, purpose: .rewards, currency: .jpy),
            in: tx
        )
    }
}
