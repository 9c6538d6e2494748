import Kernel
import Platform

/// Who may read the metrics: they tell how much business there is.
package enum MetricsAccess: Sendable {
    case closed
    /// Whoever shows the key to the main listener.
    case key(String)
    /// Whoever reaches a listener of its own.
    case listener(Configuration.ListenAddress)

    private static let minimumCharacters = 24

    /// Throws `ConfigurationError`.
    init(_ values: SettingValues) throws {
        if let listen = values[.metricsListen] {
            self = .listener(try Configuration.address(listen, .metricsListen))
        } else if let key = values[.metricsKey] {
            guard key.utf8.count >= Self.minimumCharacters, key.utf8.allSatisfy({ $0 > 32 && $0 < 127 }) else {
                throw ConfigurationError(
                    "metrics_key is weak: \(Self.minimumCharacters) characters or more (try: head -c 24 /dev/urandom | base64)"
                )
            }
            self = .key(key)
        } else {
            self = .closed
        }
    }
}
