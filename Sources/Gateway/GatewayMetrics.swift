import Kernel
import Platform

/// What the gateway tells of itself beside its requests.
enum GatewayMetrics {
    static let all = [running, waiting, circuits]

    private static let running = Metric.gauge("souk_gateway_running_runs", "Runs of agents under way on this server.")
    private static let waiting = Metric.gauge("souk_gateway_waiting_runs", "Runs that wait for a place on this server.")
    private static let circuits = Metric.gauge(
        "souk_gateway_open_circuits",
        "Models of providers that this server does not call for now, because they failed five times in a row."
    )

    static func samples(of parts: GatewayParts) -> [Sample] {
        let places = parts.runs.places.load
        return [
            Sample(self.running, places.running), Sample(self.waiting, places.waiting),
            Sample(self.circuits, parts.runHouse.door.breaker.openCount(now: parts.runHouse.clock.now())),
        ]
    }
}
