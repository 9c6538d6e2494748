import HTTPTypes
import Kernel
import Platform
import Storage
import Web

/// Opens categories, names and orders them, and closes them.
struct CategoryRoutes: Sendable {
    let database: any Database

    var endpoints: [Endpoint] {
        [Endpoint(.put, "/api/forum/v1/operator/categories/{slug}", tag: OperatorRoutes.tag, self.put)]
    }

    struct PutInput: Input {
        let category: Category

        init(_ read: inout InputReader) {
            let slug = read.path(
                "slug",
                "By which it is named: a-z, 0-9 and hyphens, 2 to 40",
                schema: ["pattern": .string(Self.pattern)]
            )
            if !slug.isEmpty { read.require(Self.isSlug(slug), "slug", FieldRule("category_slug"), isParameter: true) }
            let order = read.body("order", .integer, "Its place in the list: the smallest first", .range(0...9999))
            let isOpen = read.body("open", .boolean, "Whether threads can be opened in it")
            var names: [Language: String] = [:]
            for language in Language.allCases {
                let name = "name_\(language.rawValue)"
                let summary = "What it is called (\(language.tag)); English where nothing is said"
                let text =
                    language == .english
                    ? read.body(name, .string, "What it is called", .notBlank(), .line(), .atMost(60))
                    : read.optionalBody(name, .string, summary, .line(), .atMost(60)) ?? ""
                if !text.trimmed.isEmpty { names[language] = text.trimmed }
            }
            self.category = Category(slug: slug, order: Int(order), isOpen: isOpen, names: names)
        }

        private static let pattern = "^[a-z0-9-]{2,40}$"

        private static func isSlug(_ text: String) -> Bool {
            (2...40).contains(text.utf8.count)
                && text.utf8.allSatisfy {
                    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || $0.isDigit || $0 == UInt8(ascii: "-")
                }
        }
    }

    var put: Operation<PutInput, CategoryList> {
        Operation("Open, name, order or close a category", access: .operator, effect: .write) { input, caller, call in
            try await self.database.write { tx in
                try tx.categories.put(input.category)
                try tx.audit.record(
                    actor: caller.credential,
                    action: "category.changed",
                    subject: input.category.slug,
                    detail:
                        "\(input.category.order), \(input.category.isOpen ? "open" : "closed"): \(input.category.namesText)",
                    trace: call.trace
                )
                return CategoryList(categories: try tx.categories.list())
            }
        }
    }
}
