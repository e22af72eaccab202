// SPDX-License-Identifier: MIT

internal import Foundation

/// Where the pipeline gets its time from: two readings and a wait, all replaceable in a test.
public struct RunClock: Sendable {
    /// Seconds since 1970, for what is written down.
    public let now: @Sendable () -> Double
    /// Seconds since some moment, never set back, for durations.
    public let uptime: @Sendable () -> Double

    /// Waits for so many seconds.
    public let sleep: @Sendable (Double) -> Void

    /// A clock made of two readings and a wait, by default a real one.
    public init(
        now: @escaping @Sendable () -> Double, uptime: @escaping @Sendable () -> Double,
        sleep: (@Sendable (Double) -> Void)? = nil
    ) {
        self.now = now
        self.uptime = uptime
        self.sleep = sleep ?? { Thread.sleep(forTimeInterval: $0) }
    }

    /// The machine's clock.
    public static let system = RunClock(
        now: { Date().timeIntervalSince1970 },
        uptime: { ProcessInfo.processInfo.systemUptime })
}
