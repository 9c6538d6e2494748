import HTTPTypes
import Hummingbird
import Kernel
import Web

/// The first-party cookie that tells a visitor's clicks from others'.
struct VisitorCookie: Sendable {
    private static let name = "souk_visitor"
    /// As long as the longest window of a program.
    private static let seconds = Int64(Terms.cookieDaysRange.upperBound) * 86_400

    let ids: IDGenerator
    /// Where browsers find this server by https, the cookie also comes with a pixel on the advertiser's page.
    let isSecure: Bool

    /// Begins with the time, so that the clicks of new visitors stand side by side in the index that finds them.
    func make() -> String { self.ids.rawUUID().hex }

    func find(_ request: Request) -> String? {
        request.cookies(named: Self.name).first { value in
            value.utf8.count == 32 && value.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
        }
    }

    func cookie(_ visitor: String) -> String {
        let site = self.isSecure ? "SameSite=None; Secure" : "SameSite=Lax"
        return "\(Self.name)=\(visitor); Path=/; Max-Age=\(Self.seconds); HttpOnly; \(site)"
    }
}
