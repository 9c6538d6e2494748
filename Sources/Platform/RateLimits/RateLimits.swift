package import Kernel
import Synchronization

/// What a limit says of one request, and the headers that say so to the client.
package struct LimitDecision: Sendable, Equatable {
    package let isAllowed: Bool
    package let policy: String
    package let limit: Int
    package let remaining: Int
    /// Seconds until there is room again (refused), or until the limit is whole again.
    package let resetSeconds: Int
    package let windowSeconds: Int

    package init(
        isAllowed: Bool,
        policy: String,
        limit: Int,
        remaining: Int,
        resetSeconds: Int,
        windowSeconds: Int
    ) {
        (self.isAllowed, self.policy, self.limit) = (isAllowed, policy, limit)
        (self.remaining, self.resetSeconds, self.windowSeconds) = (remaining, resetSeconds, windowSeconds)
    }

    /// `RateLimit-Policy` and `RateLimit` of the IETF draft "RateLimit header fields for HTTP".
    package var headers: [Problem.Header] {
        [
            .init("RateLimit-Policy", "\"\(self.policy)\";q=\(self.limit);w=\(self.windowSeconds)"),
            .init("RateLimit", "\"\(self.policy)\";r=\(self.remaining);t=\(self.resetSeconds)"),
        ]
    }
}

/// One bucket a key: holds up to `burst` tokens, refilled at a steady rate.
package final class TokenBuckets: Sendable {
    private struct Bucket {
        var tokens: Double
        var at: Timestamp
    }

    /// Buckets that are full again are dropped when there are more than this.
    static let keyLimit = 100_000

    private let buckets = Mutex<[String: Bucket]>([:])
    private let policy: String
    private let perMinute: Int
    private let burst: Int

    /// - Parameter burst: twice the rate when it is not said.
    package init(policy: String, perMinute: Int, burst: Int? = nil) {
        self.policy = policy
        self.perMinute = perMinute
        self.burst = burst ?? perMinute * 2
    }

    /// - Parameter cost: how much of a token the request takes; with 0 it is only asked whether there is one.
    package func take(_ key: String, now: Timestamp, cost: Double = 1) -> LimitDecision {
        let perSecond = Double(self.perMinute) / 60
        return self.buckets.withLock { buckets in
            if buckets.count >= Self.keyLimit { self.dropFull(&buckets, now) }
            var bucket = buckets[key] ?? Bucket(tokens: Double(self.burst), at: now)
            let elapsed = Double(max(0, now.microseconds - bucket.at.microseconds)) / 1_000_000
            bucket.tokens = min(Double(self.burst), bucket.tokens + elapsed * perSecond)
            bucket.at = max(bucket.at, now)
            let isAllowed = bucket.tokens >= max(cost, .leastNonzeroMagnitude)
            if isAllowed { bucket.tokens -= cost }
            buckets[key] = bucket
            let missing =
                isAllowed ? Double(self.burst) - bucket.tokens : max(cost, .leastNonzeroMagnitude) - bucket.tokens
            return LimitDecision(
                isAllowed: isAllowed,
                policy: self.policy,
                limit: self.burst,
                remaining: Int(bucket.tokens),
                resetSeconds: max(1, Int(nearest: (missing / perSecond).rounded(.up))),
                windowSeconds: 60 * self.burst / self.perMinute
            )
        }
    }

    private func dropFull(_ buckets: inout [String: Bucket], _ now: Timestamp) {
        let refillSeconds = Int64(self.burst * 60 / self.perMinute)
        buckets = buckets.filter { $0.value.at.adding(seconds: refillSeconds) > now }
        if buckets.count >= Self.keyLimit { buckets = [:] }
    }
}

/// At most so many events a key in any stretch of the window's length.
package final class SlidingWindows: Sendable {
    private struct Window {
        /// Times of the events that still count, oldest first, from `start` on.
        var times: [Int64] = []
        var start = 0
    }

    static let keyLimit = 100_000

    private let windows = Mutex<[String: Window]>([:])
    private let policy: String
    private let windowSeconds: Int

    package init(policy: String, windowSeconds: Int) {
        self.policy = policy
        self.windowSeconds = windowSeconds
    }

    /// Counts the event if it is allowed.
    ///
    /// - Parameter policy: what clients are told that the limit is named, where it is not the windows' own name.
    package func take(_ key: String, limit: Int, as policy: String? = nil, now: Timestamp) -> LimitDecision {
        self.windows.withLock { windows in
            self.makeRoom(&windows, now)
            return self.take(from: &windows[key, default: Window()], limit: limit, policy ?? self.policy, now)
        }
    }

    private func take(from window: inout Window, limit: Int, _ policy: String, _ now: Timestamp) -> LimitDecision {
        self.forgetOld(&window, now)
        let used = window.times.count - window.start
        let isAllowed = used < limit
        if isAllowed { window.times.append(now.microseconds) }
        let oldest = window.times.count > window.start ? window.times[window.start] : now.microseconds
        let resetMicros = oldest + Int64(self.windowSeconds) * 1_000_000 - now.microseconds
        return LimitDecision(
            isAllowed: isAllowed,
            policy: policy,
            limit: limit,
            remaining: max(0, limit - used - (isAllowed ? 1 : 0)),
            resetSeconds: max(1, Int((resetMicros + 999_999) / 1_000_000)),
            windowSeconds: self.windowSeconds
        )
    }

    /// Takes an event back that was counted at the moment.
    package func giveBack(_ key: String, takenAt moment: Timestamp) {
        self.windows.withLock { windows in
            guard let window = windows[key],
                let index = window.times[window.start...].lastIndex(of: moment.microseconds)
            else { return }
            windows[key]?.times.remove(at: index)
            if windows[key]?.times.isEmpty ?? false { windows[key] = nil }
        }
    }

    /// How many events count now, without adding one.
    package func count(_ key: String, now: Timestamp) -> Int {
        self.windows.withLock { windows in
            guard var window = windows[key] else { return 0 }
            self.forgetOld(&window, now)
            return window.times.count - window.start
        }
    }

    private func forgetOld(_ window: inout Window, _ now: Timestamp) {
        let horizon = now.microseconds - Int64(self.windowSeconds) * 1_000_000
        while window.start < window.times.count, window.times[window.start] <= horizon { window.start += 1 }
        guard window.start > 64, window.start * 2 > window.times.count else { return }
        window.times.removeFirst(window.start)
        window.start = 0
    }

    private func makeRoom(_ windows: inout [String: Window], _ now: Timestamp) {
        guard windows.count >= Self.keyLimit else { return }
        let horizon = now.microseconds - Int64(self.windowSeconds) * 1_000_000
        windows = windows.filter { ($0.value.times.last ?? 0) > horizon }
        if windows.count >= Self.keyLimit { windows = [:] }
    }
}
