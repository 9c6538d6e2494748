import Foundation
import HTTPTypes
import Kernel
package import Logging
package import Market
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
    package let outboundAllow: Set<String>
    package let limitsAddressPerMinute: Int
    package let limitsConnectionsPerAddress: Int
    package let limitsBodyBytes: Int
    package let trustedProxies: [String]
    package let corsOrigins: Set<String>
    package let logLevel: Logger.Level
    package let assetsDirectory: String
    package let marketListen: ListenAddress?
    package let affiliateListen: ListenAddress?
    /// Empty for none.
    package let countryHeader: String
    package let rails: RailConfigurations

    package struct ListenAddress: Sendable, Equatable {
        package let host: String
        package let port: Int
    }

    /// Throws `ConfigurationError`, which names the key and where it stands.
    package init(flags: [Setting: String], environment: [String: String], file: String?) throws {
        let fileValues = try file.map(Self.read) ?? [:]
        let environmentValues = try Self.read(environment)
        let value = { (setting: Setting) in flags[setting] ?? environmentValues[setting] ?? fileValues[setting] }
        let list = { (setting: Setting) in
            (value(setting) ?? "").bytewise.list(",")
        }
        self.host = value(.host) ?? "127.0.0.1"
        self.port = try Self.integer(value(.port), .port, 0...65_535, 8080)
        self.dataDirectory = value(.dataDir) ?? "data"
        self.database = value(.database) ?? "\(self.dataDirectory)/souk.sqlite"
        self.secretKey = value(.secretKey)
        self.previousSecretKeys = list(.previousSecretKeys)
        self.publicURL = value(.publicURL).map { $0.bytewise.dropping(suffix: "/").map(String.init) ?? $0 }
        self.limitsAddressPerMinute = try Self.integer(
            value(.limitsAddressPerMinute),
            .limitsAddressPerMinute,
            0...1_000_000,
            60
        )
        self.limitsConnectionsPerAddress = try Self.integer(
            value(.limitsConnectionsPerAddress),
            .limitsConnectionsPerAddress,
            0...1_000_000,
            512
        )
        self.limitsBodyBytes = try Self.integer(
            value(.limitsBodyBytes),
            .limitsBodyBytes,
            (64 << 20)...(1 << 40),
            256 << 20
        )
        self.trustedProxies = list(.trustedProxies)
        self.corsOrigins = Set(list(.corsOrigins))
        guard let level = Logger.Level(rawValue: value(.logLevel) ?? "info") else {
            throw ConfigurationError("log_level: '\(value(.logLevel) ?? "")' is not a level")
        }
        self.logLevel = level
        self.assetsDirectory = value(.assetsDir) ?? "\(self.dataDirectory)/assets"
        self.marketListen = try value(.marketListen).map { try Self.listen($0, .marketListen) }
        self.affiliateListen = try value(.affiliateListen).map { try Self.listen($0, .affiliateListen) }
        self.countryHeader = value(.countryHeader) ?? ""
        guard self.countryHeader.isEmpty || HTTPField.Name(self.countryHeader) != nil else {
            throw ConfigurationError("country_header: '\(self.countryHeader)' is not the name of a header")
        }
        self.rails = try RailConfigurations(value)
        // What the operator names may stand on a private address.
        self.outboundAllow = Set(list(.outboundAllow) + self.rails.hosts)
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
            guard let name = key.string, let setting = Setting(rawValue: name) else {
                throw ConfigurationError("\(file): unknown key '\(key.string ?? "")'")
            }
            values[setting] =
                value.sequence.map { $0.compactMap(\.string).joined(separator: ",") } ?? value.string ?? ""
        }
        return values
    }

    private static func read(_ environment: [String: String]) throws -> [Setting: String] {
        var values: [Setting: String] = [:]
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) where name.bytewise.starts(with: "SOUK_") {
            guard let setting = Setting.allCases.first(where: { $0.environmentName == name }) else {
                throw ConfigurationError("unknown environment variable \(name)")
            }
            values[setting] = value
        }
        return values
    }

    // MARK: Values

    static func integer(_ text: String?, _ setting: Setting, _ range: ClosedRange<Int>, _ standard: Int) throws
        -> Int
    {
        guard let text else { return standard }
        guard let value = Int(text), range.contains(value) else {
            throw ConfigurationError(
                "\(setting.rawValue): '\(text)' is not a number from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return value
    }

    private static func listen(_ text: String, _ setting: Setting) throws -> ListenAddress {
        guard let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")), let port = Int(text[text.index(after: colon)...]),
            (0...65_535).contains(port)
        else { throw ConfigurationError("\(setting.rawValue): '\(text)' is not host:port") }
        let host = text[..<colon].bytewise.replacing("[", with: "").bytewise.replacing("]", with: "")
        return ListenAddress(host: host.isEmpty ? "0.0.0.0" : host, port: port)
    }
}
