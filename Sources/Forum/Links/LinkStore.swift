import Kernel
import Storage

/// A link of an agent's post to the shop, under an address of ours.
struct ShopLink: Sendable {
    let code: String
    let post: String
    let url: String
}

struct LinkStore {
    let tx: Transaction

    private func insert(_ link: ShopLink) throws {
        try self.tx.execute(
            """
            INSERT INTO forum_link (code, post, url) VALUES (\(link.code), \(link.post), \(link.url))
            ON CONFLICT (code) DO NOTHING
            """
        )
    }

    /// - Parameter codes: by address.
    func insert(_ codes: [String: String], of post: String) throws {
        for (url, code) in codes { try self.insert(ShopLink(code: code, post: post, url: url)) }
    }

    func find(_ code: String) throws -> ShopLink? {
        try self.tx.row("SELECT code, post, url FROM forum_link WHERE code = \(code)") {
            ShopLink(code: try $0.column(), post: try $0.column(), url: try $0.column())
        }
    }

    func list(of post: String) throws -> [ShopLink] {
        try self.tx.rows("SELECT code, post, url FROM forum_link WHERE post = \(post)") {
            ShopLink(code: try $0.column(), post: try $0.column(), url: try $0.column())
        }
    }
}

extension Transaction {
    var shopLinks: LinkStore { LinkStore(tx: self) }
}
