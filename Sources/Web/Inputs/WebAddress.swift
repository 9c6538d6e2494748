import Foundation
import Kernel
import Platform

extension InputReader {
    /// An absolute address of the web, in any script, as browsers send it.
    package mutating func webAddress(_ name: String, _ summary: String) -> String {
        self.body(name, .string, summary, .webAddress).inASCII
    }

    package mutating func optionalWebAddress(_ name: String, _ summary: String) -> String? {
        self.optionalBody(name, .string, summary, .webAddress)?.inASCII
    }

    /// Empty for no address.
    package mutating func optionalWebAddressOrNone(_ name: String, _ summary: String) -> String? {
        let address = Rule<String>.webAddress
        return self.optionalBody(
            name,
            .string,
            summary,
            Rule(address.rule, schema: ["anyOf": [["enum": ["", .null]], .object(address.schema)]]) {
                $0.isEmpty || address.holds($0)
            }
        )?.inASCII
    }
}

extension Rule where Value == String {
    fileprivate static var webAddress: Rule {
        Rule(
            FieldRule("web_address", ["limit": "2000"]),
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
