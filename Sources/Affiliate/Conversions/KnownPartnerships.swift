import Kernel
import Storage

/// Partnerships and their programs as the writer has read them, so that it does not read them for every order. Stale with every change of
/// either.
private final class KnownPartnerships {
    static let limit = 10_000

    enum Key: Hashable {
        case trackingCode(String)
        case id(PartnershipID)
    }

    private var found: [Key: (Partnership, Program)] = [:]

    subscript(key: Key) -> (Partnership, Program)? {
        get { self.found[key] }
        set {
            if self.found.count >= Self.limit { self.found = [:] }
            self.found[key] = newValue
        }
    }
}

extension Transaction {
    /// The partnership of a tracking code, and its program.
    func partnership(trackingCode code: String) throws -> (Partnership, Program)? {
        try self.partnership(.trackingCode(code)) { try self.partnerships.find(trackingCode: code) }
    }

    func partnership(_ id: PartnershipID) throws -> (Partnership, Program)? {
        try self.partnership(.id(id)) { try self.partnerships.find(id) }
    }

    private func partnership(_ key: KnownPartnerships.Key, _ find: () throws -> Partnership?) throws -> (
        Partnership, Program
    )? {
        let known = try self.remembered(ProgramChanges.topic) { KnownPartnerships() }
        if let found = known?[key] { return found }
        guard let partnership = try find() else { return nil }
        let found = (partnership, try self.programs.require(partnership.program))
        known?[key] = found
        return found
    }
}
