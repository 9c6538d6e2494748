import Platform
import Web

/// Who may do what of the own operations, beside partners' keys.
extension Access where Who == Caller {
    /// Whoever writes under their own name.
    static var members: Access {
        .key(roles: [ForumRole.member.role, ForumRole.moderator.role], denial: ForumProblems.notForYourRole)
    }

    /// Whoever signs in with an address and a password.
    static var people: Access {
        .key(
            roles: [ForumRole.member.role, ForumRole.moderator.role, ForumRole.partner.role],
            denial: ForumProblems.notForYourRole
        )
    }

    /// Whoever decides about posts.
    static var moderators: Access {
        .key(roles: [ForumRole.moderator.role, ForumRole.operator.role], denial: ForumProblems.notForYourRole)
    }

    static var `operator`: Access {
        .key(roles: [ForumRole.operator.role], denial: ForumProblems.operatorRequired)
    }
}
