import Kernel

/// A JSON document with the members of its objects sorted by name and without blanks, its values as they were written.
///
/// Numbers and texts keep their spelling: whoever signs a document sorts it and signs the spelling of their own encoder.
package enum SortedJSON {
    /// Nil for what is not JSON.
    package static func text(_ bytes: [UInt8]) -> [UInt8]? {
        // The decoder checks the grammar; the scanner only has to find where values begin and end.
        guard (try? JSON.read(bytes)) != nil else { return nil }
        var scanner = Scanner(bytes: bytes)
        return scanner.value()
    }

    private struct Scanner {
        let bytes: [UInt8]
        var position = 0

        mutating func value() -> [UInt8] {
            switch self.next() {
            case UInt8(ascii: "{"): self.object()
            case UInt8(ascii: "["): self.array()
            case UInt8(ascii: "\""): self.string()
            default: self.word()
            }
        }

        /// The next byte that is not blank, which stays to be read; zero at the end.
        private mutating func next() -> UInt8 {
            while self.position < self.bytes.count, [32, 9, 10, 13].contains(self.bytes[self.position]) {
                self.position += 1
            }
            return self.position < self.bytes.count ? self.bytes[self.position] : 0
        }

        private mutating func object() -> [UInt8] {
            var members: [(name: [UInt8], value: [UInt8])] = []
            self.position += 1
            while self.next() == UInt8(ascii: "\"") {
                let name = self.string()
                _ = self.next()
                self.position += 1
                members.append((name, self.value()))
                if self.next() == UInt8(ascii: ",") { self.position += 1 }
            }
            self.position += 1
            members.sort { $0.name.lexicographicallyPrecedes($1.name) }
            return self.joined(members.map { $0.name + [UInt8(ascii: ":")] + $0.value }, "{", "}")
        }

        private mutating func array() -> [UInt8] {
            var values: [[UInt8]] = []
            self.position += 1
            while self.next() != UInt8(ascii: "]"), self.position < self.bytes.count {
                values.append(self.value())
                if self.next() == UInt8(ascii: ",") { self.position += 1 }
            }
            self.position += 1
            return self.joined(values, "[", "]")
        }

        private mutating func string() -> [UInt8] {
            let start = self.position
            self.position += 1
            while self.position < self.bytes.count, self.bytes[self.position] != UInt8(ascii: "\"") {
                self.position += self.bytes[self.position] == UInt8(ascii: "\\") ? 2 : 1
            }
            self.position += 1
            return Array(self.bytes[start..<min(self.position, self.bytes.count)])
        }

        private mutating func word() -> [UInt8] {
            let start = self.position
            while self.position < self.bytes.count, !Array(",]} \t\r\n".utf8).contains(self.bytes[self.position]) {
                self.position += 1
            }
            return Array(self.bytes[start..<self.position])
        }

        private func joined(_ parts: [[UInt8]], _ open: String, _ close: String) -> [UInt8] {
            Array(open.utf8) + parts.joined(separator: [UInt8(ascii: ",")]) + Array(close.utf8)
        }
    }
}
