import Kernel
import Storage
import Web

/// A part of the forum.
struct Category: Sendable {
    let slug: String
    var order: Int
    var isOpen: Bool
    /// As the operator calls it; the words have the names of those that every forum begins with, as `category.kyoto`.
    var names: [Language: String] = [:]

    static let seeded = [
        "hokkaido", "tokyo", "kyoto", "osaka", "hiroshima", "fukuoka", "okinawa", "transport", "food", "stay", "esim",
        "etiquette", "general",
    ]

    func name(in language: Language) -> String {
        self.names[language] ?? self.names[.english] ?? ForumWords.all.find("category.\(self.slug)", in: language)
            ?? self.slug
    }
}

extension Category: RowDecodable {
    static let columns: StaticString = "slug, place, is_open, names"

    init(row: inout Row) throws {
        self.slug = try row.column()
        self.order = Int(try row.column(Int64.self))
        self.isOpen = try row.column()
        let names = try row.optional(String.self).flatMap { try? JSON.read(Array($0.utf8)).object } ?? [:]
        for language in Language.allCases { self.names[language] = names[language.rawValue]?.string }
    }

    var namesText: String {
        JSON.text(of: .object(Dictionary(uniqueKeysWithValues: self.names.map { ($0.rawValue, .string($1)) })))
    }
}

extension [Category] {
    /// Of a category that is still there, or that once was.
    func name(of slug: String, in language: Language) -> String {
        self.first { $0.slug == slug }?.name(in: language) ?? slug
    }
}
