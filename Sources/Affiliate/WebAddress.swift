import Foundation
import Kernel
import Platform
import Web

extension InputReader {
    /// An absolute address of the web, in any script, as browsers send it.
    mutating func webAddress(_ name: String, _ summary: String) -> String {
        self.body(name, .string, summary, .webAddress(name)).inASCII
    }

    mutating func optionalWebAddress(_ name: String, _ summary: String) -> String? {
        self.optionalBody(name, .string, summary, .webAddress(name))?.inASCII
    }

    /// Empty for no address.
    mutating func optionalWebAddressOrNone(_ name: String, _ summary: String) -> String? {
        let address = Rule<String>.webAddress(name)
        return self.optionalBody(
            name,
            .string,
            summary,
            Rule(address.message, schema: ["anyOf": [["enum": ["", .null]], .object(address.schema)]]) {
                $0.isEmpty || address.holds($0)
            }
        )?.inASCII
    }
}

extension Rule where Value == String {
    fileprivate static func webAddress(_ name: String) -> Rule {
        Rule(
            "\(name) must be an http or https URL of at most 2000 characters",
            schema: ["pattern": "^https?://", "format": "iri", "maxLength": 2000]
        ) { text in
            let address = text.inASCII
            return address.utf8.count <= 2000 && address.utf8.allSatisfy { ![0x22, 0x3C, 0x3E].contains($0) }
                && (try? Outbound.host(of: address)) != nil
        }
    }
}

extension String {
    /// An address with its host as Punycode, and other scripts in the rest as percent-encoded bytes.
    fileprivate var inASCII: String {
        if self.utf8.allSatisfy({ $0 < 0x80 }) { return self }
        return URL(string: self)?.absoluteString ?? self
    }
}
