import NIOCore

/// An answer that is being made for a client.
struct PendingAnswer: Sendable {
    /// The status is held back until the model says something, or for so long.
    private static let headSeconds: Int64 = 10

    let machine: RunMachine
    let request: ChatRequest
    let answer: ChatAnswer
    let outlet: SilenceOutlet
    /// Whether the run goes on when its client has left.
    let isDetached: Bool

    /// What a stream begins with; without one, the run goes to its end. Refusals are real errors as long as nothing was said.
    func begin() async throws -> RunEvent? {
        do {
            if self.request.isStream {
                return try await self.machine.next(until: .now() + .seconds(Self.headSeconds))
            }
            _ = try await self.machine.finish()
            return nil
        } catch {
            await self.machine.abandon(.clientDisconnected)
            throw error
        }
    }
}
