import Foundation
import Kernel
import Platform
import Web

extension Rule where Value == String {
    /// An absolute address of the web, in any script.
    static func webAddress(_ name: String) -> Rule {
        Rule(
            "\(name) must be an http or https URL of at most 2000 characters",
            schema: ["pattern": "^https?://", "format": "uri", "maxLength": 2000]
        ) { text in
            let address = text.inASCII
            return address.utf8.count <= 2000 && address.utf8.allSatisfy { ![0x22, 0x3C, 0x3E].contains($0) }
                && (try? Outbound.host(of: address)) != nil
        }
    }
}

extension String {
    /// An address as browsers send it: its host as Punycode, and other scripts in the rest as percent-encoded bytes.
    var inASCII: String {
        if self.utf8.allSatisfy({ $0 < 0x80 }) { return self }
        return URL(string: self)?.absoluteString ?? self
    }
}
