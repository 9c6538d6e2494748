import Kernel
import Ledger
import Storage

/// Reserves what a try cannot cost more than in every budget that binds it, or in none; settles what it has cost.
struct BudgetLedger: Sendable {
    let accounts: AccountCache
    let budgets: BudgetDirectory
    let ids: IDGenerator

    /// What is asked for.
    struct Wish: Sendable {
        let price: Price
        let priceVersion: Int
        let inputTokens: Int64
        let outputTokens: Int64
        /// The least output that the try makes sense with: what does not fit is left out of its limit down to this; nil where it may not.
        let leastOutput: Int64?
    }

    /// For whom, and where.
    struct Place: Sendable {
        let attempt: ID<Attempt>
        let run: String
        let span: String
        let tenant: ID<Tenant>
        let kind: Attempt.Kind
        let provider: String
        let model: String
        let process: String
        let trace: TraceOrigin
        /// Whether the caller may be told a budget's figures.
        let shows: @Sendable (Budget) -> Bool
    }

    /// Throws `budgetUsedUp`, having written nothing but allowances of the period.
    ///
    /// - Returns: the attempt, and the tokens of output that fit.
    func reserve(_ wish: Wish, _ bound: [BoundBudget], _ place: Place, in tx: Transaction) throws
        -> (attempt: Attempt, outputTokens: Int64)
    {
        var output = wish.outputTokens
        var amount = wish.price.bound(input: wish.inputTokens, output: output)
        var open: [(budget: Budget, allowance: Allowance)] = []
        if amount > 0 || place.kind == .payment {
            open = try bound.map { ($0.budget, try self.allowance($0, in: tx)) }
            if try self.mustLook(open, in: tx) {
                let fits = try self.check(open, wish, amount, place, in: tx)
                if fits < output {
                    output = fits
                    amount = wish.price.bound(input: wish.inputTokens, output: output)
                }
            }
        }
        let attempt = Attempt(
            id: place.attempt,
            run: place.run,
            span: place.span,
            tenant: place.tenant,
            kind: place.kind,
            provider: place.provider,
            model: place.model,
            priceVersion: wish.priceVersion,
            bound: amount,
            parts: open.map { budget, allowance in
                Attempt.Part(
                    budget: budget.id,
                    subject: allowance.subject,
                    period: allowance.period,
                    account: allowance.account,
                    spent: allowance.spent
                )
            },
            process: place.process
        )
        try tx.attempts.insert(attempt)
        if amount > 0 {
            for part in attempt.parts { try tx.ledger.post(attempt.reservation(of: part, place.trace)) }
        }
        return (attempt, output)
    }

    /// Where a whole commit counts on there being enough, balances are looked at only when one was short before.
    private func mustLook(_ open: [(budget: Budget, allowance: Allowance)], in tx: Transaction) throws -> Bool {
        !tx.canWait || open.contains { self.accounts.isShort($0.allowance.account) }
    }

    /// The tokens of output that fit. In the order of the accounts' numbers. Throws `budgetUsedUp`.
    private func check(
        _ open: [(budget: Budget, allowance: Allowance)],
        _ wish: Wish,
        _ amount: Dollars,
        _ place: Place,
        in tx: Transaction
    ) throws -> Int64 {
        var output = wish.outputTokens
        for (budget, allowance) in open.sorted(by: { $0.allowance.account.value < $1.allowance.account.value }) {
            guard let account = try tx.ledger.find(allowance.account) else { continue }
            let available = Dollars(account.available.micros)
            self.accounts.note(allowance.account, isShort: available < amount + amount)
            guard available < amount else { continue }
            let fits = wish.price.outputThatFits(available, input: wish.inputTokens)
            guard let least = wish.leastOutput, fits >= least else {
                throw self.refusal(budget, allowance, account, needed: amount, place, in: tx)
            }
            output = min(output, fits)
        }
        return output
    }

    private func refusal(
        _ budget: Budget,
        _ allowance: Allowance,
        _ account: Account,
        needed: Dollars,
        _ place: Place,
        in tx: Transaction
    ) -> Problem {
        var details: [String: JSONValue] = ["scope": .string(budget.scope.rawValue)]
        if place.shows(budget) {
            let spent = (try? tx.ledger.find(allowance.spent)).flatMap { $0 }
            details["limit"] = budget.limit.number
            details["spent"] = Dollars(spent?.balance.micros ?? 0).number
            details["reserved"] = Dollars(account.reserved.micros).number
            details["needed"] = needed.number
            details["period"] = .string(budget.period.rawValue)
        }
        return GatewayProblems.budgetUsedUp(.object(details))
    }

    // MARK: Settling

    /// What the try has cost: above its bound, the bound from the budget, and the rest from the house's `overrun`. Nothing is left reserved.
    ///
    /// - Parameter isReleased: whether nothing happened at all.
    func settle(
        _ attempt: Attempt,
        cost: Dollars,
        isEstimated: Bool,
        isReleased: Bool = false,
        _ trace: TraceOrigin,
        in tx: Transaction
    ) throws {
        try tx.attempts.settle(attempt, as: isReleased ? .released : .settled, cost: cost, isEstimated: isEstimated)
        if attempt.bound > 0 {
            for part in attempt.parts {
                try tx.ledger.settle(attempt.reservation(of: part, trace), posted: cost.smallestUnits)
                try self.payOwed(part, in: tx)
            }
        }
        let excess = cost - attempt.bound
        if excess > 0 { for part in attempt.parts { try self.overrun(attempt, part, excess, trace, in: tx) } }
        guard cost > 0, attempt.kind == .model else { return }
        let tenant = AccountKey(owner: attempt.tenant.text, purpose: .modelCost, currency: .usd)
        let provider = AccountKey(
            owner: "\(attempt.tenant):\(attempt.provider)",
            purpose: .modelCost,
            currency: .usd
        )
        try tx.ledger.post(
            Posting(
                TransferReference(attempt.id.text),
                from: try self.accounts.number(of: tenant, in: tx),
                to: try self.accounts.number(of: provider, in: tx),
                money: cost.real,
                origin: attempt.origin("model_cost", trace)
            )
        )
    }

    private func overrun(
        _ attempt: Attempt,
        _ part: Attempt.Part,
        _ excess: Dollars,
        _ trace: TraceOrigin,
        in tx: Transaction
    ) throws {
        try tx.ledger.post(
            Posting(
                "\(attempt.reference(part).text):overrun",
                from: try self.accounts.number(of: .house(.overrun, Dollars.currency), in: tx),
                to: part.spent,
                amount: excess,
                origin: attempt.origin("overrun", trace)
            )
        )
    }

    // MARK: Allowances

    /// The allowance of the period that is under way; opened with its limit at its first use.
    func allowance(_ bound: BoundBudget, in tx: Transaction) throws -> Allowance {
        let (budget, subject) = (bound.budget, bound.subject)
        let period = budget.period.name(at: tx.now)
        let key = BudgetDirectory.AllowanceKey(budget: budget.id, subject: subject, period: period)
        if let known = self.budgets.allowance(key), known.issued == budget.limit, known.owed == 0 { return known }
        let generation = self.budgets.generation
        var allowance = try tx.budgets.find(allowance: budget.id, subject, period)
        if allowance == nil { allowance = try self.open(budget, subject, period, in: tx) }
        guard var allowance else { throw GatewayProblems.budgetUsedUp([:]) }
        if allowance.issued != budget.limit {
            // The budget in memory may be older than the allowance.
            let limit = try tx.budgets.find(budget.tenant, budget.scope, budget.subject, budget.period)?.limit
            if let limit, limit != allowance.issued { try self.change(&allowance, to: limit, in: tx) }
        } else {
            let settled = allowance
            tx.afterCommit { self.budgets.remember(settled, read: generation) }
        }
        return allowance
    }

    private func open(_ budget: Budget, _ subject: String, _ period: String, in tx: Transaction) throws -> Allowance {
        let owner = Allowance.owner(budget.id, subject, period)
        let currency = Dollars.currency
        let allowance = Allowance(
            budget: budget.id,
            subject: subject,
            period: period,
            account: try tx.ledger.open(AccountKey(owner: owner, purpose: .allowance, currency: currency)),
            spent: try tx.ledger.open(AccountKey(owner: owner, purpose: .allowanceSpent, currency: currency)),
            issued: budget.limit
        )
        try tx.budgets.insert(allowance, of: budget.tenant)
        if budget.limit > 0 { try self.issue(budget.limit, to: allowance, "\(owner):limit", in: tx) }
        // What was spent before the limit began counts, as far as it goes.
        if budget.createdAt > budget.period.start(at: tx.now) {
            let before = try tx.usage.spent(budget.tenant, budget.scope, subject, from: budget.period.start(at: tx.now))
            let taken = min(before, budget.limit)
            if taken > 0 {
                try tx.ledger.post(
                    Posting(
                        "\(owner):before",
                        from: allowance.account,
                        to: allowance.spent,
                        amount: taken,
                        origin: Self.origin("spent_before", owner)
                    )
                )
            }
        }
        return allowance
    }

    /// A limit that has changed: the difference is given, or taken as far as it is free; the rest is owed.
    func change(_ allowance: inout Allowance, to limit: Dollars, in tx: Transaction) throws {
        allowance.changes += 1
        let reference = "\(allowance.owner):limit:\(allowance.changes)"
        // What is owed was not taken yet.
        let difference = limit - allowance.issued - allowance.owed
        allowance.owed = 0
        if difference > 0 {
            try self.issue(difference, to: allowance, reference, in: tx)
        } else if difference < 0 {
            let free = Dollars(try tx.ledger.find(allowance.account)?.available.micros ?? 0)
            let taken = min(-difference, free)
            if taken > 0 { try self.take(taken, from: allowance, reference, in: tx) }
            allowance.owed = -difference - taken
        }
        allowance.issued = limit
        try tx.budgets.update(allowance)
        self.accounts.note(allowance.account, isShort: true)
    }

    /// What comes back goes to what is owed first.
    private func payOwed(_ part: Attempt.Part, in tx: Transaction) throws {
        let key = BudgetDirectory.AllowanceKey(budget: part.budget, subject: part.subject, period: part.period)
        if let known = self.budgets.allowance(key), known.owed == 0 { return }
        guard var allowance = try tx.budgets.find(allowance: part.budget, part.subject, part.period), allowance.owed > 0
        else { return }
        let free = Dollars(try tx.ledger.find(allowance.account)?.available.micros ?? 0)
        let taken = min(allowance.owed, free)
        guard taken > 0 else { return }
        allowance.changes += 1
        try self.take(taken, from: allowance, "\(allowance.owner):limit:\(allowance.changes)", in: tx)
        allowance.owed = allowance.owed - taken
        try tx.budgets.update(allowance)
    }

    private func issue(_ amount: Dollars, to allowance: Allowance, _ reference: String, in tx: Transaction) throws {
        try tx.ledger.post(
            Posting(
                TransferReference(reference),
                from: try self.accounts.number(of: .house(.allowanceIssued, Dollars.currency), in: tx),
                to: allowance.account,
                amount: amount,
                origin: Self.origin("limit", allowance.owner)
            )
        )
    }

    private func take(_ amount: Dollars, from allowance: Allowance, _ reference: String, in tx: Transaction) throws {
        try tx.ledger.post(
            Posting(
                TransferReference(reference),
                from: allowance.account,
                to: try self.accounts.number(of: .house(.allowanceIssued, Dollars.currency), in: tx),
                amount: amount,
                origin: Self.origin("limit", allowance.owner)
            )
        )
    }

    private static func origin(_ kind: String, _ subject: String) -> Origin {
        Origin(kind: kind, subject: subject, traceID: nil, requestID: nil)
    }
}

extension AccountKey.Purpose {
    /// What a budget has left of its period.
    static let allowance = Self("allowance", isNeverBelowZero: true)
    /// What of a budget's period was spent.
    static let allowanceSpent = Self("allowance_spent")
    /// Where limits come from.
    static let allowanceIssued = Self("allowance_issued")
    /// What models have cost above what was reserved for them.
    static let overrun = Self("overrun")
    /// What models have really cost: a tenant's, and a provider's.
    static let modelCost = Self("model_cost")
}
