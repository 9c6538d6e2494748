import Kernel
import Platform
import Storage

struct PartnerStore {
    let tx: Transaction

    func insert(_ partner: Partner, webhookSecret: [UInt8]) throws {
        try self.tx.execute(
            """
            INSERT INTO forum_partner (id, identity_id, name, domain, status, rate_limit, monthly_budget,
                webhook_secret, created_at)
            VALUES (\(partner.id), \(partner.identity), \(partner.name), \(partner.domain), \(partner.status),
                \(partner.rateLimit.map { Int64($0) }), \(partner.monthlyBudget), \(webhookSecret), \(partner.createdAt))
            """
        )
    }

    /// Sealed.
    func webhookSecret(of partner: ID<Partner>) throws -> [UInt8]? {
        try self.tx.value("SELECT webhook_secret FROM forum_partner WHERE id = \(partner)")
    }

    func find(_ identity: ID<Identity>) throws -> Partner? {
        try self.tx.row("SELECT \(raw: Partner.columns) FROM forum_partner WHERE identity_id = \(identity)")
    }

    func find(_ id: ID<Partner>) throws -> Partner? {
        try self.tx.row("SELECT \(raw: Partner.columns) FROM forum_partner WHERE id = \(id)")
    }

    func find(domain: String) throws -> Partner? {
        try self.tx.row(
            "SELECT \(raw: Partner.columns) FROM forum_partner WHERE domain = \(domain) AND status NOT IN ('REJECTED', 'WITHDRAWN')"
        )
    }

    func update(_ id: ID<Partner>, rateLimit: Int?) throws {
        try self.change(id, "rate_limit = \(rateLimit.map { Int64($0) })")
    }

    /// - Parameter monthlyBudget: micro-USD; nil for none.
    func update(_ id: ID<Partner>, monthlyBudget: Int64?) throws {
        try self.change(id, "monthly_budget = \(monthlyBudget)")
    }

    func update(_ id: ID<Partner>, status: Partner.Status) throws { try self.change(id, "status = \(status)") }

    func update(_ id: ID<Partner>, name: String, domain: String? = nil) throws {
        try self.change(id, "name = \(name)")
        if let domain { try self.change(id, "domain = \(domain)") }
    }

    func update(_ id: ID<Partner>, webhookSecret: [UInt8]) throws {
        try self.change(id, "webhook_secret = \(webhookSecret)")
    }

    private func change(_ id: ID<Partner>, _ assignment: SQL) throws {
        try self.tx.execute("UPDATE forum_partner SET \(assignment) WHERE id = \(id)")
        try self.tx.invalidate(PartnerDirectory.topic, "")
        try self.tx.invalidate(ThreadTopic.name, "")
    }

    /// Those that wait first, then by domain.
    func list(limit: Int) throws -> [Partner] {
        try self.tx.rows(
            """
            SELECT \(raw: Partner.columns) FROM forum_partner
            ORDER BY CASE WHEN status = 'PENDING' THEN 0 ELSE 1 END, created_at, id LIMIT \(limit)
            """
        )
    }

    /// Takes a cost from the month's budget. False where it does not fit.
    func spend(_ cost: Int64, of partner: Partner, month: String) throws -> Bool {
        try self.tx.execute(
            """
            INSERT INTO forum_budget (partner_id, month, spent) VALUES (\(partner.id), \(month), 0)
            ON CONFLICT (partner_id, month) DO NOTHING
            """
        )
        let limit = partner.monthlyBudget ?? .max
        return try self.tx.count(
            """
            UPDATE forum_budget SET spent = spent + \(cost)
            WHERE partner_id = \(partner.id) AND month = \(month) AND spent <= \(limit - cost)
            """
        ) == 1
    }

    func spent(_ partner: ID<Partner>, month: String) throws -> Int64 {
        try self.tx.value("SELECT spent FROM forum_budget WHERE partner_id = \(partner) AND month = \(month)") ?? 0
    }
}

extension Transaction {
    var partners: PartnerStore { PartnerStore(tx: self) }
}
