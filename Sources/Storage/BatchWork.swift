/// What the bodies of one commit leave to be done together, before anything else is asked of the database and at the latest before the
/// commit: statements whose outcome is expected, and changes that are added up first.
///
/// When something turns out otherwise than expected, the batch rolls back, and each of its bodies runs again by itself, with every
/// statement at once.
final class BatchWork {
    private var parts: [ObjectIdentifier: any BatchPart] = [:]
    private var hasWork = false
    /// Whether something has failed, whoever was told.
    private(set) var hasFailed = false

    func part<Part: BatchPart>(_: Part.Type) -> Part {
        self.hasWork = true
        if let known = self.parts[ObjectIdentifier(Part.self)] as? Part { return known }
        let part = Part()
        self.parts[ObjectIdentifier(Part.self)] = part
        return part
    }

    /// - Parameter sql: what is asked next, which must see what the parts have added up of its tables; nil for everything.
    func flush(before sql: SQL?, in tx: Transaction) throws {
        guard self.hasWork, !self.hasFailed else { return }
        if sql == nil { self.hasWork = false }
        try self.noting {
            for part in self.parts.values where sql?.mentions(type(of: part).table) ?? true { try part.flush(in: tx) }
        }
    }

    func noting<T>(_ body: () throws -> T) throws -> T {
        do { return try body() } catch {
            self.hasFailed = true
            throw error
        }
    }
}

/// Changes that are added up over the bodies of one commit.
package protocol BatchPart: AnyObject {
    /// The table that it changes.
    static var table: StaticString { get }
    init()
    /// Writes down what has come together, with ``Transaction/later(_:expecting:)``, and begins anew.
    func flush(in tx: Transaction) throws
}

/// A statement has changed another number of rows than its body counted on.
struct UnexpectedCount: Error {}
