import Foundation
import Kernel
import TestKit
import Testing

@Suite("Writing JSON")
struct JSONWriterTests {
    @Test("as the library's encoder writes it, whatever the value")
    func sameAsEncoder() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var random = SeededGenerator(seed: 11)
        for _ in 0..<2000 {
            let value = Self.value(depth: 4, &random)
            let expected = String(decoding: try encoder.encode(value), as: UTF8.self)
            #expect(try JSON.text(value) == expected)
        }
    }

    @Test("a number that is not finite is null, and zero has its sign")
    func numbers() throws {
        #expect(
            try JSON.text([.number(.nan), .number(.infinity), .number(-0.0), .number(1.0)] as JSONValue)
                == "[null,null,-0,1]"
        )
        let encoder = JSONEncoder()
        #expect(try String(decoding: encoder.encode([-0.0, 1.0]), as: UTF8.self) == "[-0,1]")
    }

    static func value(depth: Int, _ random: inout SeededGenerator) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 6), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .integer(Int64.random(in: .min ... .max, using: &random))
        case 3: return .number(Double.random(in: -1e6...1e6, using: &random).rounded(.towardZero))
        case 4: return .number(Double(bitPattern: UInt64.random(in: 1..<0x7FE0_0000_0000_0000, using: &random)))
        case 5: return .string(self.text(&random))
        case 6: return .array((0..<3).map { _ in self.value(depth: depth - 1, &random) })
        default:
            let members = (0..<4).map { _ in (self.text(&random), self.value(depth: depth - 1, &random)) }
            return .object(Dictionary(members) { $1 })
        }
    }

    /// Control characters, quotes, other scripts, and characters beyond 16 bits.
    private static func text(_ random: inout SeededGenerator) -> String {
        let scalars = (0..<8).compactMap { _ in
            Unicode.Scalar(
                UInt32.random(in: 0..<[0x21, 0x80, 0x3000, 0x1_F600].randomElement(using: &random)!, using: &random)
            )
        }
        return scalars.reduce(into: "") { $0.unicodeScalars.append($1) }
    }
}
