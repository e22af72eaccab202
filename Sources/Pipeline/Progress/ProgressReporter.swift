// SPDX-License-Identifier: MIT

/// Shows how a stage gets on: one line that rewrites itself on a terminal, elsewhere a plain one at times.
public final class ProgressReporter {
    /// Seconds between two plain lines.
    static let plainInterval = 10.0
    /// Seconds between two drawings of a terminal's line.
    static let drawInterval = 0.1

    private let output: any ProgressOutput
    private let clock: RunClock
    private let created: Double
    private var begun: Double
    private var lastShown: Double
    private var line: ProgressLine
    /// How many columns the line on the terminal takes; 0 when the cursor stands on an empty line.
    private var drawnCount = 0

    /// A reporter for one stage.
    ///
    /// - Parameters:
    ///   - label: The stage's name.
    ///   - output: Where the text goes.
    ///   - laterSeconds: What the stages after this one are expected to take; nil when nobody knows.
    ///   - clock: What rate and time left are measured with.
    public init(
        label: String, output: any ProgressOutput, laterSeconds: Double? = nil, clock: RunClock = .system
    ) {
        self.output = output
        self.clock = clock
        created = clock.uptime()
        begun = created
        // A terminal shows its first line at once, a log only what lasts.
        lastShown = output.columns == nil ? created : -.infinity
        line = ProgressLine(label: label, laterSeconds: laterSeconds)
    }

    /// Begins a part of the stage and its measurement of speed.
    ///
    /// - Parameters:
    ///   - total: How many units there are in all; 0 when that is not known.
    ///   - unit: What is counted, in the plural: `steps`.
    ///   - done: How many of them were done before, as after a resume.
    public func begin(total: Int, unit: String, done: Int = 0) {
        precondition(total >= 0 && done >= 0, "total \(total) and done \(done) are counts")
        begun = clock.uptime()
        line = ProgressLine(
            label: line.label, unit: unit, totalCount: total, startCount: done, doneCount: done,
            note: line.note, laterSeconds: line.laterSeconds)
        show()
    }

    /// Counts units that are done.
    public func advance(by count: Int = 1) {
        line.doneCount += count
        show()
    }

    /// Says something after the figures, until the next note: `epoch 3/40, loss 1.25`.
    public func note(_ text: String) {
        line.note = text
        show()
    }

    /// Says something that stays on a line of its own.
    public func warn(_ text: String) {
        erase()
        output.write("warning: \(text)\n")
    }

    /// Ends the line: the stage is done.
    public func finish() {
        finish(remark: "")
    }

    /// Ends the line of a stage that is done, with a remark on the time it took.
    func finish(remark: String) {
        var summary = ProgressLine(label: line.label)
        summary.note = "done in " + ProgressLine.duration(clock.uptime() - created)
        if !remark.isEmpty { summary.note += ", \(remark)" }
        if !line.note.isEmpty { summary.note += "  \(line.note)" }
        close(with: summary)
    }

    /// Ends the line with other words: the stage did not have to run, or did not get to its end.
    public func finish(_ text: String) {
        close(with: ProgressLine(label: line.label, note: text))
    }

    private func close(with line: ProgressLine) {
        if output.columns == nil {
            output.write(line.text + "\n")
        } else {
            draw(line)
            output.write("\n")
            drawnCount = 0
        }
    }

    private func show() {
        let time = clock.uptime()
        let interval = output.columns == nil ? Self.plainInterval : Self.drawInterval
        guard time - lastShown >= interval else { return }
        lastShown = time
        line.elapsed = time - begun
        if output.columns == nil {
            output.write(line.text + "\n")
        } else {
            draw(line)
        }
    }

    /// Rewrites the terminal's line; spaces cover what the line before had more.
    private func draw(_ line: ProgressLine) {
        // The last column stays free: some terminals wrap as soon as it is written.
        let visible = String(line.text.prefix(max(1, (output.columns ?? 80) - 1)))
        let padding = String(repeating: " ", count: max(0, drawnCount - visible.count))
        output.write("\r" + coloured(visible, label: line.label) + padding)
        drawnCount = visible.count
    }

    private func coloured(_ text: String, label: String) -> String {
        guard output.usesColour, text.hasPrefix(label) else { return text }
        return "\u{1B}[1m\(label)\u{1B}[0m" + text.dropFirst(label.count)
    }

    private func erase() {
        guard drawnCount > 0 else { return }
        output.write("\r" + String(repeating: " ", count: drawnCount) + "\r")
        drawnCount = 0
        // Drawn again with the next call.
        lastShown = -.infinity
    }
}
