import Foundation
import Kernel
import Web

/// The codes of ISO 3166-2, from Debian's package `iso-codes`, which the set-up installs.
struct Subdivisions: Sendable {
    static let folder = "/usr/share/iso-codes/json"

    private let names: [String: String]
    private let translations: [Language: [MessageCatalog]]
    /// Whether only Japan's codes are known.
    let isPartial: Bool

    /// Countries and territories that have no subdivision: of them alone, the two letters are a code.
    private static let undivided: Set<String> = [
        "AI", "AQ", "AS", "AW", "AX", "BL", "BM", "BV", "CC", "CK", "CW", "CX", "EH", "FK", "FO", "GF", "GG", "GI",
        "GP", "GS", "GU", "HK", "HM", "IM", "IO", "JE", "KY", "MF", "MO", "MP", "MQ", "MS", "NC", "NF", "NU", "PF",
        "PM", "PN", "PR", "RE", "SJ", "SX", "TC", "TF", "TK", "VA", "VG", "VI", "YT",
    ]

    /// Without the folder, what Japan has.
    init(folder: String = Self.folder) {
        let parts = Self.read("\(folder)/iso_3166-2.json", "3166-2", code: "code")
        let countries = Self.read("\(folder)/iso_3166-1.json", "3166-1", code: "alpha_2")
        self.isPartial = parts.isEmpty
        let known = parts.isEmpty ? JapanBoxes.all.keys.map { ($0, $0) } : parts
        let undivided = Self.undivided.map { ($0, $0) }
        self.names = Dictionary(known + countries.filter { Self.undivided.contains($0.0) } + undivided) { first, _ in
            first
        }
        self.translations = Dictionary(
            uniqueKeysWithValues: Language.allCases.map { ($0, Self.catalogs(in: $0)) }
        )
    }

    private static func read(_ path: String, _ list: String, code: String) -> [(String, String)] {
        let data = FileManager.default.contents(atPath: path).map { Array($0) } ?? []
        return ((try? JSON.read(data))?[list]?.array ?? []).compactMap { entry in
            guard let code = entry[code]?.string, let name = entry["name"]?.string else { return nil }
            return (code, name)
        }
    }

    /// English is what they translate from.
    private static func catalogs(in language: Language) -> [MessageCatalog] {
        let locale = language == .chinese ? "zh_CN" : language.rawValue
        return ["iso_3166-2", "iso_3166-1"].map {
            MessageCatalog(path: "/usr/share/locale/\(locale)/LC_MESSAGES/\($0).mo")
        }
    }

    /// - Parameter code: in capitals.
    func has(_ code: String) -> Bool { self.names[code] != nil }

    /// In English where nobody has translated it.
    func name(_ code: String, in language: Language) -> String {
        guard let name = self.names[code] else { return code }
        return self.translations[language]?.lazy.compactMap { $0[name] }.first ?? name
    }

    /// What people may call it, in every language.
    func allNames(_ code: String) -> [String] {
        Language.allCases.map { self.name(code, in: $0) }.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    /// Where it lies: Japan's prefectures by themselves, others by their country. Nil where that is not known here.
    func boxes(_ code: String) -> [PlaceBox]? { JapanBoxes.all[code] ?? CountryBoxes.all[String(code.prefix(2))] }

    /// Of all codes.
    var count: Int { self.names.count }
}
