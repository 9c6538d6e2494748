import Kernel
import Platform
import Web

/// Who may do what: each operation asks for one kind of key, and names it where another is shown.
extension Access where Who == Caller {
    /// An API key, also one that only reads.
    static var apiKey: Access { .key(roles: [.developer, .reader]) { _ in CommerceProblems.apiKeyRequired } }

    /// An API key that may write.
    static var writingKey: Access {
        .key(roles: [.developer]) { role in
            role == CommerceRole.reader.role ? CommerceProblems.insufficientScope : CommerceProblems.apiKeyRequired
        }
    }

    static var console: Access { .key(roles: [.console]) { _ in CommerceProblems.developerTokenRequired } }
    static var merchant: Access { .key(roles: [.merchant]) { _ in CommerceProblems.missingRegistrationToken } }
    static var supply: Access { .key(roles: [.supply]) { _ in CommerceProblems.invalidSupplyKey } }
    static var merchantOrSupply: Access {
        .key(roles: [.merchant, .supply]) { _ in CommerceProblems.missingRegistrationToken }
    }
    /// Any but the console's.
    static var anyPlane: Access {
        .key(roles: [.developer, .reader, .merchant, .supply]) { _ in CommerceProblems.apiKeyRequired }
    }
}

extension Role {
    static let developer = CommerceRole.developer.role
    static let reader = CommerceRole.reader.role
    static let console = CommerceRole.console.role
    static let merchant = CommerceRole.merchant.role
    static let supply = CommerceRole.supply.role
}
