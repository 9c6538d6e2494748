import Foundation
import Kernel
package import NIOCore

/// Which addresses a user-supplied URL may reach: only public unicast ones.
package enum AddressRules {
    /// Of a resolved address, so that every spelling of a host has been folded into one before.
    package static func isPublic(_ address: SocketAddress) -> Bool {
        let bytes = self.bytes(of: address)
        return bytes.count == 4 ? self.isPublic(v4: bytes) : bytes.count == 16 && self.isPublic(v6: bytes)
    }

    /// Whether a name is only ever used inside somebody's network, so that it is refused before it is looked up.
    ///
    /// Names of one label are; so are the special names of RFC 6761, RFC 8375 and what clouds and clusters use.
    package static func isPrivateName(_ host: String) -> Bool {
        let name = host.lowercased().trimmingSuffix(".")
        if self.bytes(of: name) != nil { return host.bytewise.ends(with: ".") }
        // Numbers in other spellings (`0x7f.1`) are left to the resolver, which folds them into an address.
        guard let last = name.bytewise.split(".").last, let first = last.utf8.first, !self.isDigit(first) else {
            return false
        }
        return !name.bytewise.contains(".")
            || ["localhost", "local", "internal", "localdomain", "svc", "lan", "corp", "home", "arpa"].contains(
                String(last)
            )
    }

    /// Whether the text can be a host at all: an IPv6 address in brackets, a name of proper labels, or an IPv4 address in any of the
    /// spellings that resolvers take (`127.1`, `0x7f.1`).
    static func isHost(_ host: String) -> Bool {
        if host.bytewise.contains(":") {
            let bare = self.withoutBrackets(host)
            return !bare.bytewise.contains("%") && self.bytes(of: bare) != nil
        }
        let labels = host.trimmingSuffix(".").bytewise.split(".", keepsEmpty: true)
        let areProper = labels.allSatisfy { label in
            (1...63).contains(label.utf8.count) && label.utf8.first != UInt8(ascii: "-")
                && label.utf8.last != UInt8(ascii: "-")
                && label.utf8.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
        }
        guard areProper, let last = labels.last, host.utf8.count <= 253 else { return false }
        // No top-level name begins with a digit: it must be an address then.
        var address = in_addr()
        return !(last.utf8.first.map(self.isDigit) ?? false) || inet_aton(labels.joined(separator: "."), &address) == 1
    }

    /// An IPv6 address as it stands in a URL, without its brackets.
    static func withoutBrackets(_ host: String) -> String {
        guard let inner = host.bytewise.dropping(prefix: "[")?.bytewise.dropping(suffix: "]") else { return host }
        return String(inner)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    /// The four or sixteen bytes of an address in its usual spelling; an IPv4-mapped one is IPv4.
    package static func bytes(of text: String) -> [UInt8]? {
        guard let address = try? SocketAddress(ipAddress: text, port: 0) else { return nil }
        let bytes = self.bytes(of: address)
        return bytes.starts(with: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]) ? Array(bytes[12...]) : bytes
    }

    /// The key by which limits count: an IPv4 address, also a mapped one, or an IPv6 network of 64 bits, because one subscriber has all of
    /// it.
    package static func limitKey(_ address: String) -> String {
        guard address.utf8.contains(UInt8(ascii: ":")), let bytes = self.bytes(of: address) else { return address }
        return bytes.count == 4 ? bytes.map { "\($0)" }.joined(separator: ".") : "\(bytes.prefix(8).hex)::/64"
    }

    /// In network order; none for a Unix socket. The offsets are those of `sockaddr_in` and `sockaddr_in6`.
    private static func bytes(of address: SocketAddress) -> [UInt8] {
        address.withSockAddr { pointer, size in
            let raw = UnsafeRawBufferPointer(start: pointer, count: size)
            switch address {
            case .v4: return Array(raw[4..<8])
            case .v6: return Array(raw[8..<24])
            case .unixDomainSocket: return []
            }
        }
    }

    /// - Parameter bytes: four, in network order.
    package static func isPublic(v4 bytes: [UInt8]) -> Bool {
        switch (bytes[0], bytes[1], bytes[2]) {
        case (0, _, _), (10, _, _), (127, _, _): false
        case (100, 64...127, _): false  // carriers' address translation
        case (169, 254, _): false  // link-local, and the clouds' metadata
        case (172, 16...31, _), (192, 168, _): false
        case (192, 0, 0), (192, 0, 2), (198, 51, 100), (203, 0, 113): false  // protocol and documentation
        case (192, 88, 99): false  // 6to4 relays
        case (198, 18...19, _): false  // benchmarks
        case (224..., _, _): false  // multicast, reserved, broadcast
        default: true
        }
    }

    /// - Parameter bytes: sixteen, in network order.
    package static func isPublic(v6 bytes: [UInt8]) -> Bool {
        let zeros = { (range: Range<Int>) in bytes[range].allSatisfy { $0 == 0 } }
        // Addresses that carry an IPv4 address: what counts is the address inside.
        if zeros(0..<10), bytes[10] == 0xFF, bytes[11] == 0xFF { return self.isPublic(v4: Array(bytes[12...])) }
        if zeros(0..<12) { return false }  // unspecified, loopback, IPv4-compatible
        if zeros(0..<8), bytes[8] == 0xFF, bytes[9] == 0xFF { return false }  // IPv4-translated
        switch (bytes[0], bytes[1]) {
        case (0x00, 0x64):  // NAT64
            return bytes[2] == 0xFF && bytes[3] == 0x9B && zeros(4..<12) && self.isPublic(v4: Array(bytes[12...]))
        case (0x20, 0x02): return self.isPublic(v4: Array(bytes[2..<6]))  // 6to4
        case (0x20, 0x01) where bytes[2] == 0x0D && bytes[3] == 0xB8: return false  // documentation
        case (0x20, 0x01) where bytes[2] < 0x02: return false  // Teredo and other protocol assignments
        case (0x20...0x3F, _): return true
        default: return false  // unique local, link-local, multicast, and what is not assigned
        }
    }
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: String) -> String {
        self.bytewise.dropping(suffix: suffix).map(String.init) ?? self
    }
}
