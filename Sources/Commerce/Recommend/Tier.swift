import Kernel
import Web

/// How closely a product meets the words of a question, the strictest first.
enum Tier: String, Wire, CaseIterable, Comparable {
    case rawSubstring = "raw_substring"
    case strict, narrow, fuzzy, broadened, none

    private var rank: Int { Self.allCases.firstIndex(of: self)! }

    static func < (left: Tier, right: Tier) -> Bool { left.rank < right.rank }
}

/// Text as it is compared letter by letter: without case, marks and punctuation.
struct NormalForm: Sendable {
    let scalars: [UInt32]

    init(_ text: String) {
        var scalars: [UInt32] = []
        for scalar in FoldedSentence(text, language: .en).plain {
            let isLetter = FoldedSentence.isWordPart(scalar) || scalar >= 0x2E80 && !(0x3000...0x303F).contains(scalar)
            if isLetter {
                scalars.append(scalar)
            } else if scalars.last != 32, !scalars.isEmpty {
                scalars.append(32)
            }
        }
        if scalars.last == 32 { scalars.removeLast() }
        self.scalars = scalars
    }

    /// Whether it stands in the other one; in scripts with spaces, as whole words.
    func occurs(in other: NormalForm) -> Bool {
        guard let first = self.scalars.first, let last = self.scalars.last, self.scalars.count <= other.scalars.count
        else {
            return false
        }
        for start in 0...(other.scalars.count - self.scalars.count)
        where other.scalars[start] == first && other.scalars[start...].starts(with: self.scalars) {
            let end = start + self.scalars.count
            let isBegun =
                start == 0 || !FoldedSentence.isWordPart(first) || !FoldedSentence.isWordPart(other.scalars[start - 1])
            let isEnded =
                end == other.scalars.count || !FoldedSentence.isWordPart(last)
                || !FoldedSentence.isWordPart(other.scalars[end])
            if isBegun, isEnded { return true }
        }
        return false
    }
}
