import Kernel
import Platform
import Storage

/// A publisher in a program.
struct Partnership: Sendable, RowDecodable {
    let id: PartnershipID
    let program: ProgramID
    let programName: String
    let advertiser: ID<Identity>
    let publisher: ID<Identity>
    let publisherName: String
    let status: Status
    /// 32 hexadecimal digits, known from the application on; clicks count once it is approved.
    let trackingCode: String
    /// Why it was rejected or suspended.
    let reason: String?
    let appliedAt: Timestamp
    let decidedAt: Timestamp?

    enum Status: String, Sendable, SQLConvertible, CaseIterable {
        case pending, approved, rejected, suspended
        /// Taken back by the publisher while it was pending; they may apply again.
        case cancelled

        /// What the contract's filter knows.
        static let listed: [Status] = [.pending, .approved, .rejected, .suspended]
    }

    static let columns: StaticString = """
        s.id, s.program_id, p.name, p.advertiser_id, s.publisher_id, publisher.display_name, s.status, s.tracking_code,
        s.reason, s.applied_at, s.decided_at
        """

    init(row: inout Row) throws {
        self.id = try row.column()
        self.program = try row.column()
        self.programName = try row.column()
        self.advertiser = try row.column()
        self.publisher = try row.column()
        self.publisherName = try row.column()
        self.status = try row.column()
        self.trackingCode = try row.column()
        self.reason = try row.optional()
        self.appliedAt = try row.column()
        self.decidedAt = try row.optional()
    }
}
