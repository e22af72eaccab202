// SPDX-License-Identifier: MIT

import Foundation
import Reporting
import Testing

@testable import Pipeline

@Suite struct `A progress line` {
    private static let line = ProgressLine(
        label: "adapt", unit: "steps", totalCount: 400, startCount: 0, doneCount: 120, elapsed: 10, note: "")

    private static func line(_ change: (inout ProgressLine) -> Void) -> ProgressLine {
        var line = line
        change(&line)
        return line
    }

    @Test(arguments: [
        // 120 steps in 10 s; 280 / 12 = 23.3 s
        (line, "adapt  120/400 steps (30 %)  12.0 steps/s  23 s left"),
        (line { $0.note = "3 tries" }, "adapt  120/400 steps (30 %)  3 tries  12.0 steps/s  23 s left"),
        // Resumed at 100: 20 steps in 10 s; 280 / 2 = 140 s
        (line { $0.startCount = 100 }, "adapt  120/400 steps (30 %)  2.0 steps/s  2 min 20 s left"),
        // 120 steps in an hour are 2 a minute; 280 / 2 = 140 min
        (line { $0.elapsed = 3600 }, "adapt  120/400 steps (30 %)  2.0 steps/min  2 h 20 min left"),
        (line { $0.doneCount = 400 }, "adapt  400/400 steps (100 %)  40.0 steps/s"),
        (line { $0.doneCount = 0 }, "adapt  0/400 steps (0 %)"),
        (line { $0.elapsed = 0 }, "adapt  120/400 steps (30 %)"),
        (line { $0.totalCount = 0 }, "adapt  120 steps  12.0 steps/s"),
        (ProgressLine(label: "adapt"), "adapt"),
        // 23.3 s and 185 s
        (
            line { $0.laterSeconds = 185 },
            "adapt  120/400 steps (30 %)  12.0 steps/s  23 s left  3 min 28 s left of the run"
        ),
        // The last stage.
        (line { $0.laterSeconds = 0 }, "adapt  120/400 steps (30 %)  12.0 steps/s  23 s left"),
        // A phase is named, and not its unit; without a number where it is not counted.
        (line { $0.phase = .training }, "adapt  training 120/400  12.0 steps/s  23 s left"),
        (ProgressLine(label: "adapt", phase: .clustering, unit: "rows"), "adapt  clustering"),
        (ProgressLine(label: "adapt", phase: .embedding, unit: "images", totalCount: 9), "adapt  embedding 0/9"),
        // What is known of the whole stage counts more than the speed of a phase.
        (line { $0.stageSeconds = 185 }, "adapt  120/400 steps (30 %)  12.0 steps/s  3 min 05 s left"),
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

    @Test(arguments: [
        (123.4, "123"), (99.96, "100"), (99.9, "99.9"), (10, "10.0"), (9.9949, "9.99"), (1.25, "1.25"), (4, "4.00"),
        (0.1, "0.10"), (0.0123, "0.012"), (-2.5, "-2.50"), (0, "0"),
    ])
    func `gives a loss in three digits`(value: Double, text: String) {
        #expect(ProgressLine.short(value) == text)
    }
}

@Suite struct `A progress line in a narrow window` {
    private static let line = ProgressLine(
        label: "adapt", part: "network-1", epoch: .init(number: 3, count: 40), phase: .training, unit: "steps",
        totalCount: 400, doneCount: 120, elapsed: 10, stageSeconds: 3720, laterSeconds: 7680,
        losses: [
            LossReading(name: "identity", latest: 2, mean: 1.25), LossReading(name: "triplet", latest: 1, mean: 0.4),
        ], clusters: "41 clusters (+5), 12.4 % outliers (-3.1)", score: .init(name: "mAP", latest: 0.452, best: 0.471))

    /// Parts go one after another, the least important first: the rate, further losses, the run's time, the training, the
    /// clusters, the score, the loss, the stage's time, the epoch, and last what is counted.
    @Test(arguments: [
        (
            202,
            "adapt  network-1  epoch 3/40  training 120/400  12.0 steps/s  1 h 02 min left  3 h 10 min left of the run  "
                + "loss identity 1.25  triplet 0.40  41 clusters (+5), 12.4 % outliers (-3.1)  mAP 45.2, best 47.1"
        ),
        (
            201,
            "adapt  network-1  epoch 3/40  training 120/400  1 h 02 min left  3 h 10 min left of the run  "
                + "loss identity 1.25  triplet 0.40  41 clusters (+5), 12.4 % outliers (-3.1)  mAP 45.2, best 47.1"
        ),
        (
            187,
            "adapt  network-1  epoch 3/40  training 120/400  1 h 02 min left  3 h 10 min left of the run  "
                + "loss identity 1.25  41 clusters (+5), 12.4 % outliers (-3.1)  mAP 45.2, best 47.1"
        ),
        (
            146,
            "adapt  network-1  epoch 3/40  training 120/400  1 h 02 min left  loss identity 1.25  "
                + "41 clusters (+5), 12.4 % outliers (-3.1)  mAP 45.2, best 47.1"
        ),
        (
            145,
            "adapt  epoch 3/40  training 120/400  1 h 02 min left  loss identity 1.25  "
                + "41 clusters (+5), 12.4 % outliers (-3.1)  mAP 45.2, best 47.1"
        ),
        (134, "adapt  epoch 3/40  training 120/400  1 h 02 min left  loss identity 1.25  mAP 45.2, best 47.1"),
        (80, "adapt  epoch 3/40  training 120/400  1 h 02 min left  loss identity 1.25"),
        (52, "adapt  epoch 3/40  training 120/400  1 h 02 min left"), (40, "adapt  epoch 3/40  training 120/400"),
        (34, "adapt  training 120/400"), (22, "adapt"), (5, "adapt"), (4, "adap"), (1, "a"), (0, ""),
    ])
    func `leaves out what matters least`(columns: Int, text: String) {
        #expect(Self.line.text(columns: columns) == text)
    }

    @Test func `never takes more columns than there are, and breaks no part in two`() {
        let parts = Set(Self.line.text.components(separatedBy: "  "))
        for columns in 0...TerminalText.columns(Self.line.text) + 1 {
            let text = Self.line.text(columns: columns)
            #expect(TerminalText.columns(text) <= columns)
            if columns >= 5 { #expect(parts.isSuperset(of: text.components(separatedBy: "  ")), "\(text)") }
        }
    }

    @Test func `is cut between characters, however wide they are`() {
        // Each of the two takes two columns, an accent of its own none.
        let line = ProgressLine(label: "適応e\u{301}x")
        #expect((0...6).map { line.text(columns: $0) } == ["", "", "適", "適", "適応", "適応e\u{301}", "適応e\u{301}x"])
    }

    @Test(arguments: [
        ("", 0), ("adapt", 5), ("日本", 4), ("한", 2), ("ｱ", 1), ("Ａ", 2), ("é", 1), ("e\u{301}", 1), ("👩‍👩‍👧", 2), ("±", 1),
    ])
    func `counts the columns of a text`(text: String, columns: Int) {
        #expect(TerminalText.columns(text) == columns)
    }

    @Test func `stays one line whatever it is told`() {
        let line = ProgressLine(label: "a", clusters: "two\nlines\tand\r\u{1B}[2J")
        #expect(line.text == "a  two lines and  [2J")
    }
}

@Suite struct `The pace of a training` {
    /// Four epochs of ten steps; a second for each step, and eight before those of each epoch.
    private func pace(trainingsAfter: Int = 0, epoch: Int = 0, step: Int = 0, steps: Int) -> TrainingPace {
        var pace = TrainingPace(epochs: 4, iterations: 10, trainingsAfter: trainingsAfter, epoch: epoch, step: step)
        if step == 0 { pace.spend(8, in: .clustering) }
        for _ in 0..<steps {
            pace.spend(1, in: .training)
            pace.endSteps(1)
            if pace.step == 10 {
                pace.endEpoch()
                if pace.epoch < 4 { pace.spend(8, in: .embedding) }
            }
        }
        return pace
    }

    /// 40 steps and 4 times 8 s are 72 s in all.
    @Test(arguments: [(1, 63.0), (9, 55), (10, 46), (25, 23), (39, 1), (40, 0)])
    func `reckons steps apart from what comes between them`(steps: Int, seconds: Double) {
        #expect(pace(steps: steps).secondsLeft == seconds)
    }

    @Test func `is not known before the first step, and then of this process alone`() {
        #expect(pace(steps: 0).secondsLeft == nil)
        // Two whole epochs were done before: 19 steps and the clustering of the last epoch, 19 + 8.
        #expect(pace(epoch: 2, steps: 1).secondsLeft == 27)
        // One of 72 s follows in the stage: 63 + 72.
        #expect(pace(trainingsAfter: 1, steps: 1).secondsLeft == 135)
    }
}
