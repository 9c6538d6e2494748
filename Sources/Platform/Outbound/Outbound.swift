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
    /// Event streams keep theirs for long.
    package static let connectionsPerHost = 1024

    /// A host's address, for a while.
    private struct Pin: Sendable {
        let address: SocketAddress
        let checkedAt: Timestamp
        let slots: ConnectionSlots
        /// By scheme and port.
        var destinations: [Origin: Destination]
    }

    private struct Origin: Hashable, Sendable {
        let isTLS: Bool
        let host: String
        let port: Int

        var authority: String {
            let isBare = self.host.bytewise.contains(":") && !self.host.bytewise.starts(with: "[")
            let name = isBare ? "[\(self.host)]" : self.host
            return self.port == (self.isTLS ? 443 : 80) ? name : "\(name):\(self.port)"
        }
    }

    /// Connections are shared only by those who may reach the same hosts.
    private struct PinKey: Hashable {
        let host: String
        let reach: OutboundReach
    }

    private let pins = Mutex<[PinKey: Pin]>([:])
    private let origins = Mutex<[String: Origin]>([:])
    private let shares = ConnectionShares()
    private let allowedHosts: Set<String>
    private let clock: WallClock
    private let tls: ClientTLS
    private typealias Homes = [ObjectIdentifier: NIOLoopBoundBox<OutboundLoop>]
    private let homes: Homes

    /// - Parameters:
    ///   - allowedHosts: as written in URLs, that may be private addresses.
    ///   - trusting: roots of certificates beside the system's, in PEM.
    package init(
        allowedHosts: Set<String>,
        clock: WallClock,
        silenceSeconds: Int64 = Outbound.silenceSeconds,
        trusting roots: [UInt8]? = nil
    ) {
        self.allowedHosts = Set(allowedHosts.map { $0.lowercased() })
        self.clock = clock
        self.tls = ClientTLS(trusting: roots)
        let all = SharedHomes()
        self.homes = Dictionary(
            uniqueKeysWithValues: MultiThreadedEventLoopGroup.singleton.makeIterator().map { loop in
                let home = OutboundLoop(loop, silence: .seconds(silenceSeconds)) { slots in
                    for home in all.value.withLock({ $0.values.map(\.self) }) {
                        home.eventLoop.execute { home.value.closeIdle(of: slots) }
                    }
                }
                return (ObjectIdentifier(loop), .makeBoxSendingValue(home, eventLoop: loop))
            }
        )
        let homes = self.homes
        all.value.withLock { $0 = homes }
    }

    /// For what one event loop asks of the others.
    private final class SharedHomes: Sendable {
        let value = Mutex<Homes>([:])
    }

    /// Checks a URL as a user supplies it: its form, and that its host is not private now.
    ///
    /// Throws `badURL`, then `cannotResolve`, then `forbiddenAddress`. A name that cannot be resolved may become one that can:
    /// callers that only register a URL ignore `cannotResolve`; it is checked again when it is used.
    package func check(_ url: String, reach: OutboundReach = .allowed) async throws {
        _ = try await self.resolve(try Self.host(of: url), reach)
    }

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
        let call = try await self.begin(request, timeoutSeconds: timeoutSeconds, sharing: shares)
        return try await call.response(until: .distantFuture)!
    }

    /// Sends the request; its answer is waited for apart.
    ///
    /// Throws `OutboundError`; also `CancellationError`.
    ///
    /// - Parameters:
    ///   - timeoutSeconds: until the head of the answer.
    ///   - silenceSeconds: without data for so long, the answer counts as broken off.
    ///   - shares: whose connection it is; `tooManyConnections` when one of them has its share.
    package func begin(
        _ request: OutboundRequest,
        reach: OutboundReach = .allowed,
        timeoutSeconds: Int64,
        silenceSeconds: Int64? = nil,
        sharing shares: [OutboundShare] = []
    ) async throws -> OutboundCall {
        let url = request.url.utf8
        guard url.allSatisfy({ $0 > 32 && $0 < 127 }) else { throw OutboundError.badURL }
        let pathStart = Self.endOfOrigin(url)
        let origin = try self.origin(String(request.url[..<pathStart]))
        let lease = shares.isEmpty ? nil : self.shares.take(origin.host, shares)
        guard shares.isEmpty || lease != nil else { throw OutboundError.tooManyConnections }
        let exchange = Exchange(
            request,
            uri: Self.uri(request.url[pathStart...]),
            to: try await self.destination(of: origin, reach),
            deadline: .now() + .seconds(timeoutSeconds),
            // A connection that was kept open may have been closed meanwhile: a request that changes nothing is sent again.
            canRepeat: ["GET", "HEAD"].contains(request.method) && request.body == nil,
            silence: silenceSeconds.map { .seconds($0) },
            lease: lease
        )
        let call = OutboundCall(exchange)
        let home = self.home()
        if home.eventLoop.inEventLoop {
            home.value.begin(exchange)
        } else {
            home.eventLoop.execute { home.value.begin(exchange) }
        }
        return call
    }

    /// The event loop that the task runs on, if it runs on one.
    private func home() -> NIOLoopBoundBox<OutboundLoop> {
        let current = MultiThreadedEventLoopGroup.currentEventLoop ?? MultiThreadedEventLoopGroup.singleton.any()
        return self.homes[ObjectIdentifier(current)] ?? self.homes.values.first!
    }

    /// What a request line names: path and query, without the fragment.
    private static func uri(_ rest: Substring) -> String {
        let path = rest.bytewise.cut(at: "#").before
        return path.utf8.first == UInt8(ascii: "/") ? String(path) : "/\(path)"
    }

    /// Sends the request and reads the whole answer, each within the time.
    package func collect(_ request: OutboundRequest, timeoutSeconds: Int64, limit: Int) async throws -> OutboundAnswer {
        let response = try await self.send(request, timeoutSeconds: timeoutSeconds)
        let body = try await response.body.collect(upTo: limit, timeoutSeconds: timeoutSeconds)
        return OutboundAnswer(status: response.status, headers: response.headers, body: Array(body.readableBytesView))
    }

    deinit { for home in self.homes.values { home.eventLoop.execute { home.value.closeAll() } } }

    package func close() async {
        for home in self.homes.values { try? await home.eventLoop.submit { home.value.closeAll() }.get() }
    }

    // MARK: Addresses

    /// The host of an absolute http or https URL.
    package static func host(of text: String) throws -> String {
        guard let url = URL(string: text), let scheme = url.scheme?.lowercased(), scheme == "http" || scheme == "https",
            let host = url.host, !host.isEmpty, url.user == nil, url.password == nil,
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
        let host = try Self.host(of: text)
        guard let url = URL(string: text) else { throw OutboundError.badURL }
        let isTLS = url.scheme?.lowercased() == "https"
        let origin = Origin(isTLS: isTLS, host: host, port: url.port ?? (isTLS ? 443 : 80))
        self.origins.withLock { origins in
            if origins.count >= Self.hostLimit { origins = [:] }
            origins[text] = origin
        }
        return origin
    }

    private func destination(of origin: Origin, _ reach: OutboundReach) async throws -> Destination {
        let now = self.clock.now()
        let key = PinKey(host: origin.host, reach: reach)
        let known = self.pins.withLock { pins -> Destination? in
            guard let pin = pins[key], now.milliseconds(since: pin.checkedAt) < Self.pinSeconds * 1000 else {
                return nil
            }
            return pin.destinations[origin]
        }
        if let known { return known }
        let address = try await self.resolve(origin.host, reach)
        let tls = origin.isTLS ? try await self.tls.destination(origin.host) : nil
        return self.pins.withLock { pins in
            var pin = pins[key]
            if let old = pin, old.address != address {
                for destination in old.destinations.values { destination.retire() }
                pin = nil
            }
            if pin == nil, pins.count >= Self.hostLimit,
                let oldest = pins.min(by: { $0.value.checkedAt < $1.value.checkedAt })
            {
                for destination in oldest.value.destinations.values { destination.retire() }
                pins[oldest.key] = nil
            }
            let slots = pin?.slots ?? ConnectionSlots(limit: Self.connectionsPerHost)
            var destinations = pin?.destinations ?? [:]
            let destination =
                destinations[origin]
                ?? Destination(address: address, port: origin.port, authority: origin.authority, tls: tls, slots: slots)
            destinations[origin] = destination
            pins[key] = Pin(address: address, checkedAt: now, slots: slots, destinations: destinations)
            return destination
        }
    }

    /// The address to connect to: the first one, when all of the host's addresses are allowed.
    private func resolve(_ host: String, _ reach: OutboundReach) async throws -> SocketAddress {
        let bare = AddressRules.withoutBrackets(host)
        let isAllowed =
            switch reach {
            case .allowed: self.allowedHosts.contains(host) || self.allowedHosts.contains(bare)
            case .everywhere: true
            case .publicOnly: false
            }
        guard isAllowed || !AddressRules.isPrivateName(bare) else { throw OutboundError.forbiddenAddress }
        let addresses = try await NIOThreadPool.singleton.runIfActive { try Self.lookUp(bare) }
        guard let first = addresses.first else { throw OutboundError.cannotResolve }
        guard isAllowed || addresses.allSatisfy(AddressRules.isPublic) else { throw OutboundError.forbiddenAddress }
        return first
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
