import Foundation
import Hummingbird
package import Kernel

/// The time zone that a page shows times in.
package struct PageTimeZone: Sendable {
    /// As the page names it: `UTC`, `JST`, `Europe/Berlin`.
    package let name: String
    private let zone: TimeZone

    package static let utc = PageTimeZone(name: "UTC", zone: .gmt)

    /// The time zones that a visitor can choose, by their names in the IANA database.
    static let identifiers: [String] = {
        // Foundation still calls India's zone by its old name.
        let names = TimeZone.knownTimeZoneIdentifiers.map {
            $0.bytewise.equals("Asia/Calcutta") ? "Asia/Kolkata" : $0
        }
        return names.sorted().filter { !$0.bytewise.equals("GMT") }
    }()
    private static let known = Set(Self.identifiers)

    private init(name: String, zone: TimeZone) {
        self.name = name
        self.zone = zone
    }

    /// A time zone without summer time.
    package init(name: String, offsetSeconds: Int64) {
        self.init(name: name, zone: TimeZone(secondsFromGMT: Int(offsetSeconds)) ?? .gmt)
    }

    /// Nil where there is no such time zone.
    init?(identifier: String) {
        if identifier == Self.utc.name {
            self = .utc
            return
        }
        guard Self.known.contains(identifier), let zone = TimeZone(identifier: identifier) else { return nil }
        self.init(name: identifier, zone: zone)
    }

    /// Date and time to the second, without the zone.
    package func text(of moment: Timestamp) -> String {
        let offset = self.zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(moment.seconds)))
        return moment.adding(seconds: Int64(offset)).readable
    }

    // MARK: The visitor's choice

    private static let cookieName = "souk_zone"

    /// What the visitor has chosen on the page *Time zone*; nil for somebody who has not.
    static func chosen(by request: Request) -> PageTimeZone? {
        request.cookies(named: self.cookieName).first.flatMap { PageTimeZone(identifier: $0) }
    }

    /// The `Set-Cookie` of a choice; nil gives the choice up.
    static func cookie(_ zone: PageTimeZone?) -> String { PreferenceCookie.text(self.cookieName, zone?.name) }
}
