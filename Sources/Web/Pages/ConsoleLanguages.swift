import Hummingbird
import Kernel
import Platform

/// Which language a console speaks, and how a visitor switches it.
extension Console {
    package func language(of call: Call) -> Language { Language.of(call.request, among: self.contract.languages) }

    /// The language of somebody who is signed in.
    func language(of call: Call, _ caller: Caller) async throws -> Language {
        let setting = try await self.style.setting(caller)
        return Language.of(call.request, among: self.contract.languages, setting: setting)
    }

    func request(_ call: Call, _ session: Sessions.Session) async throws -> PageRequest {
        PageRequest(
            call: call.made(in: session.tokenHash),
            session: session,
            base: call.base(of: self.contract),
            console: self,
            language: try await self.language(of: call, session.caller)
        )
    }

    /// A request for a page that the console does not lead to.
    package func request(_ call: Call, as session: Sessions.Session) async throws -> PageRequest {
        try await self.request(call, session)
    }

    /// To the same page in each other language; nothing where there is one alone.
    func languageSwitch(call: Call, _ present: Language, _ next: String) -> Markup {
        let links: [Markup] = self.contract.languages.filter { $0 != present }.map { language in
            let path = "\(call.base(of: self.contract))/language/\(language.rawValue)?\(next)"
            return "<a lang=\"\(language.tag)\" href=\"\(path)\">\(language.title)</a> "
        }
        return "\(links)"
    }

    /// The page itself, or the start after a form.
    func here(after call: Call) -> String {
        call.request.method == .get ? call.request.uri.description : call.base(of: self.contract) + "/"
    }

    /// Back to the page that a switch was on, with what it has set.
    func back(_ call: Call, setting cookie: String) -> Response {
        var response = Response.redirect(to: SignIn.next(call) ?? "\(call.base(of: self.contract))/", type: .normal)
        response.headers[.setCookie] = cookie
        return response
    }

    /// What the switch of languages leads to.
    package var languageEndpoint: Endpoint {
        Endpoint.page(.get, "/language/{language}", "Switch the language") { call in
            let wanted = Language(rawValue: call.context.pathParameter("language"))
            guard let language = wanted, self.contract.languages.contains(language) else {
                throw Problem(.notFound, "no_such_language")
            }
            return self.back(call, setting: language.cookie)
        }
    }
}
