import Hummingbird
import Testing
import Web

@Suite("Finding handlers")
struct RouteTableTests {
    private static let table: RouteTable = {
        var table = RouteTable()
        let paths = [
            "/", "/services", "/services/{id}", "/services/new", "/services/{service}/calls", "/proxy/{id}",
            "/proxy/{id}/**", "/services/new/{x}/end",
        ]
        for path in paths { table.get(path) { _, _ in Response(status: .ok) } }
        table.on(.post, "/services") { _, _ in Response(status: .created) }
        return table
    }()

    @Test(
        "a written segment goes before a parameter, and a parameter before the rest",
        arguments: [
            ("/", "/", [:]), ("", "/", [:]), ("/services", "/services", [:]), ("/services?q=/new", "/services", [:]),
            ("/services/new", "/services/new", [:]), ("/services/7", "/services/{id}", ["id": "7"]),
            ("/services/new/calls", "/services/{service}/calls", ["service": "new"]),
            ("/services/n%65w", "/services/{id}", ["id": "n%65w"]), ("/proxy/a", "/proxy/{id}", ["id": "a"]),
            ("/proxy/a/b/c", "/proxy/{id}/**", ["id": "a"]), ("//services//7/", "/services/{id}", ["id": "7"]),
            ("/services/new/1/end", "/services/new/{x}/end", ["x": "1"]),
        ]
    )
    func finds(target: String, path: String, parameters: [String: String]) {
        let match = Self.table.find(.get, target)
        #expect(match?.path == path)
        #expect(match.map { Dictionary(uniqueKeysWithValues: $0.parameters.map { ($0.name, $0.value) }) } == parameters)
    }

    @Test("what is not there is not found", arguments: ["/service", "/services/7/x", "/services/new/1", "/Services"])
    func nothing(target: String) { #expect(Self.table.find(.get, target)?.path == nil) }

    @Test("the method counts, and HEAD asks for what GET answers")
    func methods() {
        #expect(Self.table.find(.post, "/services")?.path != nil)
        #expect(Self.table.find(.post, "/services/7")?.path == nil)
        #expect(Self.table.find(.head, "/services/7")?.path != nil)
        #expect(Self.table.find(.delete, "/services")?.path == nil)
    }
}
