package import Kernel
package import Platform
package import ServiceLifecycle
package import Storage

/// One surface with everything that belongs to it alone. The house holds a list of slices; what stands below or beside them asks the
/// list and names none.
package protocol Slice: Sendable {
    /// The surface's word in paths, settings and keys.
    static var name: String { get }
    static var migrations: [Migration] { get }
    /// What the operator can set of it, beside its listener.
    static var settings: [Setting] { get }
    /// How its webhooks are worded and signed.
    static var webhooks: WebhookDialect { get }
    /// Headers of its answers that browsers may read, beside those of every answer.
    static var exposedHeaders: [String] { get }
    /// What it says, in every language.
    static var words: Words { get }
    /// Its metrics, each with a line of help.
    static var metrics: [String: String] { get }
    /// For whom the console makes keys.
    static var roles: [String] { get }
    /// Throws `ConfigurationError` for settings that do not fit, before anything is opened.
    static func check(_ settings: SettingValues) throws
    /// Hosts that the operator has named in its settings, and that may be private addresses. Throws `ConfigurationError`.
    static func hosts(_ settings: SettingValues) throws -> [String]

    /// Throws `ConfigurationError`.
    init(_ house: SurfaceDependencies, _ settings: SettingValues) throws

    var surface: Surface { get }
    /// Background work.
    var services: [any Service] { get }
    var jobKinds: [JobKind] { get }

    /// Makes a key at the console; what is told of it. Throws `ConfigurationError` for a role that there is not.
    ///
    /// - Parameters:
    ///   - role: one of ``roles``.
    ///   - rateLimit: requests a minute; nil for the contract's own, 0 for none.
    func makeKey(role: String, owner: String, rateLimit: Int?) async throws -> JSONValue
    /// What its figures and records say against one another; a true slice gives an empty list.
    func verify(in tx: Transaction) throws -> [String]
}

extension Slice {
    package static var settings: [Setting] { [] }
    package static var exposedHeaders: [String] { [] }
    package static var words: Words { HouseWords.all }
    package static var metrics: [String: String] { [:] }
    package static func check(_: SettingValues) throws {}
    package static func hosts(_: SettingValues) throws -> [String] { [] }
}
