import Foundation
import Kernel
import Logging
import Platform
import Synchronization

/// Speaks to PayPal's REST API: an access token for every request, fetched anew before it runs out.
final class PayPalClient: Sendable {
    static let answerLimit = 256 * 1024
    /// A token is not used in its last minute.
    private static let tokenMarginSeconds: Int64 = 60

    private struct Token: Sendable {
        let text: String
        let validUntil: Timestamp
    }

    struct Answer: Sendable {
        let status: Int
        let body: JSONValue

        /// The finest code that an error has, such as `INSTRUMENT_DECLINED`.
        var issue: String {
            self.body["details"]?.array?.first?["issue"]?.string ?? self.body["name"]?.string ?? "HTTP_\(self.status)"
        }
        /// Not a word about the money: our credentials, a limit, or a failing server.
        var isSilence: Bool { self.status >= 500 || [401, 403, 408, 409, 429].contains(self.status) }
        var isSuccess: Bool { (200..<300).contains(self.status) }
    }

    let configuration: PayPalConfiguration
    let timeoutSeconds: Int64
    private let outbound: Outbound
    private let clock: WallClock
    private let logger: Logger
    private let token = Mutex<Token?>(nil)

    init(
        configuration: PayPalConfiguration,
        timeoutSeconds: Int64,
        outbound: Outbound,
        clock: WallClock,
        logger: Logger
    ) {
        self.configuration = configuration
        self.timeoutSeconds = timeoutSeconds
        self.outbound = outbound
        self.clock = clock
        self.logger = logger
    }

    /// The answer, or nil when there was none.
    ///
    /// - Parameter requestID: `PayPal-Request-Id`; PayPal does a request once for each.
    func send(_ method: String, _ path: String, requestID: String? = nil, body: [UInt8]? = nil) async -> Answer? {
        guard let token = await self.accessToken() else { return nil }
        let answer = await self.send(method, path, token, requestID, body)
        guard answer?.status == 401 else { return answer }
        // Revoked before its time: once more with a new one.
        self.token.withLock { $0 = nil }
        guard let fresh = await self.accessToken() else { return nil }
        return await self.send(method, path, fresh, requestID, body)
    }

    /// A file that PayPal names in a callback; nil unless it is PayPal's own.
    func fetch(_ url: String) async -> [UInt8]? {
        guard self.isOwn(url),
            let answer = try? await self.outbound.collect(
                OutboundRequest(method: "GET", url: url),
                timeoutSeconds: self.timeoutSeconds,
                limit: Self.answerLimit
            ), answer.status == 200
        else { return nil }
        return answer.body
    }

    /// PayPal's own hosts over TLS, and the one that the operator has named.
    private func isOwn(_ url: String) -> Bool {
        guard let parts = URLComponents(string: url), let host = parts.host, parts.user == nil else { return false }
        if parts.scheme == "https", host == "paypal.com" || host.bytewise.ends(with: ".paypal.com"), parts.port == nil {
            return true
        }
        let api = URLComponents(string: self.configuration.api)
        return parts.scheme == api?.scheme && host == api?.host && parts.port == api?.port
    }

    private func send(_ method: String, _ path: String, _ token: String, _ requestID: String?, _ body: [UInt8]?) async
        -> Answer?
    {
        var headers: [Problem.Header] = [
            .init("Authorization", "Bearer \(token)"), .init("Accept", "application/json"),
            .init("Prefer", "return=representation"),
        ]
        if body != nil || method == "POST" { headers.append(.init("Content-Type", "application/json")) }
        if let requestID { headers.append(.init("PayPal-Request-Id", requestID)) }
        let answer = try? await self.outbound.collect(
            OutboundRequest(method: method, url: self.configuration.api + path, headers: headers, body: body),
            timeoutSeconds: self.timeoutSeconds,
            limit: Self.answerLimit
        )
        let read = answer.map { Answer(status: $0.status, body: (try? JSON.read($0.body)) ?? .null) }
        if read?.isSilence ?? true { self.note(path, status: read?.status, issue: read?.issue) }
        return read
    }

    /// What the operator should know of a question that got no answer; never a body, which may hold what is nobody's business.
    private func note(_ path: String, status: Int?, issue: String?) {
        self.logger.warning(
            "PayPal gave no answer",
            metadata: ["status": "\(status ?? 0)", "issue": "\(issue ?? "unreachable")", "path": "\(path)"]
        )
    }

    /// Whether PayPal gives a token for these credentials.
    func hasAccess() async -> Bool { await self.accessToken() != nil }

    private func accessToken() async -> String? {
        let now = self.clock.now()
        if let token = self.token.withLock({ $0 }), token.validUntil > now { return token.text }
        let credentials = "\(self.configuration.clientID):\(self.configuration.clientSecret)"
        let path = "/v1/oauth2/token"
        guard
            let answer = try? await self.outbound.collect(
                OutboundRequest(
                    method: "POST",
                    url: self.configuration.api + path,
                    headers: [
                        .init("Authorization", "Basic \(Data(credentials.utf8).base64EncodedString())"),
                        .init("Content-Type", "application/x-www-form-urlencoded"),
                    ],
                    body: Array("grant_type=client_credentials".utf8)
                ),
                timeoutSeconds: self.timeoutSeconds,
                limit: Self.answerLimit
            ),
            answer.status == 200, let body = try? JSON.read(answer.body),
            let text = body["access_token"]?.string, let seconds = body["expires_in"]?.integer
        else {
            self.note(path, status: nil, issue: "no access token: are the client id and secret right?")
            return nil
        }
        let validUntil = now.adding(seconds: min(seconds, 86_400) - Self.tokenMarginSeconds)
        self.token.withLock { $0 = Token(text: text, validUntil: validUntil) }
        return text
    }
}
