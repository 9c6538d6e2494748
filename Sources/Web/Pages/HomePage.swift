package import Hummingbird

/// What this server is, and where to go from here.
package struct HomePage: Sendable {
    private let surfaces: [Surface]

    package init(surfaces: [Surface]) { self.surfaces = surfaces }

    package var response: Response {
        let cards: [Markup] = self.surfaces.map { surface in
            """
            <section class="card">
            <h2>\(surface.contract.title)</h2>
            <p>\(surface.contract.summary)</p>
            <p><a href="/\(surface.name)/">Open</a> · <a href="/\(surface.name)/docs">Reference</a> · <a href="/\(surface.name)/openapi.json">OpenAPI document</a></p>
            </section>
            """
        }
        return HTML.page(
            title: "Souk",
            body: """
                <h1>Souk</h1>
                <p>One server for agent commerce: every surface stands on one ledger, one identity and one event log.</p>
                <div class="cards">\(cards)</div>
                <h2>For operators</h2>
                <p><a href="/health">Health</a> · <a href="/metrics">Metrics</a> · <a href="/docs">All references</a></p>
                """
        )
    }
}
