import HTTPTypes
import Kernel
import Platform
import Storage
import Web

/// The categories of programs, as the operator keeps them.
struct CategoryRoutes: Sendable {
    private static let tag = "Operator"

    let database: any Database

    var endpoints: [Endpoint] {
        [
            .affiliate(.post, "/api/v1/operator/categories", tag: Self.tag, status: .created, self.addCategory),
            .affiliate(.patch, "/api/v1/operator/categories/{category_id}", tag: Self.tag, self.changeCategory),
        ]
    }

    struct CategoryFields: Sendable {
        let name: String?
        let japaneseName: String?
        let description: String?
        let sortOrder: Int?

        /// - Parameter isNew: whether there is no name yet that could stay.
        init(_ read: inout InputReader, isNew: Bool) {
            let line = { (name: String) in
                [
                    Rule<String>.notBlank(), .line(),
                    .atMost(100),
                ]
            }
            self.name =
                isNew
                ? read.body("name", .string, "In English", rules: line("name"))
                : read.optionalBody("name", .string, "In English", rules: line("name"))
            self.japaneseName = read.optionalBody("name_ja", .string, "In Japanese", rules: line("name_ja"))
            self.description = read.optionalBody(
                "description",
                .string,
                "What belongs to it",
                .atMost(500)
            )
            self.sortOrder = read.optionalBody(
                "sort_order",
                .integer,
                "Low ones come first",
                .range(0...100_000)
            )
        }
    }

    struct NewCategory: Input {
        let slug: String
        let fields: CategoryFields

        init(_ read: inout InputReader) {
            self.slug = read.body(
                "slug",
                .string,
                "For addresses",
                Rule(FieldRule("slug"), schema: ["pattern": "^[a-z0-9-]{1,60}$"]) {
                    text in
                    (1...60).contains(text.utf8.count)
                        && text.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
                }
            )
            self.fields = CategoryFields(&read, isNew: true)
        }
    }

    struct ChangedCategory: Input {
        let id: CategoryID
        let fields: CategoryFields

        init(_ read: inout InputReader) {
            self.id = read.number("category_id", "Category ID")
            self.fields = CategoryFields(&read, isNew: false)
        }
    }

    var addCategory: Operation<NewCategory, CategoryOutput> {
        Operation("Add a category", access: .roles(.operators), effect: .write) { input, _, _ in
            let fields = input.fields
            return try await self.database.write { tx in
                let id = try mapping("affiliate_category_slug", to: AffiliateProblems.slugTaken) {
                    try tx.programs.insertCategory(
                        name: fields.name ?? "",
                        japaneseName: fields.japaneseName ?? fields.name ?? "",
                        slug: input.slug,
                        description: fields.description ?? "",
                        sortOrder: fields.sortOrder ?? 500
                    )
                }
                return CategoryOutput(category: try tx.programs.findCategory(id)!)
            }
        }
    }

    var changeCategory: Operation<ChangedCategory, CategoryOutput> {
        Operation("Change a category", access: .roles(.operators), effect: .write) { input, _, _ in
            try await self.database.write { tx in
                guard let category = try tx.programs.findCategory(input.id) else {
                    throw AffiliateProblems.categoryNotFound
                }
                try tx.programs.updateCategory(
                    input.id,
                    name: input.fields.name ?? category.name,
                    japaneseName: input.fields.japaneseName ?? category.japaneseName,
                    description: input.fields.description ?? category.description,
                    sortOrder: input.fields.sortOrder ?? category.sortOrder
                )
                return CategoryOutput(category: try tx.programs.findCategory(input.id) ?? category)
            }
        }
        .refusing(AffiliateProblems.categoryNotFound)
    }
}
