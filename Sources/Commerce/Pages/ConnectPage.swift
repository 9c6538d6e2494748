import HTTPTypes
import Hummingbird
import Kernel
import NIOCore
import Web

/// How hosts of agents are connected: what is to be copied, with the visitor's key put in by the browser alone.
struct ConnectPage: Sendable {
    let publicURL: String
    let console: Console

    var endpoints: [Endpoint] {
        [
            Endpoint.page(.get, "/connect", "Connect an agent") { call in
                var response = try await self.console.respond(to: call, self.show)
                // The script is this server's own, and speaks to nobody.
                response.headers[.contentSecurityPolicy] = """
                    default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; form-action 'self'; \
                    base-uri 'none'; frame-ancestors 'none'
                    """
                return response
            },
            Endpoint.page(.get, "/connect.js", "The script of the page to connect an agent") { _ in
                Response(
                    status: .ok,
                    headers: [.contentType: "text/javascript; charset=utf-8", .cacheControl: "public, max-age=3600"],
                    body: ResponseBody(byteBuffer: ByteBuffer(string: Self.script))
                )
            },
        ]
    }

    /// The key stays in the browser: it is kept in its storage and put into the snippets.
    private static let script = """
        (function () {
          var field = document.getElementById("key"), name = "souk_commerce_key";
          var blocks = Array.prototype.map.call(document.querySelectorAll("pre code"), function (code) {
            return {code: code, text: code.textContent};
          });
          function show() {
            blocks.forEach(function (block) {
              block.code.textContent = field.value ? block.text.split("$SOUK_KEY").join(field.value) : block.text;
            });
          }
          field.form.addEventListener("submit", function (event) { event.preventDefault(); });
          field.addEventListener("input", function () {
            try { localStorage.setItem(name, field.value); } catch (error) {}
            show();
          });
          try { field.value = localStorage.getItem(name) || ""; } catch (error) {}
          field.closest("section").hidden = false;
          show();
        })();

        """

    private static let template = CommerceConsole.template(
        """
        <h1>[[connect]]</h1><p>[[connect_intro]]</p>
        <section hidden aria-labelledby="your-key"><h2 id="your-key">[[your_key]]</h2><form><p><label for="key">[[your_key_stays_in_this_browser]]</label><br><input id="key" type="password" autocomplete="off" spellcheck="false" placeholder="MA2A.…"></p></form></section>
        <h2>curl</h2><pre tabindex="0"><code>{{curl}}</code></pre>
        <h2>Python</h2><pre tabindex="0"><code>{{python}}</code></pre>
        <h2>[[skill]]</h2><p>[[skill_intro]]</p><pre tabindex="0"><code>{{install}}</code></pre>
        <h2>OpenAPI</h2><p>[[openapi_intro]]</p><pre tabindex="0"><code>{{openapi}}</code></pre>
        <h2>A2A</h2><p>[[agent_card_intro]]</p><pre tabindex="0"><code>{{card}}</code></pre>
        <h2>[[documents]]</h2><ul><li><a href="{{base}}/docs/INTENT_MATCHING_PROTOCOL.md">Intent Matching Protocol</a></li><li><a href="{{base}}/skills/moras-shop/SKILL.md">SKILL.md</a></li><li><a href="{{base}}/docs">[[api_reference]]</a></li></ul>
        <script src="{{base}}/connect.js" defer></script>
        """
    )

    @Sendable private func show(_ call: Call, _ request: PageRequest?) async throws -> PageContent {
        let language = request?.language ?? self.console.language(of: call)
        let sentence = "wireless mouse under $30"
        return PageContent(
            CommerceWords.all.say("connect", in: language),
            Self.template.render(
                [
                    "base": call.base(of: CommerceContract.shared), "curl": Snippets.curl(sentence, self.publicURL),
                    "python": Snippets.python(sentence, self.publicURL),
                    "install": "curl -fsS \(self.publicURL)/skills/install.sh | sh",
                    "openapi": "\(self.publicURL)/openapi.json",
                    "card": "\(self.publicURL)/.well-known/agent-card.json",
                ],
                in: language
            )
        )
    }
}
