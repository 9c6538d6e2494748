import HTTPTypes
import Kernel
import Platform
import Web

/// How a browser signs in with a key, on a page of its own and at the contract's dashboard.
struct KeySignIn: Sendable {
    let door: Door
    let publicURL: String

    var form: EntryForm {
        EntryForm(
            path: "/sign-in",
            title: "sign_in",
            fields: Self.field("key"),
            after: Self.note + """
                <p>[[no_key_yet_anybody_makes_one]] <code>curl {{publicURL}}/api/v1/keys -d '{"owner_id": "my-agent"}'</code></p>
                """,
            words: MarketWords.all,
            values: { _, _, _ in ["publicURL": self.publicURL] },
            enter: { try await self.identify($1["key"], $0) }
        )
    }

    /// At the dashboard itself, which is an administrator's alone.
    var dashboardForm: EntryForm {
        EntryForm(
            path: "/admin/dashboard",
            title: "sign_in",
            fields: Self.field("admin_key"),
            after: Self.note,
            words: MarketWords.all,
            status: .unauthorized
        ) { call, form in
            let caller = try await self.identify(form["key"], call)
            guard caller.isAdmin else { throw MarketProblems.adminRequired }
            return caller
        }
    }

    private static func field(_ label: String) -> String {
        """
        <p><label for="key">[[\(label)]] (<code>key_id:secret</code>)</label><br>
        <input id="key" name="key" type="password" autocomplete="off" required></p>
        <p><button>[[sign_in]]</button></p>
        """
    }

    private static let note = "<p class=\"soft\">[[the_key_is_exchanged_for_a]]</p>"

    /// Where each role begins.
    static func home(of role: Role) -> String {
        switch MarketRole(role) {
        case .admin: "/admin/dashboard"
        case .provider: "/provider"
        case .buyer, nil: "/account"
        }
    }

    /// Throws what is wrong with the key; guessers are held to their limit.
    private func identify(_ key: String, _ call: Call) async throws -> Caller {
        let contract = MarketContract.shared
        let (id, secret) = key.bytewise.cut(at: ":")
        return try await self.door.guarding(
            [.address(call.context.clientAddress), .secret(of: String(id).trimmed)],
            on: contract
        ) {
            guard let secret else { throw MarketProblems.invalidKeyFormat }
            return try await self.door.identify(
                PresentedKey(id: String(id).trimmed, secret: String(secret).trimmed),
                on: contract
            )
        }
    }
}
