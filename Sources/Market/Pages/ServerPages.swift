import Web

/// The operator sees which servers share the database, and what has left it for the archive.
struct ServerPages: Sendable {
    let routes: OperationsRoutes

    var pages: [ConsolePage] {
        [ConsolePage(path: "/operator/servers", summary: "Servers", roles: OperatorPages.roles, show: self.servers)]
    }

    private static let template = Template(
        PageParts.heading + """
            <section aria-labelledby="servers"><h2 id="servers">[[servers_of_the_last_minute]]</h2>
            {{^servers}}<p class="empty">[[no_server_has_shown_itself]]</p>{{/servers}}
            {{#hasServers}}<div class="scroll" tabindex="0" role="region" aria-label="[[servers]] ([[table]])"><table><caption>[[they_share_one_database]]</caption>
            <thead><tr><th scope="col">[[host]]</th><th scope="col" class="number">[[process]]</th><th scope="col">[[version]]</th><th scope="col">[[since_zone]]</th><th scope="col">[[last_seen_zone]]</th></tr></thead>
            <tbody>{{#servers}}<tr><th scope="row">{{host}}</th><td class="number">{{process}}</td><td>{{version}}</td><td class="whole">{{started_at}}</td><td class="whole">{{seen_at}}</td></tr>{{/servers}}</tbody></table></div>{{/hasServers}}</section>
            <section aria-labelledby="archive"><h2 id="archive">[[archive]]</h2>
            {{^files}}<p class="empty">[[nothing_is_archived]]</p>{{/files}}
            {{#hasFiles}}<div class="scroll" tabindex="0" role="region" aria-label="[[archive]] ([[table]])"><table><caption>[[newest_first_at_most_a_hundred]]</caption>
            <thead><tr><th scope="col">[[file]]</th><th scope="col" class="number">[[records]]</th><th scope="col" class="number">[[size_bytes]]</th><th scope="col">[[state]]</th></tr></thead>
            <tbody>{{#files}}<tr><th scope="row" class="id">{{file}}</th><td class="number">{{records}}</td><td class="number">{{bytes}}</td><td><span class="state state-{{state}}">{{state_text}}</span></td></tr>{{/files}}</tbody></table></div>{{/hasFiles}}</section>
            """,
        MarketWords.all
    )

    @Sendable private func servers(_ request: PageRequest) async throws -> PageContent {
        let list = try await request.ask(self.routes.servers)
        return PageContent(
            request.say("servers"),
            Self.template,
            request,
            [
                "servers": list.servers, "hasServers": !list.servers.isEmpty, "files": list.files,
                "hasFiles": !list.files.isEmpty,
            ]
        )
    }
}
