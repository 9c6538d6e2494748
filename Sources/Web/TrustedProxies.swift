import Kernel
import Platform

/// The networks whose forwarding headers are believed.
package struct TrustedProxies: Sendable {
    private let networks: [Network]

    private struct Network: Sendable {
        let bytes: [UInt8]
        let bits: Int
    }

    package struct Malformed: Error {
        package let text: String
    }

    /// - Parameter networks: `10.0.0.0/8`, `::1`, ….
    package init(_ networks: [String]) throws {
        self.networks = try networks.map { text in
            let (address, length) = text.bytewise.cut(at: "/")
            guard let bytes = AddressRules.bytes(of: String(address)),
                let bits = length.map({ Int($0) }) ?? bytes.count * 8,
                (0...bytes.count * 8).contains(bits)
            else { throw Malformed(text: text) }
            return Network(bytes: bytes, bits: bits)
        }
    }

    /// The nearest address that no trusted proxy stands at.
    ///
    /// - Parameter forwarded: the values of `X-Forwarded-For`; each proxy appends the address that it saw.
    func clientAddress(socket: String, forwarded: [String]) -> String {
        guard !self.networks.isEmpty, self.trusts(socket) else { return socket }
        let hops = forwarded.flatMap { $0.bytewise.list(",") }
        var client = socket
        for hop in hops.reversed() {
            guard let hop = Self.address(hop) else { break }
            client = hop
            if !self.trusts(hop) { break }
        }
        return client
    }

    /// An address as proxies write it: some add the port, and then brackets around IPv6.
    private static func address(_ text: String) -> String? {
        if AddressRules.bytes(of: text) != nil { return text }
        let bracketed = text.bytewise.dropping(prefix: "[").map { $0.bytewise.cut(at: "]").before }
        let inner = bracketed ?? text.bytewise.cut(at: ":").before
        return AddressRules.bytes(of: String(inner)) == nil ? nil : String(inner)
    }

    package func trusts(_ address: String) -> Bool {
        if self.networks.isEmpty { return false }
        guard let bytes = AddressRules.bytes(of: address) else { return false }
        return self.networks.contains { network in
            guard network.bytes.count == bytes.count else { return false }
            return (0..<network.bits).allSatisfy { bit in
                (bytes[bit / 8] ^ network.bytes[bit / 8]) & (0x80 >> UInt8(bit % 8)) == 0
            }
        }
    }
}
