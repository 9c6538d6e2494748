import Kernel
import Platform
import Storage
import Web

/// Where the operator names the forum's categories.
struct CategoryPage: Sendable {
    private static let path = "/operator/categories"

    let routes: CategoryRoutes
    let database: any Database

    private static let template = ForumConsole.template(
        PageParts.heading
            + PageParts.table(
                "[[categories]]",
                of: "categories",
                empty: "",
                [
                    .init("[[name]]", "<a href=\"{{here}}?edit={{slug}}#edit\">{{name}}</a>", .heading),
                    .init("[[part_of_the_address]]", "{{slug}}"), .init("[[place_in_the_list]]", "{{order}}", .number),
                    .init("[[state]]", "<span class=\"state\">{{state_name}}</span>"),
                ]
            ) + """
                <h2 id="edit">{{form_title}}</h2><form method="post" action="{{here}}">{{{token}}}<div class="fields">
                \(PageParts.field("slug", "[[part_of_the_address]]", value: "{{edited.slug}}", "required pattern=\"[a-z0-9-]{2,40}\""))
                \(PageParts.field("order", "[[place_in_the_list]]", value: "{{edited.order}}", "required type=\"number\" min=\"0\" max=\"9999\""))
                """
            + Language.allCases.map { language in
                let rules = language == .english ? "required maxlength=\"60\"" : "maxlength=\"60\""
                return PageParts.field(
                    "name_\(language.rawValue)",
                    "[[name]] · \(language.title)",
                    value: "{{edited.name_\(language.rawValue)}}",
                    "\(rules) lang=\"\(language.tag)\""
                )
            }.joined() + """
                </div><p>\(PageParts.box("open", "[[threads_can_be_opened]]", checked: "edited.open"))</p><p><button>[[save]]</button></p></form>
                """
    )

    var page: ConsolePage {
        ConsolePage(
            path: Self.path,
            summary: "Categories",
            roles: [ForumRole.operator.role],
            show: { request in
                let categories = try await self.database.read { try $0.categories.list() }
                let edited = categories.first { $0.slug == request.query("edit") }
                let rows = categories.map { category -> [String: Any?] in
                    [
                        "here": request.base + Self.path, "slug": category.slug,
                        "name": category.name(in: request.language), "order": "\(category.order)",
                        "state_name": request.say(category.isOpen ? "thread_state.open" : "thread_state.closed"),
                    ]
                }
                let values: [String: Any?] = [
                    "categories": rows, "has_categories": true,
                    "edited": Self.values(of: edited, request, next: (categories.map(\.order).max() ?? 0) + 1),
                    "form_title": edited.map { $0.name(in: request.language) } ?? request.say("new_category"),
                ]
                return PageContent(request.say("categories"), Self.template, request, values)
            },
            forms: [
                ConsoleForm(path: Self.path, summary: "Open, name, order or close a category") { request in
                    try await request.submit(
                        self.routes.put,
                        [
                            "slug": .string(request.form["slug"].trimmed),
                            "order": Int64(request.form["order"].trimmed).map { .integer($0) } ?? .null,
                            "open": .bool(request.form["open"] == "true"),
                        ]
                    )
                    return .goTo("\(Self.path)?done=1")
                }
            ]
        )
    }

    /// What the form begins with: what was just sent, else the category that is edited.
    private static func values(of edited: Category?, _ request: PageRequest, next: Int) -> [String: Any] {
        func field(_ name: String, _ known: String) -> String {
            request.form[name].isEmpty ? known : request.form[name]
        }
        var values: [String: Any] = [
            "slug": field("slug", edited?.slug ?? ""), "order": field("order", "\(edited?.order ?? next)"),
        ]
        for language in Language.allCases {
            let name = "name_\(language.rawValue)"
            values[name] = field(name, edited?.name(in: language) ?? "")
        }
        if edited?.isOpen ?? true { values["open"] = true }
        return values
    }
}
