import Kernel
import Storage

/// What a member says is wrong with a post.
struct Report: Sendable {
    enum Reason: String, Sendable, CaseIterable, SQLConvertible {
        case spam, unlabelledAd = "unlabelled_ad", isFalse = "false", wrongPlace = "wrong_place", harassment, illegal,
            other
    }

    let post: ID<Post>
    let member: ID<ForumMember>
    let reason: Reason
    let note: String
    /// In tenths.
    let weight: Int64
}

extension Report: RowDecodable {
    static let columns: StaticString = "post, member, reason, note, weight"

    init(row: inout Row) throws {
        self.post = try row.column()
        self.member = try row.column()
        self.reason = try row.column()
        self.note = try row.column()
        self.weight = try row.column()
    }
}

extension [Report] {
    /// How many there are of each reason.
    var counts: [String: Int] { Dictionary(self.map { ($0.reason.rawValue, 1) }) { $0 + $1 } }

    /// In tenths.
    var weight: Int64 { self.reduce(0) { $0 + $1.weight } }

    /// The reason that weighs most.
    var weightiest: Report.Reason? {
        let weights = Dictionary(self.map { ($0.reason, $0.weight) }) { $0 + $1 }
        return weights.max { ($0.value, $1.key.rawValue) < ($1.value, $0.key.rawValue) }?.key
    }
}
