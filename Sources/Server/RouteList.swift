import Foundation
import HTTPTypes
import Kernel
import Logging
import Storage
import Web

/// Every route that the server declares, one a line: surface, method or action, path.
package enum RouteList {
    /// One line a route, sorted: surface, method and path, tab separated.
    package static func lines() async throws -> [String] {
        let directory = NSTemporaryDirectory() + "souk-routes-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let configuration = try Configuration(flags: [.dataDir: directory], environment: [:], file: nil)
        let logger = Logger(label: "souk.routes") { _ in SwiftLogNoOpLogHandler() }
        let database = try configuration.openDatabase(clock: .system, logger: logger)
        let house = try House(configuration, database: database, publicURL: "", logger: logger)
        let lines = house.surfaces.flatMap { surface in
            surface.endpoints.map { "\(surface.name)\t\($0.method.rawValue)\t\($0.path)" }
                + surface.actions.map { "\(surface.name)\tACTION\t\($0.name)" }
        }
        await database.close()
        return lines.sorted()
    }
}
