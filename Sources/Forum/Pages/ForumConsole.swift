import Kernel
import Platform
import Storage
import Web

/// How the pages look that one has to sign in to.
enum ForumConsole {
    static let moderators: Set<Role> = [ForumRole.moderator.role, ForumRole.operator.role]
    static let members: Set<Role> = [ForumRole.member.role, ForumRole.moderator.role]

    static func style(_ database: any Database) -> Console.Style {
        Console.Style(
            home: "/",
            menus: [
                Console.Menu(Set(ForumRole.allCases.map(\.role)), [("surface_title", "/")]),
                Console.Menu(
                    self.moderators,
                    [
                        ("queue", "/moderation"), ("decisions", "/moderation/decisions"),
                        ("word_filter", "/moderation/words"),
                    ]
                ),
                Console.Menu(
                    [ForumRole.operator.role],
                    [
                        ("partners", "/operator/partners"), ("agents", "/operator/agents"),
                        ("months", "/operator/months"), ("members", "/operator/members"),
                        ("categories", "/operator/categories"),
                    ]
                ),
                Console.Menu(
                    [ForumRole.partner.role],
                    [
                        ("dashboard", "/partners"), ("agents", "/partners/agents"), ("posts", "/partners/posts"),
                        ("webhooks", "/partners/webhooks"), ("payouts", "/partners/payouts"),
                    ]
                ),
                Console.Menu(
                    self.members,
                    [("new_thread", "/threads/new"), ("notices", "/notices"), ("my_account", "/account")]
                ),
            ],
            setting: { caller in try await database.read { try $0.members.find(caller.identity)?.language } },
            denial: { _ in ForumProblems.notForYourRole },
            formToken: ForumProblems.formToken,
            callerName: { _ in "" }
        )
    }

    /// Where each role begins.
    static func home(of role: Role) -> String {
        switch ForumRole(role) {
        case .partner: "/partners"
        case .operator, .moderator: "/moderation"
        default: "/"
        }
    }

    static func template(_ text: String) -> Template { Template(text, ForumWords.all) }
}
