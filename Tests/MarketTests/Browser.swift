import HTTPTypes
import ServerTestKit
import TestKit

/// Sends what a browser sends, and keeps its session.
struct Browser: Sendable {
    let client: TestClient
    var cookie = ""

    func get(_ path: String) async throws -> TestClient.Answer {
        try await self.client.send(.get, path, headers: ["Cookie": self.cookie])
    }

    func post(_ path: String, _ form: String, headers: [String: String] = [:]) async throws -> TestClient.Answer {
        let standard = ["Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"]
        return try await self.client.send(.post, path, headers: standard.merging(headers) { $1 }, body: form)
    }

    /// Signed in with the key.
    static func signedIn(_ client: TestClient, _ key: String) async throws -> Browser {
        var browser = Browser(client: client)
        browser.cookie = self.cookie(
            try await browser.post("/market/sign-in", "key=\(key.replacing(":", with: "%3A"))")
        )
        return browser
    }

    /// A form with the token of the session's own pages, confirmed where it asks once more.
    func submit(_ path: String, _ form: String) async throws -> TestClient.Answer {
        let body = "form_token=\(try await self.token())&\(form)"
        let answer = try await self.post(path, body)
        guard let confirmation = answer.confirmation else { return answer }
        return try await self.post(path, "\(body)&confirmed=\(confirmation)")
    }

    func token() async throws -> String {
        let page = try await self.get("/market/account").body
        return page.split(separator: "name=\"form_token\" value=\"").dropFirst().first.map {
            String($0.prefix { $0 != "\"" })
        }
            ?? ""
    }

    /// The `name=value` of the answer's cookie.
    static func cookie(_ answer: TestClient.Answer) -> String {
        String(answer.header("Set-Cookie")?.prefix { $0 != ";" } ?? "")
    }
}
