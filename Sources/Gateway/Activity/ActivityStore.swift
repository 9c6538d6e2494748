import Kernel
import Storage

/// Who changed what: a row in the commit of the change.
struct ActivityEntry: Sendable {
    enum ActorType: String, Sendable, CaseIterable, SQLConvertible {
        case user, apiKey = "api_key", gatewayToken = "gateway_token", agent, system
    }

    let number: Int64
    let id: String
    let actorType: ActorType
    let actorID: String
    let action: String
    let entityType: String
    let entityID: String
    let details: JSONValue
    let address: String
    let requestID: String
    let createdAt: Timestamp
}

extension ActivityEntry: RowDecodable {
    static let columns: StaticString = """
        number, id, actor_type, actor_id, action, entity_type, entity_id, details, address, request_id, created_at
        """

    init(row: inout Row) throws {
        self.number = try row.column()
        self.id = try row.column()
        self.actorType = try row.column()
        self.actorID = try row.column()
        self.action = try row.column()
        self.entityType = try row.column()
        self.entityID = try row.column()
        self.details = .parsed(try row.column())
        self.address = try row.column()
        self.requestID = try row.column()
        self.createdAt = try row.column()
    }
}

/// Who does something, as the log of changes names them.
struct ActivityActor: Sendable {
    let tenant: ID<Tenant>
    let type: ActivityEntry.ActorType
    let id: String
    /// Whose own the entry is, beside admins; empty for nobody's.
    let user: String
    /// Whom a header has named in vain.
    var ignoredUser: String?
    let address: String
    let requestID: String
    let ids: IDGenerator
}

extension ActivityActor {
    /// Whoever runs the program on the server.
    static func console(of tenant: ID<Tenant>, _ ids: IDGenerator) -> Self {
        Self(tenant: tenant, type: .system, id: "console", user: "", address: "", requestID: "", ids: ids)
    }
}

struct ActivityFilter: Sendable {
    var actorType: String?
    var actorID: String?
    var action: String?
    var entityType: String?
    var entityID: String?
    var from: Timestamp?
    var to: Timestamp?
    /// Entries of this user alone.
    var user: String?
}

struct ActivityStore {
    let tx: Transaction

    /// - Parameters:
    ///   - entity: `agent`; the action is `agent.created`.
    ///   - fields: names of what has changed; never values.
    func record(
        _ actor: ActivityActor,
        _ verb: String,
        of entity: String,
        _ id: String,
        fields: [String] = [],
        details: [String: JSONValue] = [:]
    ) throws {
        var details = details
        if let ignored = actor.ignoredUser { details["ignored_user_id"] = .string(ignored) }
        if !fields.isEmpty { details["fields"] = .strings(fields.sorted()) }
        try self.tx.execute(
            """
            INSERT INTO gateway_activity (id, tenant_id, actor_type, actor_id, user_id, action, entity_type, entity_id,
                details, address, request_id, created_at)
            VALUES (\(actor.ids.uuid()), \(actor.tenant), \(actor.type), \(actor.id), \(actor.user),
                \("\(entity).\(verb)"), \(entity), \(id), \(JSON.text(of: .object(details))), \(actor.address),
                \(actor.requestID), \(self.tx.now))
            """
        )
    }

    /// Newest first.
    func list(of tenant: ID<Tenant>, _ filter: ActivityFilter, _ page: ListPage) throws -> Listed<ActivityEntry> {
        let conditions = [tenant.isOwn] + filter.conditions
        let following: [SQL] = page.cursor.map { ["number < \($0.key)"] } ?? []
        let items = try self.tx.rows(
            """
            SELECT \(raw: ActivityEntry.columns) FROM gateway_activity WHERE \(SQL.all(conditions + following))
            ORDER BY number DESC LIMIT \(page.limit + 1) OFFSET \(page.offset)
            """,
            as: ActivityEntry.self
        )
        return Listed(
            fetched: items,
            page,
            total: try self.tx.value("SELECT COUNT(*) FROM gateway_activity WHERE \(SQL.all(conditions))", as: Int.self)
                ?? 0
        ) { Cursor(key: $0.number, id: $0.id) }
    }
}

extension ActivityFilter {
    fileprivate var conditions: [SQL] {
        [
            self.actorType.map { "actor_type = \($0)" }, self.actorID.map { "actor_id = \($0)" },
            self.action.map { "action = \($0)" }, self.entityType.map { "entity_type = \($0)" },
            self.entityID.map { "entity_id = \($0)" }, self.user.map { "user_id = \($0)" },
            self.from.map { "created_at >= \($0)" }, self.to.map { "created_at < \($0)" },
        ].compactMap { (condition: SQL?) in condition }
    }
}

extension Transaction {
    var activity: ActivityStore { ActivityStore(tx: self) }
}
