package import Hummingbird
import Kernel

extension Request {
    /// The values of a cookie, in the order sent.
    package func cookies(named name: String) -> [String] {
        self.headers[values: .cookie].flatMap { header in
            header.bytewise.list(";").compactMap { $0.bytewise.dropping(prefix: "\(name)=").map(String.init) }
        }
    }
}

/// A choice of how pages look, which a browser keeps for a year.
enum PreferenceCookie {
    /// The `Set-Cookie` of a choice; nil gives the choice up.
    static func text(_ name: String, _ value: String?) -> String {
        "\(name)=\(value ?? ""); Path=/; Max-Age=\(value == nil ? 0 : 31_536_000); SameSite=Lax; HttpOnly"
    }
}
