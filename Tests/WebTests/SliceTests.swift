import HTTPTypes
import Hummingbird
import Kernel
import Platform
import Server
import ServerTestKit
import ServiceLifecycle
import Storage
import TestKit
import Testing
import Web

/// A surface that nothing in `Sources` knows: loaves, which bakers bake and eaters read of.
private struct Bakery: Slice {
    static let name = "bakery"
    static let migrations = [
        Migration(
            "bakery/0001-loaves",
            .schema("CREATE TABLE bakery_loaf (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL)")
        )
    ]
    static let settings = [Setting("bakery_flour", "what is baked of")]
    static let webhooks = WebhookDialect(
        surface: "bakery",
        retryDelaysSeconds: [1],
        body: { event, _, _ in Array(event.payload.utf8) },
        headers: { _, _, _ in [] }
    )
    static let exposedHeaders = ["X-Loaves"]
    static let metrics = [loaves]
    static let loaves = Metric.counter("souk_bakery_loaves_total", "Loaves baked.")
    static let roles = [Role(name: "baker"), Role(name: "eater")]

    let surface: Surface
    let services: [any Service] = []
    let jobKinds: [JobKind] = []
    private let house: SurfaceDependencies

    init(_ house: SurfaceDependencies, _ settings: SettingValues) throws {
        self.house = house
        self.surface = Surface(
            BakeryContract(),
            endpoints: Self.endpoints(house),
            events: BakeryEvents.described
        )
    }

    /// Its operations, and what every surface gets by a declaration: webhooks, and pages.
    private static func endpoints(_ house: SurfaceDependencies) -> [Endpoint] {
        let loaves = Loaves(house: house)
        let webhooks = WebhookOperations<BakeryEvents>(
            house.subscriptions(
                Bakery.webhooks,
                .init(
                    limit: Problem(.conflict, "full"),
                    webhookNotFound: Problem(.notFound, "not_found"),
                    deliveryNotFound: Problem(.notFound, "not_found"),
                    privateAddress: Problem(.invalid, "webhook_url"),
                    replayRange: Problem(.invalid, "invalid")
                )
            )
        )
        let words = BakeryContract().words
        let page = ConsolePage(path: "/counter", summary: "Loaves", roles: [Bakery.roles[0]]) { request in
            PageContent(
                request.say("loaves"),
                Template("<h1>[[loaves]]</h1><p>{{count.loaves}}</p>", words),
                request,
                ["count": try await request.ask(loaves.listMine)]
            )
        }
        let console = Console(
            sessions: house.sessions,
            door: house.door,
            contract: BakeryContract(),
            style: .init(
                home: "/counter",
                menus: [.init([Bakery.roles[0]], [("loaves", "/counter")])],
                denial: { _ in Problem(.forbidden, "bakers") },
                formToken: Problem(.forbidden, "bakers")
            )
        )
        let pages = WebhookPages(webhooks, words: words, notFound: Problem(.notFound, "not_found")).pages
        return loaves.endpoints + webhooks.endpoints + console.endpoints([page] + pages)
    }

    /// The `Cookie` of a browser in which the owner of a key is signed in.
    func cookie(_ key: String) async throws -> String {
        let id = String(key.prefix { $0 != ":" })
        let credential = try await self.house.database.read {
            try $0.identities.find(credential: id, surface: "bakery")
        }
        let cookie = try await self.house.sessions.begin(Caller(try #require(credential)), surface: "bakery")
        return String(cookie.prefix { $0 != ";" })
    }

    func makeKey(role: Role, owner: String, rateLimit: Int?) async throws -> JSONValue {
        let secret = self.house.ids.bytes(16).hex
        try await self.house.database.write { tx in
            let identity = Identity(id: self.house.ids.next(), name: owner, createdAt: tx.now)
            try tx.identities.insert(identity)
            try tx.identities.insert(
                Credential(
                    id: owner,
                    surface: Self.name,
                    owner: identity,
                    role: role,
                    secretHash: CredentialCache.hash(secret),
                    rateLimit: rateLimit ?? 2,
                    walletAddress: nil,
                    createdAt: tx.now,
                    expiresAt: nil
                )
            )
        }
        return ["authorization": .string("\(owner):\(secret)")]
    }

    func seed(hostURL: String) async throws -> JSONValue? {
        try await self.house.database.write { try $0.execute("INSERT INTO bakery_loaf (name) VALUES ('demo')") }
        return ["host": .string(hostURL)]
    }

    func verify(in tx: Transaction) throws -> [String] {
        try tx.rows("SELECT name FROM bakery_loaf WHERE name = ''") {
            "a loaf without a name\(try $0.column(String.self))"
        }
    }
}

private enum BakeryEvents: WebhookCatalogue {
    static let described = [
        WebhookEvent("loaf.baked", "A loaf was baked", of: Loaves.Baked.self, named: "type")
    ]
}

private struct BakeryContract: SurfaceContract {
    let name = "bakery"
    let title = "Bakery"
    let version = "1"
    let summary = ""
    let words = Words(
        [
            .english:
                "problem.full = Full\nproblem.stranger = Who are you?\nproblem.bakers = For bakers\nloaves = Loaves",
            .japanese: "loaves = パン",
        ],
        over: HouseWords.all
    )

    func body(for problem: Problem) -> JSONValue { ["oven": .string(self.words.message(problem))] }

    func presentedKey(in headers: HTTPFields) throws(Problem) -> PresentedKey? {
        guard let (id, secret) = headers[.authorization]?.bytewise.dropping(prefix: "Bearer ")?.bytewise.cut(at: ":")
        else {
            return nil
        }
        return PresentedKey(id: String(id), secret: String(secret ?? ""))
    }

    func problem(for failure: AuthenticationFailure) -> Problem {
        failure == .limited ? Problem(.limited, "full") : Problem(.unauthenticated, "stranger")
    }
}

private struct Loaves: Sendable {
    let house: SurfaceDependencies

    var endpoints: [Endpoint] {
        [
            Endpoint(.get, "/api/v1/loaves", tag: "Loaves", self.list),
            Endpoint(.get, "/api/v1/loaves/mine", tag: "Loaves", self.listMine),
            Endpoint(.post, "/api/v1/loaves", tag: "Loaves", status: .created, self.bake),
        ]
    }

    struct Count: ExampleAnswer {
        let loaves: Int
        static let members = [Member<Self>("loaves", \.loaves, "How many there are")]
        static let example = Count(loaves: 3)
    }

    struct Baked: Answer {
        let name: String
        static let members = [Member<Self>("name", \.name, "The loaf")]
    }

    struct Dough: Input {
        let name: String
        init(_ read: inout InputReader) {
            self.name = read.body("name", .string, "Its name", .notBlank())
        }
    }

    var list: Operation<NoInput, Count> {
        Operation("List the loaves", access: .open) { _, _ in try await self.count() }
    }

    var listMine: Operation<NoInput, Count> {
        Operation("Count as a member", access: .anyKey) { _, _, _ in try await self.count() }
    }

    var bake: Operation<Dough, Count> {
        let bakers = Access<Caller>.key(roles: [Bakery.roles[0]], denial: Problem(.forbidden, "bakers"))
        return Operation("Bake", access: bakers, effect: .write) { dough, caller, call in
            let baker = caller.identity
            try await self.house.database.write { tx in
                try tx.execute("INSERT INTO bakery_loaf (name) VALUES (\(dough.name))")
                try tx.events.append(
                    Event(
                        surface: "bakery",
                        type: "loaf.baked",
                        subject: dough.name,
                        audience: [baker],
                        payload: Baked(name: dough.name).text,
                        trace: call.trace
                    )
                )
            }
            self.house.metrics.counter(Bakery.loaves, "kind", "rye").add()
            return try await self.count()
        }
    }

    private func count() async throws -> Count {
        Count(loaves: try await self.house.database.read { try $0.value("SELECT COUNT(*) FROM bakery_loaf") ?? 0 })
    }
}

@Suite("A surface that a test adds")
struct SliceTests {
    private func bakery(_ body: @escaping @Sendable (TestServer, TestClient, [String: String]) async throws -> Void)
        async throws
    {
        let server = try await TestServer(
            settings: [.corsOrigins: "*", .metricsKey: "the-metrics-key-of-the-tests"],
            sliceTypes: House.sliceTypes + [Bakery.self],
            systemIDs: true
        )
        var keys: [String: String] = [:]
        for role in Bakery.roles {
            let made = try await server.slice(Bakery.self).makeKey(role: role, owner: role.name, rateLimit: nil)
            keys[role.name] = made["authorization"]?.string
        }
        let made = keys
        try await server.test { client in try await body(server, client, made) }
    }

    @Test("it has its paths, its envelope, its roles and its limits")
    func speaks() async throws {
        try await self.bakery { _, client, keys in
            let path = "/bakery/api/v1/loaves"
            #expect(try await client.send(.get, path).json == ["loaves": 0])
            let stranger = try await client.send(.post, path, json: ["name": "Rye"])
            #expect(stranger.status == 401)
            #expect(stranger.json == ["oven": "Who are you?"])
            #expect(try await client.send(.post, path, key: keys["eater"], json: ["name": "Rye"]).status == 403)
            let baked = try await client.send(.post, path, key: keys["baker"], json: ["name": "Rye"])
            #expect(baked.status == 201)
            #expect(baked.json == ["loaves": 1])
            #expect(baked.header("RateLimit")?.hasPrefix("\"key\"") == true)
            #expect(try await client.send(.post, path, key: keys["baker"], json: [:]).status == 422)
            #expect(try await client.send(.get, "\(path)/mine", key: keys["baker"]).status == 429)
            #expect(try await client.send(.delete, path).status == 405)
            #expect(try await client.send(.get, "/market/api/v1/balance", key: keys["baker"]).status == 401)
        }
    }

    @Test("it is in the matrix of who may ask what, as every surface of the list is")
    func matrix() async throws {
        try await self.bakery { server, client, _ in
            let matrix = try await AccessMatrix(of: server, client)
            #expect(matrix.breaches == [])
            #expect(matrix.answers.contains("bakery POST /api/v1/loaves by eater: 403"))
            #expect(matrix.answers.contains("bakery POST /api/v1/webhooks by nobody: 401"))
            #expect(
                Set(matrix.answers.map { $0.prefix { $0 != " " } }) == [
                    "market", "affiliate", "commerce", "gateway", "forum", "bakery",
                ]
            )
        }
    }

    @Test("the house's documents, metrics, webhooks and checks know it")
    func isKnown() async throws {
        try await self.bakery { server, client, keys in
            _ = try await client.send(.post, "/bakery/api/v1/loaves", key: keys["baker"], json: ["name": "Rye"])
            let document = try await client.send(.get, "/openapi.json").json
            #expect(document["paths"]?["/bakery/api/v1/loaves"]?["post"] != nil)
            #expect(document["webhooks"]?["bakery.loaf.baked"] != nil)
            #expect(try await client.send(.get, "/bakery/openapi.json").json["paths"]?["/api/v1/loaves"] != nil)
            let metrics = try await client.send(
                .get,
                "/metrics",
                headers: ["Authorization": "Bearer the-metrics-key-of-the-tests"]
            ).body
            #expect(metrics.contains("# HELP souk_bakery_loaves_total Loaves baked."))
            #expect(metrics.contains("souk_bakery_loaves_total{kind=\"rye\"} 1"))
            let asked = try await client.send(.get, "/bakery/api/v1/loaves", headers: ["Origin": "https://a.example"])
            #expect(asked.header("Access-Control-Expose-Headers")?.contains("X-Loaves") == true)
            #expect(try await server.differences() == [])
            try await server.house.database.write { try $0.execute("INSERT INTO bakery_loaf (name) VALUES ('')") }
            #expect(try await server.differences() == ["a loaf without a name"])
        }
    }

    @Test("it has webhooks, pages in the visitor's language, and demo data by declarations")
    func blocks() async throws {
        try await self.bakery { server, client, keys in
            let (path, baker) = ("/bakery/api/v1/webhooks", keys["baker"] ?? "")
            let subscription: JSONValue = ["url": "https://1.1.1.1/hook", "events": ["loaf.baked"], "secret": "s"]
            #expect(try await client.send(.post, path, json: subscription).status == 401)
            #expect(try await client.send(.post, path, key: baker, json: subscription).status == 201)
            #expect(
                try await client.send(.get, path, key: baker).json["webhooks"]?.array?.first?["events"] == [
                    "loaf.baked"
                ]
            )

            let slice = server.slice(Bakery.self)
            #expect(try await slice.seed(hostURL: "http://127.0.0.1:1") == ["host": "http://127.0.0.1:1"])
            let asked = try await client.send(.get, "/bakery/counter")
            #expect(asked.header("Location") == "/bakery/sign-in?next=%2Fbakery%2Fcounter")
            let eater = try await slice.cookie(keys["eater"] ?? "")
            #expect(try await client.send(.get, "/bakery/counter", headers: ["Cookie": eater]).status == 403)
            // Whoever has a limit of its own left.
            let second = try await slice.makeKey(role: Bakery.roles[0], owner: "second", rateLimit: nil)
            let cookie = try await slice.cookie(second["authorization"]?.string ?? "")
            let headers = ["Cookie": cookie, "Accept-Language": "ja"]
            let page = try await client.send(.get, "/bakery/counter", headers: headers)
            #expect(page.body.contains("<h1>パン</h1><p>1</p>"))
            let webhooks = try await client.send(.get, "/bakery/account/webhooks", headers: headers)
            #expect(webhooks.body.contains("value=\"loaf.baked\""))
        }
    }
}
