import Kernel

/// What a moderator does with a post.
enum Decision: String, Sendable, CaseIterable {
    case approve, reject, dismiss, remove

    /// From where it leads where; nil where it cannot be made.
    func outcome(of state: Post.State) -> Post.State? {
        switch (self, state) {
        case (.approve, .queued), (.dismiss, .flagged): .published
        case (.reject, .queued): .rejected
        case (.remove, .published), (.remove, .restored), (.remove, .flagged): .removed
        default: nil
        }
    }

    /// Whether the author is told why in the moderator's own words.
    var needsNote: Bool { self == .reject || self == .remove }
}

/// A decision as a moderator sends it.
struct DecisionOrder: Sendable {
    let post: ID<Post>
    let decision: Decision
    /// The state that the moderator has seen.
    let seen: Post.State
    let reason: String
    let note: String?
}
