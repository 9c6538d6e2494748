import Foundation
import Kernel

/// The codes of ISO 3166-2, from Debian's package `iso-codes`, which the set-up installs.
struct Subdivisions: Sendable {
    static let path = "/usr/share/iso-codes/json/iso_3166-2.json"

    private let names: [String: String]
    private let countries: Set<String>
    /// Whether only Japan's codes are known.
    let isPartial: Bool

    /// Countries and territories that have no subdivision: of them alone, the two letters are a code.
    private static let undivided: Set<String> = [
        "AI", "AQ", "AS", "AW", "AX", "BL", "BM", "BV", "CC", "CK", "CW", "CX", "EH", "FK", "FO", "GF", "GG", "GI",
        "GP",
        "GS", "GU", "HK", "HM", "IM", "IO", "JE", "KY", "MF", "MO", "MP", "MQ", "MS", "NC", "NF", "NU", "PF", "PM",
        "PN",
        "PR", "RE", "SJ", "SX", "TC", "TF", "TK", "VA", "VG", "VI", "YT",
    ]

    /// Without the file, what Japan has.
    init(path: String = Self.path) {
        let data = FileManager.default.contents(atPath: path).map { Array($0) } ?? []
        let entries = (try? JSON.read(data))?["3166-2"]?.array ?? []
        let read = entries.compactMap { entry -> (String, String)? in
            guard let code = entry["code"]?.string, let name = entry["name"]?.string else { return nil }
            return (code, name)
        }
        self.isPartial = read.isEmpty
        let known = read.isEmpty ? JapanBoxes.all.keys.map { ($0, $0) } : read
        self.names = Dictionary(known) { first, _ in first }
        self.countries = Set(self.names.keys.map { String($0.prefix(2)) })
    }

    /// - Parameter code: in capitals.
    func has(_ code: String) -> Bool { self.names[code] != nil || Self.undivided.contains(code) }

    func name(_ code: String) -> String { self.names[code] ?? code }

    /// Where it lies; nil where that is not known here.
    func boxes(_ code: String) -> [PlaceBox]? { JapanBoxes.all[code] }

    var count: Int { self.names.count }
}
