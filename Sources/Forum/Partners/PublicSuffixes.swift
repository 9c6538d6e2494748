import Foundation
import Kernel

/// The endings under which names of domains are registered, from Debian's package `publicsuffix`, which the set-up installs.
/// How the list is read: <https://github.com/publicsuffix/list/wiki/Format>. Its rules in Unicode are left out; those of A-labels are not in it.
struct PublicSuffixes: Sendable {
    static let shared = PublicSuffixes(path: "/usr/share/publicsuffix/public_suffix_list.dat")

    private let rules: Set<String>

    /// Without the file, a domain is one label below a top-level domain.
    init(path: String) {
        let data = FileManager.default.contents(atPath: path) ?? Data()
        self.init(String(decoding: data, as: UTF8.self))
    }

    init(_ text: String) {
        let lines = text.bytewise.split("\n").lazy.compactMap { $0.bytewise.split(" ").first }
        self.rules = Set(lines.filter { !$0.bytewise.starts(with: "//") }.map(String.init))
    }

    /// Whether somebody registers exactly this name: not an ending, and not a name below a registered one.
    func isRegistrable(_ domain: String) -> Bool {
        let labels = domain.bytewise.split(".").map(String.init)
        return labels.count == self.suffixLength(labels) + 1
    }

    private func hasRule(_ text: String) -> Bool { self.rules.contains(text) }

    /// In labels, by the longest rule that matches; exceptions come before all others.
    private func suffixLength(_ labels: [String]) -> Int {
        for start in labels.indices {
            let length = labels.count - start
            let name = labels[start...].joined(separator: ".")
            if self.hasRule("!\(name)") { return length - 1 }
            let parent = labels[(start + 1)...].joined(separator: ".")
            if self.hasRule(name) || !parent.isEmpty && self.hasRule("*.\(parent)") { return length }
        }
        return 1
    }
}
