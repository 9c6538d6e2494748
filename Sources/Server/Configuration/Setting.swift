package import Platform
import Web

/// What an operator can set of the house itself.
extension Setting {
    package static let host = Setting("host", "the address to listen on (127.0.0.1)")
    package static let port = Setting("port", "the port to listen on; 0 takes a free one (8080)")
    package static let dataDir = Setting("data_dir", "where the database, the key and downloaded assets are (data)")
    package static let database = Setting(
        "database",
        "a SQLite file or a postgres:// URL (souk.sqlite in the data directory)"
    )
    package static let secretKey = Setting(
        "secret_key",
        "the operator's key, 32 bytes in base64 (made once in the data directory)"
    )
    package static let previousSecretKeys = Setting(
        "previous_secret_keys",
        "earlier keys that still open what they sealed (comma separated)"
    )
    package static let publicURL = Setting("public_url", "what links are built from (the listener's address)")
    package static let outboundAllow = Setting(
        "outbound_allow",
        "hosts, as written in URLs, that may be private addresses (comma separated)"
    )
    package static let limitsAddressPerMinute = Setting(
        "limits_address_per_minute",
        "requests a minute from one address; 0 turns the limit off (60)"
    )
    package static let limitsConnectionsPerAddress = Setting(
        "limits_connections_per_address",
        "connections from one address at a time; 0 for any number (512)"
    )
    package static let limitsBodyBytes = Setting(
        "limits_body_bytes",
        "memory for the request bodies that are held at once, in bytes (268435456)"
    )
    package static let retentionDays = Setting(
        "retention_days",
        "events, deliveries and usage records older than so many days go into the archive, 40 or more; 0 keeps all (0)"
    )
    package static let archiveDir = Setting(
        "archive_dir",
        "where the archive's files are; for all nodes the same (archive in the data directory)"
    )
    package static let trustedProxies = Setting(
        "trusted_proxies",
        "networks whose forwarding headers are believed (comma separated)"
    )
    package static let corsOrigins = Setting(
        "cors_origins",
        "origins that browsers may call from, or * (comma separated)"
    )
    package static let logLevel = Setting("log_level", "trace, debug, info, notice, warning, error or critical (info)")
    package static let accessLog = Setting(
        "access_log",
        "a line for each request: off, json or combined, to standard output or access_log_file (off)"
    )
    package static let accessLogFile = Setting(
        "access_log_file",
        "the file that the access log is added to (standard output)"
    )
    package static let metricsKey = Setting(
        "metrics_key",
        "the bearer token of /metrics, 24 characters or more (none: /metrics is closed)",
        isSecret: true
    )
    package static let metricsListen = Setting(
        "metrics_listen",
        "a separate listener for /metrics without a key, host:port; /metrics of the main listener is closed then"
    )
    package static let smtpURL = Setting(
        "smtp_url",
        "the mail server, smtp://name:password@host:587 or smtps://host:465 (none: no mail is sent)",
        isSecret: true
    )
    package static let mailFrom = Setting("mail_from", "whom mail comes from, such as Souk <souk@example.com>")
    package static let assetsDir = Setting(
        "assets_dir",
        "where the set-up has put Swagger UI (assets in the data directory)"
    )

    package static let ofHouse: [Setting] = [
        .host, .port, .dataDir, .database, .secretKey, .previousSecretKeys, .publicURL, .outboundAllow,
        .limitsAddressPerMinute, .limitsConnectionsPerAddress, .limitsBodyBytes, .retentionDays, .archiveDir,
        .trustedProxies, .corsOrigins,
        .logLevel, .accessLog, .accessLogFile, .assetsDir, .metricsKey, .metricsListen,
        .smtpURL, .mailFrom,
    ]

    /// Of a surface that is reached by an address of its own.
    package static func publicURL(of surface: String) -> Setting {
        Setting("\(surface)_public_url", "what links of the \(surface) surface are built from (public_url/\(surface))")
    }

    /// A separate listener for a surface.
    package static func listen(_ surface: String) -> Setting {
        Setting("\(surface)_listen", "a separate listener for the \(surface) surface, host:port")
    }

    /// Of the house and of its slices.
    package static let all = ofHouse + ofSlices
    package static let ofSlices = House.sliceTypes.flatMap { [listen($0.name), publicURL(of: $0.name)] + $0.settings }
}
