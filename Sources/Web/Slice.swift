package import Kernel
package import Platform
package import Search
package import ServiceLifecycle
package import Storage

/// One surface with everything that belongs to it alone. `House` has a list of slices; all other code reads the list and names no slice.
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
    /// What it tells of itself, beside what every surface does.
    static var metrics: [Metric] { get }
    /// For whom the console makes keys.
    static var roles: [Role] { get }
    /// For whom the demo's story needs keys.
    static var demoRoles: [Role] { get }
    /// What a fresh server of the demo is set to besides.
    static var demoSettings: [Setting: String] { get }
    /// Whether the demo has something that stands for the surface's outside world.
    static var hasDemoHost: Bool { get }
    /// Where the outside world of the demo answers, when the operator says nothing else; nil where the surface needs none.
    static var demoPort: Int? { get }
    /// What stands for the outside world in the demo; nil where the surface needs none.
    static func demoHost(port: Int, _ ready: @escaping @Sendable (Int) -> Void) -> (any Service)?
    /// Tells the surface's part of the demo with real requests. Throws when a step does not go as it is told.
    ///
    /// - Parameter keys: by role, what follows `Bearer `.
    static func tell(in place: DemoPlace, keys: [String: String]) async throws
    /// What to try with what ``seed(hostURL:)`` has made.
    static func guide(_ seeded: JSONValue, url: String) -> DemoGuide
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
    /// Over its records.
    var searches: [Search] { get }
    /// What it keeps in the data directory beside the database, and a backup has to hold.
    static var dataFiles: [DataFile] { get }
    /// Its records that leave the database when they are old.
    static var archived: [ArchiveKind] { get }

    /// The server has been told to end, and still takes requests: nothing long begins any more. Listeners close when it returns.
    func drain() async
    /// Before the first request, and before a command of the console: what the surface needs in the database.
    func prepare() async throws
    /// Makes a key at the console; what is told of it. Throws `ConfigurationError` for a role that there is not.
    ///
    /// - Parameters:
    ///   - role: one of ``roles``.
    ///   - rateLimit: requests a minute; nil for the contract's own, 0 for none.
    func makeKey(role: Role, owner: String, rateLimit: Int?) async throws -> JSONValue
    /// The same for a key that sees these merchants alone. Throws `ConfigurationError` where keys see no merchants.
    func makeKey(role: Role, owner: String, rateLimit: Int?, merchants: [String]) async throws -> JSONValue
    /// Fills an empty database with demo data and returns its keys, for the file of demo keys. Nil if there is data already.
    func seed(hostURL: String) async throws -> JSONValue?
    /// Its ``metrics`` that stand in the database or in this node's memory. Looked at several times a minute, so each must be short.
    func samples(in tx: Transaction) throws -> [Sample]
    /// Whether what the operator has set of it can be used: payment companies that answer, and the like. Changes nothing.
    func diagnose() async -> [Diagnosis]
    /// How accounts that have forgotten their password choose a new one; nil where nobody has a password.
    var recovery: PasswordRecovery? { get }
    /// The operator has revoked a key of the surface: what it keeps beside the key follows, in the same commit.
    func noteRevoked(_ credential: String, in tx: Transaction) throws
    /// Contradictions between its figures and its records. The list should be empty.
    func verify(in tx: Transaction) throws -> [String]
}

extension Slice {
    package var searches: [Search] { [] }
    package func prepare() async throws {}
    package func drain() async {}
    package func diagnose() async -> [Diagnosis] { [] }
    package var recovery: PasswordRecovery? { nil }
    package func noteRevoked(_: String, in _: Transaction) throws {}
    package func makeKey(role: Role, owner: String, rateLimit: Int?, merchants: [String]) async throws -> JSONValue {
        guard merchants.isEmpty else { throw ConfigurationError("no key of \(Self.name) is limited to merchants") }
        return try await self.makeKey(role: role, owner: owner, rateLimit: rateLimit)
    }
    package static var settings: [Setting] { [] }
    package static var archived: [ArchiveKind] { [] }
    package static var dataFiles: [DataFile] { [] }
    package static var exposedHeaders: [String] { [] }
    package static var words: Words { HouseWords.all }
    package static var metrics: [Metric] { [] }
    package func samples(in _: Transaction) throws -> [Sample] { [] }
    package static var demoRoles: [Role] { [] }
    package static var demoSettings: [Setting: String] { [:] }
    package static var demoPort: Int? { nil }
    package static var hasDemoHost: Bool { self.demoPort != nil }
    package static func demoHost(port _: Int, _: @escaping @Sendable (Int) -> Void) -> (any Service)? { nil }
    package static func tell(in _: DemoPlace, keys _: [String: String]) async throws {}
    package static func guide(_: JSONValue, url _: String) -> DemoGuide { DemoGuide(keys: [], commands: []) }
    package func seed(hostURL _: String) async throws -> JSONValue? { [:] }
    package static func check(_: SettingValues) throws {}
    package static func hosts(_: SettingValues) throws -> [String] { [] }
}

/// A slice whose accounts sign in with a password, which the console can set anew.
package protocol PasswordKeeping: Slice {
    /// Its sessions end. Throws for an account that there is not.
    func setPassword(_ password: String, of owner: String, email: String) async throws
}
