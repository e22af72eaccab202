// SPDX-License-Identifier: MIT

/// Progress of work that as a rule takes no time worth a line, and is shown once it does.
public final class LateProgress {
    /// Seconds after which it is shown.
    static let patience = 1.0

    private let reporter: ProgressReporter
    private let unit: String
    private let clock: RunClock
    private let start: Double
    private var shown: Int?

    /// Begins to wait.
    public init(label: String, unit: String, output: any ProgressOutput, clock: RunClock = .system) {
        reporter = ProgressReporter(label: label, output: output, clock: clock)
        self.unit = unit
        self.clock = clock
        start = clock.uptime()
    }

    /// Says how many units are done.
    public func show(_ done: Int, of total: Int) {
        if let shown {
            reporter.advance(by: done - shown)
        } else {
            guard clock.uptime() - start >= Self.patience else { return }
            reporter.begin(total: total, unit: unit, done: done)
        }
        shown = done
    }

    /// Ends the line, if there is one.
    public func finish() {
        if shown != nil { reporter.finish() }
    }
}
