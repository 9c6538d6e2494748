import Foundation
package import Hummingbird
import Kernel
import Storage

/// A language of the pages.
package enum Language: String, Sendable, CaseIterable {
    case english = "en"
    case japanese = "ja"
    /// Simplified.
    case chinese = "zh"
    case vietnamese = "vi"

    /// In its own words.
    package var title: String {
        switch self {
        case .english: "English"
        case .japanese: "日本語"
        case .chinese: "简体中文"
        case .vietnamese: "Tiếng Việt"
        }
    }

    /// What stands between the thousands, and before the places of a number.
    var separators: (thousands: String, places: String) { self == .vietnamese ? (".", ",") : (",", ".") }

    /// Whether words and sentences are set apart by spaces.
    package var hasSpaces: Bool { self == .english || self == .vietnamese }

    /// As documents name it.
    package var tag: String { self == .chinese ? "zh-Hans" : self.rawValue }

    private static let cookieName = "souk_language"

    /// What the switch has set, else the account's setting, else what the browser prefers.
    package static func of(_ request: Request, among offered: [Language], setting: Language? = nil) -> Language {
        let chosen = request.cookies(named: self.cookieName).compactMap { Language(rawValue: $0) }
        if let language = chosen.first(where: offered.contains) { return language }
        if let setting, offered.contains(setting) { return setting }
        return self.preferred(request.headers[.acceptLanguage] ?? "", among: offered)
    }

    /// Of a client that is no browser: what it asks for, else English.
    package static func ofClient(_ request: Request) -> Language {
        guard let wanted = request.headers[.acceptLanguage] else { return .english }
        return self.preferred(wanted, among: [.english] + Language.allCases.filter { $0 != .english })
    }

    /// By the weights of `Accept-Language`; the first one offered when none is known.
    package static func preferred(_ header: String, among offered: [Language]) -> Language {
        let wanted = header.bytewise.split(",").enumerated().compactMap { index, part -> (Language, Double, Int)? in
            let pieces = part.lowercased().bytewise.list(";")
            guard let tag = pieces.first,
                let language = offered.first(where: {
                    tag == $0.rawValue || tag.bytewise.starts(with: "\($0.rawValue)-")
                })
            else { return nil }
            let weight = pieces.lazy.compactMap { $0.bytewise.dropping(prefix: "q=") }.first.flatMap { Double($0) } ?? 1
            return weight > 0 ? (language, weight, index) : nil
        }
        return wanted.max { ($0.1, -$0.2) < ($1.1, -$1.2) }?.0 ?? offered.first ?? .english
    }

    /// The `Set-Cookie` of the switch.
    package var cookie: String { PreferenceCookie.text(Self.cookieName, self.rawValue) }
}

extension Language: SQLConvertible {}
