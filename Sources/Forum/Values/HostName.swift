import Foundation
import Kernel

extension UInt8 {
    var isLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) }
    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}

/// Names of hosts in A-labels, without a dot at the end.
enum HostName {
    static func isName(_ text: String) -> Bool {
        let labels = text.bytewise.split(".", keepsEmpty: true)
        guard text.utf8.count <= 253, labels.count >= 2, labels.last?.utf8.contains(where: \.isLetter) ?? false else {
            return false
        }
        return labels.allSatisfy { label in
            (1...63).contains(label.utf8.count) && label.utf8.first != UInt8(ascii: "-")
                && label.utf8.last != UInt8(ascii: "-")
                && label.utf8.allSatisfy { $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "-") }
        }
    }

    /// Whether a host is the domain, or stands below it.
    static func isWithin(_ host: String, _ domain: String) -> Bool {
        host.bytewise.equals(domain) || host.bytewise.ends(with: ".\(domain)")
    }
}

/// Addresses that posts and agents may name.
enum HTTPSAddress {
    static let bytes = 2048

    /// Of an agent's own: without a fragment.
    static func isOwnAddress(_ text: String) -> Bool { self.isAddress(text) && !text.utf8.contains(UInt8(ascii: "#")) }

    static func isAddress(_ text: String) -> Bool {
        let odd = Array("\"<>\\^`{|}".utf8)
        guard text.utf8.count <= Self.bytes, text.utf8.allSatisfy({ $0 > 32 && $0 < 127 && !odd.contains($0) }),
            let parts = URLComponents(string: text), parts.scheme?.lowercased().bytewise.equals("https") ?? false,
            let host = parts.host, parts.user == nil, parts.password == nil, parts.port.map({ $0 < 65_536 }) ?? true
        else { return false }
        return HostName.isName(host) || Self.isNumeric(host)
    }

    private static func isNumeric(_ host: String) -> Bool {
        let isV6 = host.utf8.first == UInt8(ascii: "[")
        return isV6 || !host.isEmpty && host.utf8.allSatisfy { $0.isDigit || $0 == UInt8(ascii: ".") }
    }

    /// Nil for what is no address.
    static func host(of text: String) -> String? {
        // A dot at the end changes nothing.
        guard let host = URLComponents(string: text)?.host?.lowercased() else { return nil }
        return host.bytewise.dropping(suffix: ".").map(String.init) ?? host
    }
}

enum UUIDText {
    static func isUUID(_ text: String) -> Bool { text.utf8.count == 36 && UUID(uuidString: text) != nil }
}
