package import Kernel
package import Logging
package import Platform

/// What every listener needs.
package struct WebDependencies: Sendable {
    package let clock: WallClock
    package let ids: IDGenerator
    package let door: Door
    /// Nil when the address limit is off.
    package let addressBuckets: TokenBuckets?
    package let proxies: TrustedProxies
    /// The memory for request bodies.
    package let bodies: BodyBudget
    package let metrics: Metrics
    package let logger: Logger
    /// Nil when nobody wants one.
    package let accessLog: AccessLog?
    /// Origins that browsers may call from; `*` is any.
    package let allowedOrigins: Set<String>
    /// Headers that those may read.
    let exposedHeaders: String

    package init(
        clock: WallClock,
        ids: IDGenerator,
        door: Door,
        addressBuckets: TokenBuckets?,
        proxies: TrustedProxies,
        bodies: BodyBudget,
        metrics: Metrics,
        logger: Logger,
        accessLog: AccessLog? = nil,
        allowedOrigins: Set<String>,
        exposedHeaders: [String]
    ) {
        self.clock = clock
        self.ids = ids
        self.door = door
        self.addressBuckets = addressBuckets
        self.proxies = proxies
        self.bodies = bodies
        self.metrics = metrics
        self.logger = logger
        self.accessLog = accessLog
        self.allowedOrigins = allowedOrigins
        let ofEvery = ["RateLimit", "RateLimit-Policy", "Retry-After", "X-Souk-Problem"]
        self.exposedHeaders = (["X-Request-Id"] + exposedHeaders + ofEvery).joined(separator: ", ")
    }

    func allows(origin: String) -> Bool { !self.allowedOrigins.isDisjoint(with: ["*", origin]) }
}
