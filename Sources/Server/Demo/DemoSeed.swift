import Foundation
package import Kernel
import Platform
import Web

/// The demo data of every surface, and the note of its keys beside the database.
package struct DemoSeed: Sendable {
    private let house: House
    /// Of the first surface's host; those of the others follow.
    private let port: Int

    package init(house: House, port: Int = House.demoPort) {
        self.house = house
        self.port = port
    }

    /// Fills an empty database once: the keys of each surface by its name. On every later start they are read from the note.
    ///
    /// Nil when there is data already and no note of an earlier seed.
    package func fill() async throws -> JSONValue? {
        var keys: [String: JSONValue] = [:]
        for slice in self.house.slices {
            let name = type(of: slice).name
            let host = House.demoHost(of: name, port: self.port)
            guard let seeded = try await slice.seed(hostURL: host) else { return self.note() }
            keys[name] = seeded
        }
        guard
            FileManager.default.createFile(
                atPath: self.path,
                contents: Data(try JSON.encode(JSONValue.object(keys))),
                attributes: [.posixPermissions: 0o600]
            )
        else { throw ConfigurationError("cannot write \(self.path)") }
        return .object(keys)
    }

    private var path: String { "\(self.house.configuration.dataDirectory)/demo-keys.json" }

    private func note() -> JSONValue? {
        FileManager.default.contents(atPath: self.path).flatMap { try? JSON.read(Array($0)) }
    }

    /// What a newcomer can paste.
    package static func guide(_ keys: JSONValue, url: String) -> String {
        let guides = House.sliceTypes.compactMap { slice in
            keys[slice.name].map { (name: slice.name, guide: slice.guide($0, url: url)) }
        }
        let owned = guides.flatMap { guide in guide.guide.keys.map { "  \(guide.name), \($0)" } }
        let missing = House.sliceTypes.map { $0.name }.filter { keys[$0] == nil }.map {
            "  \($0): the note has no keys; for how to make one: souk keys create --help\n"
        }
        let pages = guides.map { "\(url)/\($0.name)/sign-in" }.joined(separator: " and ")
        return """
            Souk is at \(url) (pages: \(url)/, reference: \(url)/docs)

            Keys of the demo (what follows "Bearer "):
            \(owned.joined(separator: "\n"))
            \(missing.joined())\

            Try these as they stand:
            \(guides.flatMap(\.guide.commands).map { "  \($0)" }.joined(separator: "\n"))

            Pages in the browser: \(pages) (with one of the keys)

            """
    }
}
