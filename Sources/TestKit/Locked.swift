import Synchronization

/// A value that tests change from several tasks.
package final class Locked<Value: Sendable>: Sendable {
    private let mutex: Mutex<Value>
    package init(_ value: Value) { self.mutex = Mutex(value) }
    package var value: Value { self.mutex.withLock { $0 } }
    package func change(_ body: (inout Value) -> Void) { self.mutex.withLock { body(&$0) } }
}
