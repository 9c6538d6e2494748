import Synchronization

/// Makes identifiers and random bytes. A dependency, so that tests can fix what it makes.
package struct IDGenerator: Sendable {
    private let makeUUID: @Sendable () -> UUIDv7
    private let makeBytes: @Sendable (Int) -> [UInt8]

    package init(
        makeUUID: @escaping @Sendable () -> UUIDv7,
        makeBytes: @escaping @Sendable (Int) -> [UInt8]
    ) {
        self.makeUUID = makeUUID
        self.makeBytes = makeBytes
    }

    /// A new identifier; later ones of one process sort after earlier ones.
    package func next<Entity: Identified>(_: Entity.Type = Entity.self) -> ID<Entity> {
        let uuid = self.makeUUID().text
        return ID(Entity.idPrefix.isEmpty ? uuid : "\(Entity.idPrefix)_\(uuid)")
    }

    package func uuid() -> String { self.makeUUID().text }

    package func rawUUID() -> UUIDv7 { self.makeUUID() }

    /// Bytes fit for secrets.
    package func bytes(_ count: Int) -> [UInt8] { self.makeBytes(count) }
}

extension IDGenerator {
    /// Identifiers from the clock, kept in order within a millisecond by a sequence; bytes from the system.
    package static func system(now: @escaping @Sendable () -> Timestamp) -> IDGenerator {
        let sequence = MonotonicSequence()
        return IDGenerator(
            makeUUID: {
                var random = SystemRandomNumberGenerator()
                let (milliseconds, number) = sequence.next(atLeast: UInt64(max(0, now().microseconds / 1000)))
                return UUIDv7(milliseconds: milliseconds, sequence: number, random: random.next())
            },
            makeBytes: { count in
                // Each word is a call into the system.
                var random = SystemRandomNumberGenerator()
                var bytes: [UInt8] = []
                while bytes.count < count { withUnsafeBytes(of: random.next()) { bytes += $0 } }
                return Array(bytes.prefix(count))
            }
        )
    }

    /// The same identifiers in every run, for tests and golden conversations.
    package static func counting(from start: UInt64 = 1) -> IDGenerator {
        let counter = Atomic<UInt64>(start)
        let box = AtomicBox(counter)
        return IDGenerator(
            makeUUID: { UUIDv7(milliseconds: 0, sequence: 0, random: box.increment() << 2) },
            makeBytes: { count in
                let seed = box.increment()
                return (0..<count).map { UInt8(truncatingIfNeeded: seed &* 31 &+ UInt64($0) &* 7) }
            }
        )
    }
}

/// `Atomic` cannot be copied into a closure, a reference to it can.
private final class AtomicBox: Sendable {
    private let value: Atomic<UInt64>
    init(_ value: consuming Atomic<UInt64>) { self.value = value }
    func increment() -> UInt64 { self.value.wrappingAdd(1, ordering: .relaxed).oldValue }
}

/// Hands out (millisecond, sequence) pairs that never go back, also when the clock does.
private final class MonotonicSequence: Sendable {
    private let last = Mutex<(milliseconds: UInt64, number: UInt16)>((0, 0))

    func next(atLeast milliseconds: UInt64) -> (UInt64, UInt16) {
        self.last.withLock { last in
            if milliseconds > last.milliseconds {
                last = (milliseconds, 0)
            } else if last.number == 0x0FFF {
                last = (last.milliseconds + 1, 0)
            } else {
                last.number += 1
            }
            return last
        }
    }
}
