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
        let limit = conversion.source == .postback ? Self.advertiserLimit : Self.unprovenLimit
        try self.post(conversion, phase: .pending(expiresAt: nil), upTo: limit, trace, in: tx)
    }

    /// Rewards of one advertiser in all. Nothing is paid in beforehand, and nobody owes more than this.
    static let advertiserLimit: Yen = 100_000_000_000
    /// What anybody could have reported is refused from half of it on, so that there is room for what the advertiser reports and decides.
    static let unprovenLimit: Yen = 50_000_000_000

    /// Whether one more paid click fits below ``unprovenLimit``.
    func hasRoom(forClickOf advertiser: ID<Identity>, _ reward: Yen, in tx: Transaction) throws -> Bool {
        let key = AccountKey(owner: advertiser.text, purpose: .advertising, currency: .jpy)
        guard let account = try tx.ledger.find(key) else { return true }
        return try Yen(account.debited) + reward <= Self.unprovenLimit
    }

    /// Throws `rewardsLimit`.
    private func post(
        _ conversion: Conversion,
        phase: Posting.Phase,
        upTo limit: Yen,
        _ trace: Trace,
        in tx: Transaction
    ) throws {
        let posting = try self.posting(conversion, phase, upTo: limit, trace, in: tx)
        do { try tx.ledger.post(posting) } catch Rejection.overflow { throw AffiliateProblems.rewardsLimit }
    }

    /// At once, for what needs no approval.
    func pay(_ conversion: Conversion, trace: Trace, in tx: Transaction) throws {
        guard conversion.reward > 0 else { return }
        try self.post(conversion, phase: .posted, upTo: Self.advertiserLimit, trace, in: tx)
    }

    func settle(_ conversion: Conversion, in tx: Transaction) throws {
        if conversion.reward > 0 { try tx.ledger.settle(conversion.reference(of: .reward)) }
    }

    func release(_ conversion: Conversion, in tx: Transaction) throws {
        if conversion.reward > 0 { try tx.ledger.release(conversion.reference(of: .reward)) }
    }

    /// Takes an approved reward back: before it is paid, or, as a clawback, after.
    func reverse(_ conversion: Conversion, as movement: Conversion.Movement, trace: Trace, in tx: Transaction) throws {
        guard conversion.reward > 0 else { return }
        try tx.ledger.post(
            Posting(
                conversion.reference(of: movement),
                from: try self.publisher(conversion, in: tx),
                to: try self.advertiser(conversion, in: tx),
                amount: conversion.reward,
                origin: Origin(
                    kind: movement.rawValue,
                    subject: conversion.subject,
                    traceID: trace.traceID,
                    requestID: trace.requestID,
                    causedBy: conversion.reference(of: .reward)
                )
            )
        )
    }

    private func posting(
        _ conversion: Conversion,
        _ phase: Posting.Phase,
        upTo limit: Yen,
        _ trace: Trace,
        in tx: Transaction
    ) throws -> Posting {
        Posting(
            conversion.reference(of: .reward),
            from: try self.advertiser(conversion, in: tx),
            to: try self.publisher(conversion, in: tx),
            amount: conversion.reward,
            phase: phase,
            origin: Origin(
                kind: Conversion.Movement.reward.rawValue,
                subject: conversion.subject,
                traceID: trace.traceID,
                requestID: trace.requestID
            ),
            debitLimit: limit
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
