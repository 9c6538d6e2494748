import NIOCore
import NIOSSL
import Synchronization

/// Where requests go: a host at an address that was checked.
final class Destination: Sendable {
    let address: SocketAddress
    /// For the `Host` field: with the port unless it is the scheme's own.
    let authority: String
    let tls: TLS?
    /// The host's, whatever the port.
    let slots: ConnectionSlots
    private let retired = Atomic(false)

    struct TLS: Sendable {
        let context: NIOSSLContext
        /// Nil for an address, which the certificate must then name.
        let serverName: String?
    }

    /// - Parameter address: with any port.
    init(address: SocketAddress, port: Int, authority: String, tls: TLS?, slots: ConnectionSlots) {
        var address = address
        address.port = port
        self.address = address
        self.authority = authority
        self.tls = tls
        self.slots = slots
    }

    /// Whether the host has another address now: connections are not kept any more.
    var isRetired: Bool { self.retired.load(ordering: .relaxed) }
    func retire() { self.retired.store(true, ordering: .relaxed) }
}

/// How many connections to one address of a host are open, on all event loops. Beyond the limit, requests wait, roughly in order.
final class ConnectionSlots: Sendable {
    private struct State {
        var open = 0
        var waiting: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    /// False when there are as many as there may be; then `wake` is called once there is room, to take again.
    func take(orWake wake: @escaping @Sendable () -> Void) -> Bool {
        self.state.withLock { state in
            guard state.open < self.limit else {
                state.waiting.append(wake)
                return false
            }
            state.open += 1
            return true
        }
    }

    func giveBack() {
        self.state.withLock { $0.open -= 1 }
        self.wakeNext()
    }

    /// Also for one who was woken and needs no connection any more.
    func wakeNext() {
        let wake = self.state.withLock { state in
            state.open < self.limit && !state.waiting.isEmpty ? state.waiting.removeFirst() : nil
        }
        wake?()
    }

    /// Whether a connection that is not used should make room.
    var areAwaited: Bool { self.state.withLock { !$0.waiting.isEmpty } }
}
