// SPDX-License-Identifier: MIT

import Testing

@testable import Pipeline

@Suite struct `A progress line` {
    static let line = ProgressLine(
        label: "adapt", unit: "steps", totalCount: 400, startCount: 0, doneCount: 120, elapsed: 10, note: "")

    static func line(_ change: (inout ProgressLine) -> Void) -> ProgressLine {
        var line = line
        change(&line)
        return line
    }

    @Test(arguments: [
        // 120 steps in 10 s; 280 / 12 = 23.3 s
        (line, "adapt  120/400 steps (30 %)  12.0 steps/s  23 s left"),
        (line { $0.note = "loss 1.25" }, "adapt  120/400 steps (30 %)  12.0 steps/s  23 s left  loss 1.25"),
        // Resumed at 100: 20 steps in 10 s; 280 / 2 = 140 s
        (line { $0.startCount = 100 }, "adapt  120/400 steps (30 %)  2.0 steps/s  2 min 20 s left"),
        // 120 steps in an hour are 2 a minute; 280 / 2 = 140 min
        (line { $0.elapsed = 3600 }, "adapt  120/400 steps (30 %)  2.0 steps/min  2 h 20 min left"),
        (line { $0.doneCount = 400 }, "adapt  400/400 steps (100 %)  40.0 steps/s"),
        (line { $0.doneCount = 0 }, "adapt  0/400 steps (0 %)"),
        (line { $0.elapsed = 0 }, "adapt  120/400 steps (30 %)"),
        (line { $0.totalCount = 0 }, "adapt  120 steps  12.0 steps/s"),
        (ProgressLine(label: "adapt"), "adapt"),
        (line { $0.laterSeconds = 185 }, "adapt  120/400 steps (30 %)  12.0 steps/s  23 s left, then 3 min 05 s"),
        // The last stage.
        (line { $0.laterSeconds = 0 }, "adapt  120/400 steps (30 %)  12.0 steps/s  23 s left"),
    ])
    func `says how far, how fast and how long`(line: ProgressLine, text: String) {
        #expect(line.text == text)
    }

    @Test(arguments: [
        (1234.0, "1234 steps/s"), (99.96, "100 steps/s"), (99.94, "99.9 steps/s"), (1, "1.0 steps/s"),
        (0.5, "30.0 steps/min"), (0.01, "36.0 steps/h"), (0.0001, "0.4 steps/h"),
    ])
    func `gives a rate in the period that makes it at least one`(perSecond: Double, text: String) {
        #expect(ProgressLine.rate(perSecond, unit: "steps") == text)
    }

    @Test(arguments: [
        (0.0, "0 s"), (59.4, "59 s"), (59.6, "1 min 00 s"), (185, "3 min 05 s"), (3600, "1 h 00 min"),
        (7620, "2 h 07 min"), (86_400, "1 d 00 h"), (273_600, "3 d 04 h"), (.infinity, "185185 d 04 h"),
    ])
    func `gives a duration in its two largest units`(seconds: Double, text: String) {
        #expect(ProgressLine.duration(seconds) == text)
    }
}

@Suite struct `Progress in a log` {
    let time = ManualTime()
    let output = Recorder()

    @Test func `is a line every ten seconds and one at the end`() {
        let reporter = ProgressReporter(label: "adapt", output: output, clock: time.clock)
        reporter.begin(total: 100, unit: "steps")
        for second in 1...25 {
            time.seconds = Double(second)
            reporter.note("loss \(second)")
            reporter.advance(by: 2)
        }
        reporter.finish()
        #expect(
            output.text == """
                adapt  18/100 steps (18 %)  1.8 steps/s  46 s left  loss 10
                adapt  38/100 steps (38 %)  1.9 steps/s  33 s left  loss 20
                adapt  done in 25 s  loss 25

                """)
    }

    @Test func `counts speed anew for each part, and only what this process did`() {
        let reporter = ProgressReporter(label: "adapt", output: output, clock: time.clock)
        reporter.begin(total: 10, unit: "batches")
        time.seconds = 9
        reporter.advance(by: 10)
        reporter.begin(total: 100, unit: "steps", done: 50)
        time.seconds = 14
        reporter.advance(by: 10)
        // 10 steps in 14 - 9 = 5 s; 40 / 2 = 20 s
        #expect(output.text == "adapt  60/100 steps (60 %)  2.0 steps/s  20 s left\n")
    }

    @Test func `keeps warnings on lines of their own`() {
        let reporter = ProgressReporter(label: "adapt", output: output, clock: time.clock)
        reporter.warn("3 images are unreadable")
        reporter.finish("failed")
        #expect(output.text == "warning: 3 images are unreadable\nadapt  failed\n")
    }
}

@Suite struct `Progress on a terminal` {
    let time = ManualTime()

    func show(on output: Recorder) {
        let reporter = ProgressReporter(label: "adapt", output: output, clock: time.clock)
        reporter.begin(total: 4, unit: "steps")
        time.seconds = 0.05
        reporter.advance()
        time.seconds = 1
        reporter.advance()
        reporter.warn("slow")
        reporter.advance()
        reporter.finish()
    }

    @Test func `rewrites one line, ten times a second at most`() {
        let output = Recorder(columns: 80)
        show(on: output)
        #expect(
            output.text.split(separator: "\r", omittingEmptySubsequences: false) == [
                "",
                "adapt  0/4 steps (0 %)",
                "adapt  2/4 steps (50 %)  2.0 steps/s  1 s left",
                "                                              ",
                "warning: slow\n",
                "adapt  3/4 steps (75 %)  3.0 steps/s  0 s left",
                "adapt  done in 1 s                            \n",
            ])
    }

    @Test func `stays inside the terminal's width`() {
        let output = Recorder(columns: 20)
        show(on: output)
        #expect(
            output.text.split(separator: "\r", omittingEmptySubsequences: false) == [
                "", "adapt  0/4 steps (0", "adapt  2/4 steps (5", "                   ", "warning: slow\n",
                "adapt  3/4 steps (7", "adapt  done in 1 s \n",
            ])
    }

    @Test func `sets the stage's name in bold where colours are wanted`() {
        let output = Recorder(columns: 80, usesColour: true)
        ProgressReporter(label: "adapt", output: output, clock: time.clock).finish("failed")
        #expect(output.text == "\r\u{1B}[1madapt\u{1B}[0m  failed\n")
    }

    @Test(arguments: [["NO_COLOR": "1"], ["TERM": "dumb"], [:]])
    func `is plain and without colours where standard error is none`(environment: [String: String]) {
        // The test's own standard error may be a terminal; these environments decide all the same.
        let output = StandardError(environment: environment)
        if !environment.isEmpty { #expect(!output.usesColour) }
        if environment["TERM"] != nil { #expect(output.columns == nil) }
    }
}
