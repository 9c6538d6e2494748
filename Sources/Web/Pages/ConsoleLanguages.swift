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
    func languageSwitch(call: Call, _ present: Language) -> Markup {
        let links: [Markup] = self.contract.languages.filter { $0 != present }.map { language in
            let next = call.request.method == .get ? call.request.uri.description : call.base(of: self.contract) + "/"
            let path = "\(call.base(of: self.contract))/language/\(language.rawValue)?next=\(HTML.percentEncode(next))"
            return "<a lang=\"\(language.tag)\" href=\"\(path)\">\(language.title)</a> "
        }
        return "\(links)"
    }

    /// What the switch of languages leads to.
    package var languageEndpoint: Endpoint {
        Endpoint.page(.get, "/language/{language}", "Switch the language") { call in
            let wanted = Language(rawValue: call.context.pathParameter("language"))
            guard let language = wanted, self.contract.languages.contains(language) else {
                throw Problem(.notFound, "no_such_language")
            }
            let next = call.request.uri.queryParameters["next"].flatMap { SignIn.local(String($0)) }
            var response = Response.redirect(to: next ?? "\(call.base(of: self.contract))/", type: .normal)
            response.headers[.setCookie] = language.cookie
            return response
        }
    }
}
