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

    func run() async throws {
        await poll(everySeconds: 1, else: "cannot import", self.logger) {
            for found in try await self.database.read({ try $0.imports.listRunning() }) where found.canBeDone {
                try await self.service.run(found.id)
            }
        }
    }
}
