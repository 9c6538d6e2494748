import HTTPTypes
import Hummingbird
import Kernel
import Platform
import Storage
import Web

/// A page that everybody reads, in the language that its path begins with.
struct ReadingPage: Sendable {
    let visitors: Visitors
    let layout: ForumLayout

    /// A page with what it says of itself.
    struct Shown: Sendable {
        let content: PageContent
        var facts = ForumLayout.Facts()
    }

    func endpoint(
        _ path: String,
        _ summary: String,
        _ language: Language,
        kept: @escaping @Sendable (Call) async throws -> PageCache.Place? = { _ in nil },
        _ show: @escaping @Sendable (Call, Visitor?) async throws -> Shown
    ) -> Endpoint {
        Endpoint.page(.get, "/\(language.rawValue)/forum\(path)", "\(summary) (\(language.title))") { call in
            let visitor = try await self.visitors.find(call.request)
            // Looked up before anything is read, so that no later change is missed.
            let place = visitor == nil ? try await kept(call) : nil
            if let page = place?.page { return page }
            do {
                let shown = try await show(call, visitor)
                let page = self.layout.page(shown.content, call, language, visitor, shown.facts)
                place?.keep(page)
                return page
            } catch let problem as Problem where problem.kind == .notFound || problem.kind == .gone {
                return self.missing(problem, call, language, visitor)
            }
        }
    }

    /// Nothing is there, or nothing any more.
    private func missing(_ problem: Problem, _ call: Call, _ language: Language, _ visitor: Visitor?) -> Response {
        let title = ForumWords.all.say(problem.kind == .gone ? "thread_gone" : "page_not_found", in: language)
        let values: [String: Any] = [
            "base": call.base(of: ForumContract.shared), "lang": language.rawValue, "title": title,
        ]
        var response = self.layout.page(
            PageContent(title, Self.template.render(values, in: language)),
            call,
            language,
            visitor,
            ForumLayout.Facts(isIndexed: false)
        )
        response.status = problem.kind == .gone ? .gone : .notFound
        return response
    }

    private static let template = Template(
        """
        <h1>{{title}}</h1><p><a href="{{base}}/{{lang}}/forum">[[all_threads]]</a></p>
        """,
        ForumWords.all
    )
}
