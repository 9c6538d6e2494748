import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import Platform
import Web

/// Who may ask for recommendations without a key.
struct Trial: Sendable {
    enum Mode: String, CaseIterable {
        case off
        /// Browsers that have opened the page to try it, for a quarter of an hour.
        case portal
        /// Also agents that name their host.
        case agents
    }

    static let cookieSeconds: Int64 = 900
    private static let cookieName = "souk_commerce_trial"
    /// Hosts of agents that the public service knew.
    private static let agents: Set<String> = ["openclaw", "hermes", "cursor", "claude", "codex"]

    let mode: Mode
    private let keys: [SymmetricKey]
    private let clock: WallClock
    private let isSecure: Bool

    init(_ mode: Mode, secrets: SecretBox, clock: WallClock, isSecure: Bool) {
        (self.mode, self.clock, self.isSecure) = (mode, clock, isSecure)
        self.keys = secrets.derivedKeys("commerce trial").map { SymmetricKey(data: $0) }
    }

    func isOpen(to call: Call, channel: String?) -> Bool {
        switch self.mode {
        case .off: false
        case .portal: self.hasCookie(call.request)
        case .agents: self.hasCookie(call.request) || channel.map { Self.agents.contains($0) } ?? false
        }
    }

    /// The `Set-Cookie` of the page to try it; nil where the trial is off.
    var cookie: String? {
        guard self.mode != .off else { return nil }
        let end = self.clock.now().adding(seconds: Self.cookieSeconds).seconds
        let secure = self.isSecure ? "; Secure" : ""
        return """
            \(Self.cookieName)=\(end).\(Self.sign(end, self.keys[0])); Path=/; Max-Age=\(Self.cookieSeconds); HttpOnly; \
            SameSite=Strict\(secure)
            """
    }

    private func hasCookie(_ request: Request) -> Bool {
        request.cookies(named: Self.cookieName).contains { value in
            let parts = value.bytewise.split(".")
            guard parts.count == 2, let end = Int64(parts[0]), end > self.clock.now().seconds else { return false }
            return self.keys.contains { Self.sign(end, $0).bytewise.equals(parts[1]) }
        }
    }

    private static func sign(_ end: Int64, _ key: SymmetricKey) -> String {
        HMAC<SHA256>.authenticationCode(for: Array("trial \(end)".utf8), using: key).prefix(16).hex
    }

    /// Throws `ConfigurationError`.
    static func mode(_ settings: SettingValues) throws -> Mode {
        let text = settings[.publicTrial] ?? Mode.portal.rawValue
        guard let mode = Mode(rawValue: text) else {
            throw ConfigurationError("commerce_public_trial: '\(text)' is none of off, portal and agents")
        }
        return mode
    }
}

extension Setting {
    static let publicTrial = Setting(
        "commerce_public_trial",
        "who may ask for recommendations without a key: off, portal or agents (portal)"
    )
}
