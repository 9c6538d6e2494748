import HTTPTypes
package import Hummingbird
package import Kernel
package import Platform

/// How a browser's session on a surface begins and ends.
package struct SignIn: Sendable {
    private static let formLimit = 16 * 1024

    private let sessions: Sessions
    private let contract: any SurfaceContract
    /// The problem for a form that another site has sent.
    private let formToken: Problem

    package init(sessions: Sessions, contract: any SurfaceContract, formToken: Problem) {
        self.sessions = sessions
        self.contract = contract
        self.formToken = formToken
    }

    /// Not from a page of another site, which could sign a visitor in as somebody else.
    package func requireOwnSite(_ call: Call) throws {
        let site = call.request.headers[.init("Sec-Fetch-Site")!]
        guard site == nil || site == "same-origin" || site == "none" else { throw self.formToken }
        // Browsers that know no fetch metadata, and all of them over plain http, still say where a form comes from.
        guard let origin = call.request.headers[.origin] else { return }
        let host = origin.bytewise.split("/", maxSplits: 2).last.map(String.init)
        guard origin.bytewise.contains("://"), host == call.request.head.authority else { throw self.formToken }
    }

    /// Begins a session and sends the browser on; the redirect takes a key out of the address and the history.
    ///
    /// Throws the contract's problem for somebody whom the operator has suspended.
    package func begin(_ caller: Caller, goTo path: String) async throws -> Response {
        guard try await !self.sessions.isSuspended(caller, surface: self.contract.name) else {
            throw self.contract.problem(for: .suspended)
        }
        var response = Response.redirect(to: path, type: .normal)
        response.headers[.setCookie] = try await self.sessions.begin(caller, surface: self.contract.name)
        response.headers[.cacheControl] = "no-store"
        return response
    }

    package func signOut(_ call: Call, goTo path: String) async throws -> Response {
        let form = try await call.form(limit: Self.formLimit)
        guard let session = try await self.sessions.find(call.request, surface: self.contract.name) else {
            return .redirect(to: path, type: .normal)
        }
        guard form["form_token"] == session.formToken else { throw self.formToken }
        var response = Response.redirect(to: path, type: .normal)
        response.headers[.setCookie] = try await self.sessions.end(session)
        return response
    }

    package static func next(_ call: Call) -> String? {
        self.local(call.request.uri.fields["next"].map(String.init) ?? "")
    }

    /// A path of this server; nil for anything that a browser could take for another place.
    package static func local(_ path: String) -> String? {
        let isLocal =
            path.bytewise.starts(with: "/") && !path.bytewise.starts(with: "//")
            && path.utf8.allSatisfy { $0 > 32 && $0 < 127 && $0 != 92 }
        return isLocal ? path : nil
    }
}
