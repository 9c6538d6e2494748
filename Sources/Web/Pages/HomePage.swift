package import Hummingbird

/// What this server is, and where to go from here.
package struct HomePage: Sendable {
    private let surfaces: [Surface]

    package init(surfaces: [Surface]) { self.surfaces = surfaces }

    package func response(to request: Request) -> Response {
        let language = Language.of(request, among: Language.allCases)
        let say = { (key: String) in HouseWords.all.say(key, in: language) }
        let cards: [Markup] = self.surfaces.map { surface in
            """
            <section class="card">
            <h2>\(surface.contract.words.say("surface_title", in: language))</h2>
            <p>\(surface.contract.words.say("summary", in: language))</p>
            <p><a href="/\(surface.name)/">\(say("open_it"))</a> · <a href="/\(surface.name)/docs">\(say("reference_documents"))</a> · <a href="/\(surface.name)/openapi.json">\(say("openapi_document"))</a></p>
            </section>
            """
        }
        return HTML.page(
            title: "Souk",
            body: """
                <h1>Souk</h1>
                <p>\(say("one_server"))</p>
                <div class="cards">\(cards)</div>
                <h2>\(say("for_operators"))</h2>
                <p><a href="/health">\(say("health"))</a> · <a href="/docs">\(say("all_references"))</a></p>
                """,
            language: language
        )
    }
}
