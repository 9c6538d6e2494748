import Hummingbird
import Kernel
import Platform
import Web

/// How commerce's console looks: menus for developers and for the operator.
enum CommerceConsole {
    static let style = Console.Style(
        home: "/account",
        menus: [
            Console.Menu(
                [.supply],
                [
                    ("report", "/operator/report"), ("imports", "/operator/imports"),
                    ("products", "/operator/products"),
                    ("orders", "/operator/orders"), ("merchants", "/operator/merchants"),
                    ("invites", "/operator/invites"),
                ]
            ),
            Console.Menu(
                [.console],
                [("account", "/account"), ("api_keys", "/account/keys"), ("request_log", "/account/logs")]
            ),
            Console.Menu([.console, .supply], [("try_it", "/try"), ("connect", "/connect")]),
        ],
        denial: { _ in CommerceProblems.notForYourRole },
        formToken: CommerceProblems.formToken,
        // A developer's name is an id.
        callerName: { $0.role == .console ? "" : $0.name }
    )

    /// Where each role begins.
    static func home(of role: Role) -> String { role == .supply ? "/operator/report" : "/account" }

    static func template(_ text: String) -> Template { Template(text, CommerceWords.all) }
}
