/// What the one writer of a database has read and nobody else can change: kept until a write says that it is stale, or rolls back.
final class WriterMemory {
    private var values: [String: any Sendable] = [:]

    func find<T: Sendable>(_ topic: String, as _: T.Type) -> T? { self.values[topic] as? T }
    func keep(_ value: some Sendable, _ topic: String) { self.values[topic] = value }
    func forget(_ topic: String) { self.values[topic] = nil }
    func forgetAll() { self.values = [:] }
}

extension Transaction {
    /// What `read` returns, which is kept until a write invalidates the topic. Nil where other processes write, too, and in a read.
    package func remembered<T: Sendable>(_ topic: String, _ read: () throws -> T) throws -> T? {
        guard let memory = self.connection.memory else { return nil }
        if let known = memory.find(topic, as: T.self) { return known }
        let value = try read()
        memory.keep(value, topic)
        return value
    }
}
