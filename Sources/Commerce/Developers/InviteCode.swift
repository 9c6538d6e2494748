import Crypto
import Kernel

/// A code by which somebody may make keys: `INV-XXXX-XXXX-XXXX`, twelve of Crockford's signs (60 bits). Only its hash is kept.
enum InviteCode {
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    static func make(_ ids: IDGenerator) -> String {
        let signs = ids.bytes(12).map { self.alphabet[Int($0 & 31)] }
        let groups = stride(from: 0, to: 12, by: 4).map { String(decoding: signs[$0..<$0 + 4], as: UTF8.self) }
        return "INV-" + groups.joined(separator: "-")
    }

    /// Case, blanks and dashes do not matter, nor whether a sign was mistaken for a letter that looks alike.
    static func hash(_ text: String) -> [UInt8] {
        var signs: [UInt8] = []
        for byte in text.uppercased().utf8 {
            switch byte {
            case UInt8(ascii: "O"): signs.append(UInt8(ascii: "0"))
            case UInt8(ascii: "I"), UInt8(ascii: "L"): signs.append(UInt8(ascii: "1"))
            case UInt8(ascii: " "), UInt8(ascii: "-"), 9: break
            default: signs.append(byte)
            }
        }
        // The prefix reads `1NV` by then.
        if signs.starts(with: "1NV".utf8), signs.count == 15 { signs.removeFirst(3) }
        return Array(SHA256.hash(data: Array("commerce invite ".utf8) + signs))
    }
}
