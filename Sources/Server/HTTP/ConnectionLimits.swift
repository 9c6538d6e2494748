package import NIOCore

/// How slow a client may be, and how many connections one address may have.
package struct ConnectionLimits: Sendable {
    /// Without a request for so long, a connection is closed.
    package var idle: TimeAmount = .seconds(60)
    /// From the first byte of a request to the end of its head.
    package var head: TimeAmount = .seconds(15)
    /// After this time a body must have come at ``leastBytesPerSecond`` on average.
    package var bodyGrace: TimeAmount = .seconds(10)
    /// For a whole body, however large it is.
    package var body: TimeAmount = .seconds(300)
    package var leastBytesPerSecond: Int64 = 1024
    /// A reader takes ``leastBytesPerSecond`` on average over each stretch of this length while there is something to take.
    package var stall: TimeAmount = .seconds(60)
    /// How often all of this is looked at.
    package var tick: TimeAmount = .seconds(5)
    package init() {}
}
