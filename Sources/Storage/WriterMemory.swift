/// What the one writer of a database has read and nobody else can change: kept until a write says that it is stale, or rolls back.
final class WriterMemory {
    private var values: [String: AnyObject] = [:]

    func find(_ topic: String) -> AnyObject? { self.values[topic] }
    func keep(_ value: AnyObject, _ topic: String) { self.values[topic] = value }
    func forget(_ topic: String) { self.values[topic] = nil }
    func forgetAll() { self.values = [:] }
}

extension Transaction {
    /// What `read` returns, which is kept until a write invalidates the topic. Nil where other processes write, too, and in a read.
    package func remembered<T: AnyObject>(_ topic: String, _ read: () throws -> T) throws -> T? {
        guard let memory = self.connection.memory else { return nil }
        // A class is told from others faster than anything else, and this is asked with every call.
        if let known = memory.find(topic) as? T { return known }
        let value = try read()
        memory.keep(value, topic)
        return value
    }
}
