import Foundation
import Kernel
package import Logging
package import Platform
package import Web
import Yams

/// What the operator has set: flags, then the environment, then the file, then the defaults.
package struct Configuration: Sendable {
    package let host: String
    package let port: Int
    package let dataDirectory: String
    package let database: String
    package let secretKey: String?
    package let previousSecretKeys: [String]
    package let publicURL: String?
    /// By surface, for those that have one of their own.
    package let publicURLs: [String: String]
    package let outboundAllow: Set<String>
    package let limitsAddressPerMinute: Int
    package let limitsConnectionsPerAddress: Int
    package let limitsBodyBytes: Int
    /// 0 keeps everything.
    package let retentionDays: Int
    package let archiveDirectory: String
    package let trustedProxies: [String]
    package let corsOrigins: Set<String>
    package let logLevel: Logger.Level
    /// Nil when nobody wants one.
    package let accessLog: AccessLog.Format?
    /// Nil for standard output.
    package let accessLogFile: String?
    package let assetsDirectory: String
    package let metrics: MetricsAccess
    /// Nil when no mail is sent.
    package let mail: MailServer?
    /// By surface, for those that have a listener of their own.
    package let listen: [String: ListenAddress]
    /// For the slices, which read their own.
    package let settings: SettingValues
    /// What is set, and where.
    package let given: [Setting: Given]

    package struct Given: Sendable {
        package let value: String
        /// `the command line`, `the environment` or the file.
        package let source: String
    }

    package struct ListenAddress: Sendable, Equatable {
        package let host: String
        package let port: Int
    }

    /// Throws `ConfigurationError`, which names the key and where it stands.
    package init(flags: [Setting: String], environment: [String: String], file: String?) throws {
        let fileValues = try file.map(Self.read) ?? [:]
        let environmentValues = try Self.read(environment)
        let sources = [(fileValues, file ?? ""), (environmentValues, "the environment"), (flags, "the command line")]
        self.given = sources.reduce(into: [:]) { given, values in
            for (setting, value) in values.0 { given[setting] = Given(value: value, source: values.1) }
        }
        let values = SettingValues(self.given.mapValues(\.value))
        self.settings = values
        self.host = values[.host] ?? "127.0.0.1"
        self.port = try values.integer(.port, 0...65_535, default: 8080)
        self.dataDirectory = values[.dataDir] ?? "data"
        self.database = values[.database] ?? "\(self.dataDirectory)/souk.sqlite"
        try Self.checkDatabase(self.database)
        self.secretKey = values[.secretKey]
        self.previousSecretKeys = values.list(.previousSecretKeys)
        try OperatorKey.check(self.secretKey, previous: self.previousSecretKeys)
        self.publicURL = try Self.url(values, .publicURL)
        self.publicURLs = try House.sliceTypes.reduce(into: [:]) { urls, slice in
            urls[slice.name] = try Self.url(values, .publicURL(of: slice.name))
        }
        self.limitsAddressPerMinute = try values.integer(.limitsAddressPerMinute, 0...1_000_000, default: 60)
        self.limitsConnectionsPerAddress = try values.integer(.limitsConnectionsPerAddress, 0...1_000_000, default: 512)
        self.limitsBodyBytes = try values.integer(.limitsBodyBytes, (64 << 20)...(1 << 40), default: 256 << 20)
        self.retentionDays = try values.integer(.retentionDays, 0...36_500, default: 0)
        guard self.retentionDays == 0 || self.retentionDays >= Archive.minimumDays else {
            throw ConfigurationError("retention_days: 0, or \(Archive.minimumDays) and more")
        }
        self.archiveDirectory = values[.archiveDir] ?? "\(self.dataDirectory)/archive"
        self.trustedProxies = try Self.networks(values.list(.trustedProxies))
        self.corsOrigins = Set(try Self.origins(values.list(.corsOrigins)))
        guard let level = Logger.Level(rawValue: values[.logLevel] ?? "info") else {
            throw ConfigurationError("log_level: '\(values[.logLevel] ?? "")' is not a level")
        }
        self.logLevel = level
        self.accessLog = try Self.accessLog(values)
        self.accessLogFile = values[.accessLogFile]
        self.assetsDirectory = values[.assetsDir] ?? "\(self.dataDirectory)/assets"
        self.metrics = try MetricsAccess(values)
        self.mail = try Self.mail(values)
        self.listen = try House.sliceTypes.reduce(into: [:]) { listen, slice in
            let setting = Setting.listen(slice.name)
            listen[slice.name] = try values[setting].map { try Self.address($0, setting) }
        }
        for slice in House.sliceTypes { try slice.check(values) }
        try Self.checkListeners(host: self.host, port: self.port, self.listen, self.metrics)
        // What the operator names may stand on a private address.
        self.outboundAllow = Set(
            try Self.hosts(values.list(.outboundAllow)) + House.sliceTypes.flatMap { try $0.hosts(values) }
        )
    }

    /// Without a slash at the end. Throws `ConfigurationError` for what no link can begin with.
    private static func url(_ values: SettingValues, _ setting: Setting) throws -> String? {
        guard let text = values[setting] else { return nil }
        let parts = URLComponents(string: text)
        guard let scheme = parts?.scheme, ["http", "https"].contains(scheme), !(parts?.host ?? "").isEmpty,
            parts?.query == nil, parts?.fragment == nil, parts?.user == nil, parts?.password == nil
        else {
            throw ConfigurationError(
                "\(setting.name): '\(text)' is no address that links can begin with, such as https://souk.example.com"
            )
        }
        return text.bytewise.dropping(suffix: "/").map(String.init) ?? text
    }

    private static func mail(_ values: SettingValues) throws -> MailServer? {
        guard let url = values[.smtpURL] else { return nil }
        guard let sender = values[.mailFrom] else { throw ConfigurationError("smtp_url needs mail_from beside it") }
        return try MailServer(url: url, sender: sender)
    }

    // MARK: Sources

    private static func read(_ file: String) throws -> [Setting: String] {
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
            throw ConfigurationError("cannot read the configuration file \(file)")
        }
        let node: Yams.Node?
        do { node = try Yams.compose(yaml: text) } catch { throw ConfigurationError("\(file) is not YAML: \(error)") }
        guard let node else { return [:] }
        guard let mapping = node.mapping else { throw ConfigurationError("\(file) must hold keys and values") }
        var values: [Setting: String] = [:]
        for (key, value) in mapping {
            if key.string == "listen", let listeners = value.mapping {
                try self.read(listeners, into: &values, file)
                continue
            }
            if let surface = House.sliceTypes.first(where: { $0.name == key.string }), let own = value.mapping {
                try self.read(own, of: surface.name, into: &values, file)
                continue
            }
            guard let name = key.string, let setting = Setting.all.first(where: { $0.name == name }) else {
                throw ConfigurationError("\(file): unknown key '\(key.string ?? "")'")
            }
            guard values[setting] == nil else { throw ConfigurationError("\(file): \(name) is set twice") }
            values[setting] =
                value.sequence.map { $0.compactMap(\.string).joined(separator: ",") } ?? value.string ?? ""
        }
        return values
    }

    /// `listen: {market: 127.0.0.1:8081}`, which is `market_listen: 127.0.0.1:8081` in other words.
    private static func read(_ listeners: Yams.Node.Mapping, into values: inout [Setting: String], _ file: String)
        throws
    {
        for (key, value) in listeners {
            guard let name = key.string, House.sliceTypes.contains(where: { $0.name == name }) else {
                throw ConfigurationError("\(file): listen: there is no surface '\(key.string ?? "")'")
            }
            guard values.updateValue(value.string ?? "", forKey: .listen(name)) == nil else {
                throw ConfigurationError("\(file): the listener of \(name) is set twice")
            }
        }
    }

    /// `gateway: {token: …}`, which is `gateway_token: …` in other words; a surface's `port` is its listener's.
    private static func read(
        _ own: Yams.Node.Mapping,
        of surface: String,
        into values: inout [Setting: String],
        _ file: String
    ) throws {
        for (key, value) in own {
            let name = key.string ?? ""
            let setting =
                name == "port" ? Setting.listen(surface) : Setting.all.first { $0.name == "\(surface)_\(name)" }
            guard let setting else { throw ConfigurationError("\(file): unknown key '\(surface).\(name)'") }
            let text = value.sequence.map { $0.compactMap(\.string).joined(separator: ",") } ?? value.string ?? ""
            let known = values.updateValue(name == "port" ? "127.0.0.1:\(text)" : text, forKey: setting)
            guard known == nil else { throw ConfigurationError("\(file): \(setting.name) is set twice") }
        }
    }

    private static func read(_ environment: [String: String]) throws -> [Setting: String] {
        var values: [Setting: String] = [:]
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) where name.bytewise.starts(with: "SOUK_") {
            guard let setting = Setting.all.first(where: { $0.environmentName == name }) else {
                throw ConfigurationError("unknown environment variable \(name)")
            }
            values[setting] = value
        }
        return values
    }

    // MARK: Values

    /// Throws `ConfigurationError` for an address of something else.
    private static func checkDatabase(_ text: String) throws {
        guard let scheme = text.bytewise.cut(at: "://").after.map({ _ in text.bytewise.cut(at: "://").before }) else {
            return
        }
        guard ["postgres", "postgresql"].contains(String(scheme)) else {
            throw ConfigurationError(
                "database: '\(scheme)://' is no database that souk can use; name a file for SQLite, or postgres://user@host/name"
            )
        }
    }

    private static func networks(_ texts: [String]) throws -> [String] {
        do { _ = try TrustedProxies(texts) } catch let malformed as TrustedProxies.Malformed {
            throw ConfigurationError("trusted_proxies: '\(malformed.text)' is no network, such as 10.0.0.0/8 or ::1")
        }
        return texts
    }

    private static func origins(_ texts: [String]) throws -> [String] {
        for text in texts where text != "*" {
            let parts = URLComponents(string: text)
            guard let scheme = parts?.scheme, let host = parts?.host, !scheme.isEmpty, !host.isEmpty,
                parts?.path.isEmpty == true, parts?.query == nil, parts?.fragment == nil, parts?.user == nil
            else {
                throw ConfigurationError(
                    "cors_origins: '\(text)' is no origin, such as https://shop.example, and not *"
                )
            }
        }
        return texts
    }

    private static func hosts(_ texts: [String]) throws -> [String] {
        for text in texts {
            let inner = text.bytewise.replacing("[", with: "").bytewise.replacing("]", with: "")
            let hasPort = text.bytewise.contains(":") && AddressRules.bytes(of: inner) == nil
            guard hasPort || text.bytewise.contains(anyOf: "/?#@ ") else { continue }
            throw ConfigurationError("outbound_allow: '\(text)' is no host, such as 10.0.0.5 or models.internal")
        }
        return texts
    }

    /// Two listeners of one port would only be found when the second opens. Port 0 is a free one each time.
    private static func checkListeners(
        host: String,
        port: Int,
        _ surfaces: [String: ListenAddress],
        _ metrics: MetricsAccess
    ) throws {
        var all = [("port", ListenAddress(host: host, port: port))]
        all += surfaces.sorted { $0.key < $1.key }.map { (Setting.listen($0.key).name, $0.value) }
        if case .listener(let listen) = metrics { all.append((Setting.metricsListen.name, listen)) }
        for (index, (name, address)) in all.enumerated() where address.port != 0 {
            let other = all.prefix(index).first { _, earlier in
                let everywhere: Set = ["0.0.0.0", "::"]
                return earlier.port == address.port
                    && (earlier.host == address.host || everywhere.contains(earlier.host)
                        || everywhere.contains(address.host))
            }
            if let other {
                throw ConfigurationError(
                    "\(name): \(other.0) already names port \(address.port); each listener needs its own"
                )
            }
        }
    }

    private static func accessLog(_ values: SettingValues) throws -> AccessLog.Format? {
        guard let text = values[.accessLog], text != "off" else { return nil }
        guard let format = AccessLog.Format(rawValue: text) else {
            throw ConfigurationError("access_log: '\(text)' is none of off, json, combined")
        }
        return format
    }

    static func address(_ text: String, _ setting: Setting) throws -> ListenAddress {
        guard let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")), let port = Int(text[text.index(after: colon)...]),
            (0...65_535).contains(port)
        else { throw ConfigurationError("\(setting.name): '\(text)' is not host:port") }
        let host = text[..<colon].bytewise.replacing("[", with: "").bytewise.replacing("]", with: "")
        return ListenAddress(host: host.isEmpty ? "0.0.0.0" : host, port: port)
    }
}
