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
        let roles = [ForumRole.member.role, ForumRole.moderator.role, ForumRole.partner.role]
        return Access(.key(roles: Set(roles)) { _ in ForumProblems.notForYourRole }) { _, caller in
            // A partner's token belongs to programs.
            guard let caller, !ForumContract.isPartnersKey(caller.credential) else {
                throw ForumProblems.notForYourRole
            }
            return caller
        }
    }

    /// Whoever decides about posts.
    static var moderators: Access {
        .key(roles: [ForumRole.moderator.role, ForumRole.operator.role], denial: ForumProblems.notForYourRole)
    }

    static var `operator`: Access {
        .key(roles: [ForumRole.operator.role], denial: ForumProblems.operatorRequired)
    }
}
