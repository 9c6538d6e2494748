import Server
import Testing

@Suite("Operations")
struct OperationTests {
    /// The contract's operations that are there; later ones are added as they come.
    private static let market = """
        POST /api/v1/keys
        POST /api/v1/keys/validate
        POST /api/v1/services
        GET /api/v1/services
        GET /api/v1/services/{service_id}
        PATCH /api/v1/services/{service_id}
        DELETE /api/v1/services/{service_id}
        GET /api/v1/discover
        GET /api/v1/discover/categories
        GET /api/v1/discover/trending
        GET /api/v1/discover/recommendations/{agent_id}
        GET /api/v1/proxy/{service_id}/{path}
        POST /api/v1/proxy/{service_id}/{path}
        PUT /api/v1/proxy/{service_id}/{path}
        PATCH /api/v1/proxy/{service_id}/{path}
        DELETE /api/v1/proxy/{service_id}/{path}
        GET /api/v1/usage/me
        POST /api/v1/webhooks
        GET /api/v1/webhooks
        DELETE /api/v1/webhooks/{webhook_id}
        GET /health
        GET /
        """

    @Test("every operation of the contract's core is declared, and none twice")
    func declared() async throws {
        let lines = try await RouteList.lines()
        let wanted = Self.market.split(separator: "\n").map { "market\t\($0.replacing(" ", with: "\t"))" }
        #expect(Set(wanted).subtracting(lines) == [])
        #expect(Set(lines).count == lines.count)
    }
}
