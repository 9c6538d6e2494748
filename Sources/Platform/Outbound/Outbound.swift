import AsyncHTTPClient
import Foundation
package import Kernel
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// The only place that opens connections to elsewhere.
///
/// A host is resolved once, its address checked, and the connections pinned to that address; it is resolved and checked
/// again after a minute. Redirects are never followed. Connections are kept alive and shared by host.
package final class Outbound: Sendable {
    /// After this long an address is looked up again.
    static let pinSeconds: Int64 = 60
    /// Hosts with connections kept open; beyond, the one that was looked up longest ago is closed.
    static let hostLimit = 1000
    /// After this long without data, an answer counts as broken off; this is noticed after at most twice as long. Longer than any time to
    /// the head of an answer.
    package static let silenceSeconds: Int64 = 310
    /// AsyncHTTPClient's own 8 are too few for event streams.
    package static let connectionsPerHost = 512

    private struct Pin: Sendable {
        let client: HTTPClient
        let address: String
        let checkedAt: Timestamp
    }

    private struct Origin: Sendable {
        /// In lower case: `https://host:port`.
        let text: String
        let host: String
    }

    private let pins = Mutex<[String: Pin]>([:])
    private let origins = Mutex<[String: Origin]>([:])
    private let shares = ConnectionShares()
    private let allowedHosts: Set<String>
    private let clock: WallClock
    private let silenceSeconds: Int64

    /// - Parameter allowedHosts: as written in URLs, that may be private addresses.
    package init(
        allowedHosts: Set<String>,
        clock: WallClock,
        silenceSeconds: Int64 = Outbound.silenceSeconds
    ) {
        self.silenceSeconds = silenceSeconds
        self.allowedHosts = Set(allowedHosts.map { $0.lowercased() })
        self.clock = clock
    }

    /// Checks a URL as a user supplies it: its form, and that its host is not private now.
    ///
    /// Throws `badURL`, then `cannotResolve`, then `forbiddenAddress`. A name that cannot be resolved may become one that can:
    /// callers that only register a URL ignore `cannotResolve`; it is checked again when it is used.
    package func check(_ url: String) async throws { _ = try await self.resolve(try Self.host(of: url)) }

    /// Whether the operator has allowed the URL's host by name.
    package func isAllowed(_ url: String) -> Bool { (try? Self.host(of: url)).map(self.allowedHosts.contains) ?? false }

    /// Sends the request and returns when the answer's head is there.
    ///
    /// Throws `OutboundError`; also `CancellationError`.
    ///
    /// - Parameter shares: whose connection it is; `tooManyConnections` when one of them has its share.
    package func send(
        _ request: OutboundRequest,
        timeoutSeconds: Int64,
        sharing shares: [OutboundShare] = []
    ) async throws -> OutboundResponse {
        let url = request.url.utf8
        guard url.allSatisfy({ $0 > 32 && $0 < 127 }) else { throw OutboundError.badURL }
        let pathStart = Self.endOfOrigin(url)
        let origin = try self.origin(String(request.url[..<pathStart]))
        let lease = shares.isEmpty ? nil : self.shares.take(origin.host, shares)
        guard shares.isEmpty || lease != nil else { throw OutboundError.tooManyConnections }
        let client = try await self.client(for: origin.host)
        // The client library finds the pinned address by the host as it is written, so there is one spelling.
        var message = HTTPClientRequest(url: origin.text + request.url[pathStart...])
        message.method = .init(rawValue: request.method)
        message.headers = request.headers
        if let body = request.body { message.body = .bytes(body) }
        do {
            let response = try await Self.execute(message, on: client, timeoutSeconds)
            return OutboundResponse(
                status: Int(response.status.code),
                headers: response.headers,
                body: OutboundBody(body: response.body, lease: lease)
            )
        } catch { throw OutboundError.translate(error) }
    }

    /// A connection that was kept open may have been closed by the other side meanwhile: a request that changes nothing is sent again.
    private static func execute(_ message: HTTPClientRequest, on client: HTTPClient, _ timeoutSeconds: Int64)
        async throws -> HTTPClientResponse
    {
        let deadline = NIODeadline.now() + .seconds(timeoutSeconds)
        do { return try await client.execute(message, deadline: deadline) } catch {
            guard message.method == .GET, message.body == nil, Self.isClosedConnection(error) else { throw error }
            return try await client.execute(message, deadline: deadline)
        }
    }

    /// Whether the error means that the other side had closed the connection.
    private static func isClosedConnection(_ error: any Error) -> Bool {
        switch error {
        case let error as HTTPClientError: error == .remoteConnectionClosed
        case let error as IOError: [ECONNRESET, EPIPE, ENOTCONN].contains(error.errnoCode)
        case let error as ChannelError: error == .ioOnClosedChannel || error == .alreadyClosed || error == .eof
        default: false
        }
    }

    /// Sends the request and reads the whole answer, each within the time.
    package func collect(_ request: OutboundRequest, timeoutSeconds: Int64, limit: Int) async throws -> OutboundAnswer {
        let response = try await self.send(request, timeoutSeconds: timeoutSeconds)
        let body = try await response.body.collect(upTo: limit, timeoutSeconds: timeoutSeconds)
        return OutboundAnswer(status: response.status, headers: response.headers, body: Array(body.readableBytesView))
    }

    /// A client must be shut down before it goes away.
    deinit { self.pins.withLock { for pin in $0.values { pin.client.shutdown { _ in } } } }

    package func close() async {
        let clients = self.pins.withLock { pins in
            defer { pins = [:] }
            return pins.values.map(\.client)
        }
        for client in clients { try? await client.shutdown() }
    }

    // MARK: Addresses

    /// The host of an absolute http or https URL, as the client library reads it too.
    package static func host(of text: String) throws -> String {
        guard let url = URL(string: text), let scheme = url.scheme?.lowercased(), scheme == "http" || scheme == "https",
            let host = url.host, !host.isEmpty, url.user == nil, url.password == nil,
            // The client library traps on a port that is none.
            (1...65_535).contains(url.port ?? 80), text.utf8.allSatisfy({ $0 > 32 && $0 < 127 }),
            // Only IPv6 stands in brackets; Foundation also takes what RFC 3986 keeps for later.
            text[..<Self.endOfOrigin(text.utf8)].bytewise.contains("[") == host.bytewise.contains(":"),
            AddressRules.isHost(host)
        else { throw OutboundError.badURL }
        return host.lowercased()
    }

    /// Where the path, the query or the fragment begins.
    private static func endOfOrigin(_ url: String.UTF8View) -> String.Index {
        let slash = UInt8(ascii: "/")
        var authority = url.startIndex
        if let colon = url.firstIndex(of: UInt8(ascii: ":")) {
            authority = url.index(colon, offsetBy: 3, limitedBy: url.endIndex) ?? url.endIndex
        }
        return url[authority...].firstIndex { $0 == slash || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }
            ?? url.endIndex
    }

    /// Scheme, host and port, checked; origins that were checked before are remembered.
    private func origin(_ text: String) throws -> Origin {
        if let known = self.origins.withLock({ $0[text] }) { return known }
        let origin = Origin(text: text.lowercased(), host: try Self.host(of: text))
        self.origins.withLock { origins in
            if origins.count >= Self.hostLimit { origins = [:] }
            origins[text] = origin
        }
        return origin
    }

    private func client(for host: String) async throws -> HTTPClient {
        let now = self.clock.now()
        if let pin = self.pins.withLock({ $0[host] }), now.milliseconds(since: pin.checkedAt) < Self.pinSeconds * 1000 {
            return pin.client
        }
        let address = try await self.resolve(host)
        let (client, dropped) = self.pins.withLock { pins -> (HTTPClient, [HTTPClient]) in
            if let pin = pins[host], pin.address == address {
                pins[host] = Pin(client: pin.client, address: address, checkedAt: now)
                return (pin.client, [])
            }
            var dropped = [pins[host]?.client].compactMap { $0 }
            if pins.count >= Self.hostLimit, let oldest = pins.min(by: { $0.value.checkedAt < $1.value.checkedAt }) {
                pins[oldest.key] = nil
                dropped.append(oldest.value.client)
            }
            let client = self.makeClient(host: host, address: address)
            pins[host] = Pin(client: client, address: address, checkedAt: now)
            return (client, dropped)
        }
        // Calls under way on a dropped client end before it closes.
        for client in dropped {
            client.eventLoopGroup.next().scheduleTask(in: .minutes(10)) { client.shutdown { _ in } }
        }
        return client
    }

    private func makeClient(host: String, address: String) -> HTTPClient {
        var configuration = HTTPClient.Configuration()
        configuration.dnsOverride = [host: address]
        configuration.redirectConfiguration = .disallow
        configuration.decompression = .disabled
        configuration.httpVersion = .http1Only
        configuration.timeout = .init(connect: .seconds(10))
        // Nobody reads the spans, which take the URL apart for every request.
        configuration.tracing.tracer = nil
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = Self.connectionsPerHost
        configuration.connectionPool.idleTimeout = .seconds(55)
        // Whoever refuses a connection is told of at once, and not tried until the time is over.
        configuration.connectionPool.retryConnectionEstablishment = false
        let silence = TimeAmount.seconds(self.silenceSeconds)
        configuration.http1_1ConnectionDebugInitializer = { AnswerGuard.install(on: $0, silence: silence) }
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// The address to connect to: the first one, when all of the host's addresses are allowed.
    private func resolve(_ host: String) async throws -> String {
        let bare = AddressRules.withoutBrackets(host)
        let isAllowed = self.allowedHosts.contains(host) || self.allowedHosts.contains(bare)
        guard isAllowed || !AddressRules.isPrivateName(bare) else { throw OutboundError.forbiddenAddress }
        let addresses = try await NIOThreadPool.singleton.runIfActive { try Self.lookUp(bare) }
        guard let first = addresses.first, let text = first.ipAddress else { throw OutboundError.cannotResolve }
        guard isAllowed || addresses.allSatisfy(AddressRules.isPublic) else { throw OutboundError.forbiddenAddress }
        return text
    }

    private static func lookUp(_ host: String) throws -> [SocketAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, "0", &hints, &list) == 0 else { throw OutboundError.cannotResolve }
        defer { freeaddrinfo(list) }
        var addresses: [SocketAddress] = []
        var next = list
        while let entry = next?.pointee {
            if entry.ai_family == AF_INET {
                entry.ai_addr.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                    addresses.append(SocketAddress($0.pointee))
                }
            } else if entry.ai_family == AF_INET6 {
                entry.ai_addr.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                    addresses.append(SocketAddress($0.pointee))
                }
            }
            next = entry.ai_next
        }
        return addresses
    }
}

extension OutboundError {
    /// Turns the client library's errors into `OutboundError`, except cancellation.
    static func translate(_ error: any Error) -> any Error {
        switch error {
        case let error as HTTPClientError
        where [.deadlineExceeded, .connectTimeout, .readTimeout, .getConnectionFromPoolTimeout].contains(error):
            OutboundError.timeout
        case let error as HTTPClientError where error == .cancelled: CancellationError()
        case let error as HTTPClientError where error == .invalidURL || error == .emptyHost: OutboundError.badURL
        case is OutboundError, is CancellationError: error
        default: OutboundError.unreachable("the connection failed")
        }
    }
}
