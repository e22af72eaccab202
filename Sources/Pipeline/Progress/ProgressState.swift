// SPDX-License-Identifier: MIT

internal import Reporting

/// What a reporter knows of its stage, and when it says so.
struct ProgressState {
    /// Seconds before a log's first line: what is done by then needs none.
    static let plainPatience = 1.0
    /// Seconds between two plain lines, at first and once a stage takes long.
    static let plainIntervals = (shortest: 10.0, longest: 60.0)
    /// Seconds between two drawings of a terminal's line.
    static let drawInterval = 0.1

    private(set) var line: ProgressLine
    private var pace: TrainingPace?
    private let expectedSeconds: Double?
    private let output: any ProgressOutput
    private let clock: RunClock
    private var file: RunProgressFile?
    private let created: Double
    /// When what is counted now began, and when time was reckoned last.
    private var begun: Double
    private var reckoned: Double
    /// When the last step ended.
    private var stepped: Double
    private var nextShown: Double
    /// Whether the terminal's cursor stands behind a line that is not ended.
    private var isDrawn = false

    init(
        line: ProgressLine, expectedSeconds: Double?, output: any ProgressOutput, clock: RunClock, file: RunProgressFile?
    ) {
        self.line = line
        self.expectedSeconds = expectedSeconds
        self.output = output
        self.clock = clock
        self.file = file
        created = clock.uptime()
        (begun, reckoned, stepped) = (created, created, created)
        // A terminal shows its first line at once, a log only what lasts.
        nextShown = output.columns == nil ? created + Self.plainPatience : created
    }

    /// Whether lines are the classic ones: of trainings and phases alone, as nothing else has an epoch or a step.
    private var isClassic: Bool { output.style == .classic && (line.phase != nil || pace != nil) }

    // MARK: What is counted

    mutating func begin(_ phase: Phase?, total: Int, unit: String, done: Int) {
        precondition(total >= 0 && done >= 0, "total \(total) and done \(done) are counts")
        endPhase()
        begun = reckoned
        stepped = reckoned
        (line.phase, line.unit) = (phase, unit)
        (line.totalCount, line.startCount, line.doneCount) = (total, done, done)
        // It may take long before anything of it is counted.
        if output.columns != nil { nextShown = reckoned }
        show(isNew: true)
    }

    mutating func advance(by count: Int) {
        line.doneCount += count
        reckon()
        guard line.phase == .training else { return show() }
        pace?.endSteps(count)
        if isClassic, ClassicLine.isDue(after: line.doneCount, of: line.totalCount) { writeStep() }
        stepped = reckoned
        show()
    }

    private mutating func writeStep() {
        line.stageSeconds = stageSeconds
        let done = max(1, line.doneCount - line.startCount)
        write(ClassicLine(line).step(seconds: reckoned - stepped, mean: (reckoned - begun) / Double(done)))
    }

    /// Leaves what is counted, and says in the classic style what was done between steps.
    private mutating func endPhase() {
        reckon()
        line.elapsed = reckoned - begun
        if isClassic, let phase = line.phase, phase != .training { write(ClassicLine(line).phase(phase)) }
        (line.phase, line.unit) = (nil, "")
        (line.totalCount, line.startCount, line.doneCount) = (0, 0, 0)
    }

    /// Puts the time since the last look down to what was done in it.
    private mutating func reckon() {
        let now = clock.uptime()
        pace?.spend(now - reckoned, in: line.phase)
        reckoned = now
    }

    /// Until the stage is done: by its own pace, before it has one by what was foreseen.
    private var stageSeconds: Double? {
        guard let pace else { return nil }
        if let left = pace.secondsLeft { return left }
        guard let expectedSeconds, expectedSeconds > reckoned - created else { return nil }
        return expectedSeconds - (reckoned - created)
    }

    // MARK: Trainings

    mutating func beginTraining(_ part: String, _ pace: TrainingPace) {
        endPhase()
        self.pace = pace
        line.part = part
        (line.losses, line.clusters, line.score) = ([], "", nil)
        setEpoch()
        show()
    }

    mutating func endEpoch() {
        endPhase()
        line.losses = []
        pace?.endEpoch()
        setEpoch()
    }

    mutating func endTraining() {
        endPhase()
        (pace, line.epoch, line.losses) = (nil, nil, [])
        line.stageSeconds = nil
    }

    /// After the last epoch's end it is still the last.
    private mutating func setEpoch() {
        line.epoch = pace.map { .init(number: min($0.epoch + 1, $0.epochs), count: $0.epochs) }
    }

    // MARK: What is said

    mutating func tell(_ finding: Finding) {
        switch finding {
        case .losses(let losses):
            line.losses = losses
            // Shown with the step that they are of.
            return
        case .clusters(let text):
            endPhase()
            line.clusters = text
            if output.style == .classic { write(ClassicLine(line).clusters) }
        case .score(let name, let latest, let best):
            endPhase()
            let score = ProgressLine.Score(
                name: name, latest: latest, best: max(best, line.score?.best ?? best), epoch: line.epoch)
            line.score = score
            if output.style == .classic { write(ClassicLine(line).score(score)) }
        }
        show()
    }

    mutating func note(_ text: String) {
        line.note = text
        show()
    }

    mutating func warn(_ text: String) {
        if isDrawn { output.write("\r\u{1B}[K") }
        isDrawn = false
        output.write("warning: \(text)\n")
        // Drawn again with the next call.
        if output.columns != nil { nextShown = -.infinity }
    }

    mutating func finish(remark: String) {
        endPhase()
        let words = ["done in " + ProgressLine.duration(reckoned - created), remark].filter { !$0.isEmpty }
        let results = [line.note, line.closing].filter { !$0.isEmpty }
        close(with: ([words.joined(separator: ", ")] + results).joined(separator: "  "))
    }

    /// Ends the line with a whole one, however wide: it stays, and may be wrapped.
    mutating func close(with text: String) {
        let text = TerminalText.onOneLine(ProgressLine(label: line.label, note: text).text)
        output.write(output.columns == nil ? text + "\n" : "\r" + coloured(text) + "\u{1B}[K\n")
        isDrawn = false
    }

    // MARK: When

    /// - Parameter isNew: Whether something begins.
    private mutating func show(isNew: Bool = false) {
        let now = clock.uptime()
        let isKept = file?.isDue(at: now, isNew: isNew) ?? false
        guard isKept || !isClassic && now >= nextShown else { return }
        reckon()
        (line.elapsed, line.stageSeconds) = (reckoned - begun, stageSeconds)
        if isKept {
            let progress = RunProgress(line, time: clock.now())
            file?.write(progress, at: now)
        }
        guard !isClassic, now >= nextShown else { return }
        if let columns = output.columns {
            draw(in: columns)
            nextShown = now + Self.drawInterval
        } else {
            // A stage's name alone says nothing.
            guard line.saysMore else { return }
            write(line.text)
            // A line a minute says enough of what takes hours.
            let (shortest, longest) = Self.plainIntervals
            nextShown = now + min(longest, max(shortest, (now - created) / 10))
        }
    }

    private func write(_ text: String) { output.write(text + "\n") }

    /// Rewrites the terminal's line; what the line before had more, and what keys have echoed, is erased.
    private mutating func draw(in columns: Int) {
        // The last column stays free: some terminals wrap as soon as it is written.
        output.write("\r" + coloured(line.text(columns: max(1, columns - 1))) + "\u{1B}[K")
        isDrawn = true
    }

    private func coloured(_ text: String) -> String {
        guard output.usesColour, text.hasPrefix(line.label) else { return text }
        return "\u{1B}[1m\(line.label)\u{1B}[0m" + text.dropFirst(line.label.count)
    }
}
