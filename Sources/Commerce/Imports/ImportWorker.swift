import Kernel
import Logging
import Platform
import ServiceLifecycle
import Storage

/// Does the imports that were begun, and goes on with those that a crash has left.
struct ImportWorker: Service {
    let service: ImportService
    let database: any Database
    let logger: Logger

    private static let atOnce = 4

    private func run(_ id: ID<CatalogImport>) async {
        do { try await self.service.run(id) } catch {
            self.logger.error("cannot import", metadata: ["import": "\(id)", "error": "\(error)"])
        }
    }

    func run() async throws {
        await poll(everySeconds: 1, else: "cannot import", self.logger) {
            let waiting = try await self.database.read { try $0.imports.listRunning() }.filter(\.canBeDone)
            // One that is slow or cannot be done holds up none of the others.
            await withTaskGroup(of: Void.self) { group in
                for (index, found) in waiting.enumerated() {
                    if index >= Self.atOnce { await group.next() }
                    group.addTask { await self.run(found.id) }
                }
            }
        }
    }
}
