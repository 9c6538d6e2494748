import Foundation
import Hummingbird
import Kernel

/// The time zone that a page shows times in.
package struct PageZone: Sendable {
    /// As the page names it: `UTC`, `JST`, `Europe/Berlin`.
    package let name: String
    private let zone: TimeZone

    package static let utc = PageZone(name: "UTC", zone: .gmt)

    /// The zones that a visitor can choose, by the names of the IANA time zone database.
    static let identifiers: [String] = {
        // characters: names of the library, which knows India's zone by its old one
        let names = TimeZone.knownTimeZoneIdentifiers.map { $0 == "Asia/Calcutta" ? "Asia/Kolkata" : $0 }
        return names.sorted().filter { !$0.bytewise.equals("GMT") }
    }()
    private static let known = Set(Self.identifiers)

    private init(name: String, zone: TimeZone) {
        self.name = name
        self.zone = zone
    }

    /// A zone without summer time.
    package init(name: String, offsetSeconds: Int64) {
        self.init(name: name, zone: TimeZone(secondsFromGMT: Int(offsetSeconds)) ?? .gmt)
    }

    /// Nil where there is no such zone.
    init?(identifier: String) {
        if identifier == Self.utc.name {
            self = .utc
            return
        }
        guard Self.known.contains(identifier), let zone = TimeZone(identifier: identifier) else { return nil }
        self.init(name: identifier, zone: zone)
    }

    /// Date and time to the second, without the zone.
    func text(of moment: Timestamp) -> String {
        let offset = self.zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(moment.seconds)))
        return moment.adding(seconds: Int64(offset)).readable
    }

    // MARK: The visitor's choice

    private static let cookieName = "souk_zone"

    /// What the visitor has chosen on the page of time zones; nil for somebody who has not.
    static func chosen(by request: Request) -> PageZone? {
        request.preference(self.cookieName).flatMap { PageZone(identifier: String($0)) }
    }

    /// The `Set-Cookie` of a choice; nil gives the choice up.
    static func cookie(_ zone: PageZone?) -> String {
        "\(self.cookieName)=\(zone?.name ?? ""); Path=/; Max-Age=\(zone == nil ? 0 : 31_536_000); SameSite=Lax; HttpOnly"
    }
}

extension Language {
    /// Where most of the language's readers are.
    var usualZones: [String] {
        switch self {
        case .english: []
        case .japanese: ["Asia/Tokyo"]
        case .chinese: ["Asia/Shanghai"]
        case .vietnamese: ["Asia/Ho_Chi_Minh"]
        }
    }
}

extension Request {
    /// The value of a cookie that only changes how pages look.
    func preference(_ name: String) -> Substring? {
        for header in self.headers[values: .cookie] {
            for part in header.bytewise.list(";") {
                if let value = part.bytewise.dropping(prefix: "\(name)=") { return Substring(value) }
            }
        }
        return nil
    }
}
