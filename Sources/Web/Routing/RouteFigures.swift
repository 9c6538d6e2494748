import HTTPTypes
import Kernel
import Platform
import Synchronization

/// How often a route was asked for, with which statuses, and how long its answers took to begin.
final class RouteFigures: Sendable {
    static let requests = Metric.counter(
        "souk_http_requests_total",
        "Requests answered, by surface, method, route and status."
    )
    static let durations = Metric.histogram(
        "souk_http_request_duration_seconds",
        "Time to the head of the answer, by surface, method and route."
    )

    private let method: String
    let route: String
    private let statuses = Mutex<[Int: Int]>([:])
    private let times = Histogram()

    /// - Parameter route: as it is declared, with its parameters' names.
    init(_ method: HTTPRequest.Method, _ route: String) {
        self.method = method.rawValue
        self.route = route
    }

    func note(_ status: Int, microseconds: Int64) {
        self.statuses.withLock { $0[status, default: 0] += 1 }
        self.times.add(microseconds)
    }

    /// Nothing of a route that nobody has asked for.
    func samples(surface: String) -> [Sample] {
        let statuses = self.statuses.withLock { $0 }
        guard !statuses.isEmpty else { return [] }
        let counts = statuses.map { status, count in
            Sample(
                Self.requests,
                count,
                ["surface": surface, "method": self.method, "route": self.route, "status": "\(status)"]
            )
        }
        let labels: KeyValuePairs = ["surface": surface, "method": self.method, "route": self.route]
        return counts + [Sample(Self.durations, self.times, labels)]
    }
}
