import Kernel
import Platform
import Search
import Storage
import Web

/// What other surfaces of the house may do in the network, for an account that has agreed to its terms.
package struct AffiliateInside: Sendable {
    let parts: Affiliate.Parts
    let database: any Database

    /// An account, and the key with which somebody has shown that it is theirs. Whoever revokes the key takes the link back.
    package struct Link: Sendable, Equatable {
        package let account: String
        package let key: String

        package init(account: String, key: String) { (self.account, self.key) = (account, key) }
    }

    package struct Program: Sendable {
        package let id: String
        package let name: String
        package let description: String
        /// Nil where the account has no approved partnership.
        package let link: String?
    }

    /// The account of a publisher's or an agent's key; nil for any other text.
    package func link(key: String) async throws -> Link? {
        let presented = AffiliateContract.presented(key)
        return try await self.database.read { tx in
            guard let credential = try self.credential(presented.id, in: tx) else { return nil }
            return Link(account: credential.owner.text, key: credential.id)
        }
    }

    /// Programs that fit what somebody needs, the best first, with the account's links. Nothing is applied for, and nothing counts as a click.
    ///
    /// - Returns: `isLinked` is false where the link was taken back, or the account is suspended.
    package func recommend(_ useCase: String, limit: Int, for link: Link?) async throws
        -> (programs: [Program], isLinked: Bool)
    {
        var query = ProgramQuery(limit: limit, offset: 0)
        query.sort = .epcDescending
        let recommendation = Recommendation(useCase: useCase, query: query)
        return try await self.database.read { tx in
            let found = try recommendation.find(self.parts.programSearch, in: tx).map(\.program)
            let account = try link.flatMap { try self.account($0, in: tx) }
            let programs = try tx.programs.list(found).map { program in
                let partnership = try account.flatMap { try tx.partnerships.find(program: program.id, of: $0) }
                let isOpen = partnership?.status == .approved
                return Program(
                    id: "\(program.id)",
                    name: program.content.name,
                    description: program.content.description,
                    link: isOpen ? partnership.map { self.parts.links.tracking($0.trackingCode) } : nil
                )
            }
            return (programs, account != nil)
        }
    }

    private func account(_ link: Link, in tx: Transaction) throws -> ID<Identity>? {
        guard let credential = try self.credential(link.key, in: tx), credential.owner.text == link.account else {
            return nil
        }
        return credential.owner
    }

    private func credential(_ id: String, in tx: Transaction) throws -> (id: String, owner: ID<Identity>)? {
        guard let credential = try tx.identities.find(credential: id, surface: AffiliateContract.name),
            credential.expiresAt.map({ $0 > tx.now }) ?? true,
            AffiliateRole.publishing.contains(where: { $0.role == credential.role }),
            let account = try tx.affiliateAccounts.find(credential.owner), account.suspendedAt == nil
        else { return nil }
        return (credential.id, credential.owner)
    }
}
