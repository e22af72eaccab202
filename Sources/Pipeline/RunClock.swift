// SPDX-License-Identifier: MIT

internal import Foundation

/// Where the pipeline gets its time from: two readings, both replaceable in a test.
public struct RunClock: Sendable {
    /// Seconds since 1970, for what is written down.
    public let now: @Sendable () -> Double
    /// Seconds since some moment, never set back, for durations.
    public let uptime: @Sendable () -> Double

    /// A clock made of two readings.
    public init(now: @escaping @Sendable () -> Double, uptime: @escaping @Sendable () -> Double) {
        self.now = now
        self.uptime = uptime
    }

    /// The machine's clock.
    public static let system = RunClock(
        now: { Date().timeIntervalSince1970 },
        uptime: { ProcessInfo.processInfo.systemUptime })
}
