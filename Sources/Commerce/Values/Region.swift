import Kernel

/// Where something is sold: ISO 3166-1 alpha-2. The contract's example `UK` is not of it; it and `GB` are one region.
struct Region: Hashable, Sendable {
    /// `GB` for both.
    let code: String
    /// As it was written, in capitals.
    let written: String

    /// Nil for anything but two letters.
    init?(_ text: String) {
        let letters = text.uppercased()
        guard letters.utf8.count == 2, letters.utf8.allSatisfy({ (65...90).contains($0) }) else { return nil }
        self.written = letters
        self.code = letters == "UK" ? "GB" : letters
    }

    static func == (left: Region, right: Region) -> Bool { left.code == right.code }
    func hash(into hasher: inout Hasher) { hasher.combine(self.code) }

    /// Both spellings of a region that has two.
    var spellings: [String] { self.code == "GB" ? ["UK", "GB"] : [self.code] }
}
