import Kernel
import Platform
import Storage

/// An AI agent as its owner introduces it, with the reputation that its owner's services have earned.
struct Agent: Sendable, Equatable, Identified, RowDecodable {
    static let idPrefix = ""

    let id: ID<Agent>
    let owner: ID<Identity>
    let ownerName: String
    var displayName: String
    let identityType: IdentityType
    var capabilities: [String]
    var walletAddress: String?
    /// A JSON object of the owner's own; kept as text.
    var metadata: String
    var isVerified: Bool
    /// The overall score of all time, in hundredths: 0 to 1,000.
    var reputationHundredths: Int
    var status: Status
    /// Only an administrator lifts this.
    var isSuspendedByAdmin: Bool
    let createdAt: Timestamp
    var updatedAt: Timestamp

    enum IdentityType: String, Sendable, SQLConvertible, CaseIterable {
        case keyOnly = "api_key_only"
        case kyaToken = "kya_jwt"
        case verifiableCredential = "did_vc"
    }

    enum Status: String, Sendable, SQLConvertible, CaseIterable {
        case active, suspended, deactivated
    }

    static let columns: StaticString = """
        a.id, a.owner_id, identity.name, a.display_name, a.identity_type, a.capabilities, a.wallet_address, a.metadata,
        a.verified, a.reputation, a.status, a.suspended_by_admin, a.created_at, a.updated_at
        """

    init(row: inout Row) throws {
        self.id = try row.column()
        self.owner = try row.column()
        self.ownerName = try row.column()
        self.displayName = try row.column()
        self.identityType = try row.column()
        self.capabilities = try JSON.decode([String].self, from: Array(try row.column(String.self).utf8))
        self.walletAddress = try row.optional()
        self.metadata = try row.column()
        self.isVerified = try row.column()
        self.reputationHundredths = try row.column()
        self.status = try row.column()
        self.isSuspendedByAdmin = try row.column()
        self.createdAt = try row.column()
        self.updatedAt = try row.column()
    }

    init(
        id: ID<Agent>,
        owner: ID<Identity>,
        ownerName: String,
        _ draft: AgentService.Draft,
        createdAt: Timestamp
    ) {
        self.id = id
        self.owner = owner
        self.ownerName = ownerName
        self.displayName = draft.displayName
        self.identityType = draft.identityType
        self.capabilities = draft.capabilities
        self.walletAddress = draft.walletAddress
        self.metadata = draft.metadata
        self.isVerified = false
        self.reputationHundredths = 0
        self.status = .active
        self.isSuspendedByAdmin = false
        self.createdAt = createdAt
        self.updatedAt = createdAt
    }
}
