// SPDX-License-Identifier: MIT

import Dispatch
import Reporting
import Testing

@testable import Pipeline

@Suite struct `Progress in a log` {
    let time = ManualTime()
    let output = Recorder()

    @Test func `is a line after a second, then one every ten, and one at the end`() {
        let reporter = ProgressReporter(label: "adapt", output: output, clock: time.clock)
        reporter.begin(total: 100, unit: "steps")
        for second in 1...25 {
            time.seconds = Double(second)
            reporter.note("try \(second)")
            reporter.advance(by: 2)
        }
        reporter.finish()
        #expect(
            output.text == """
                adapt  0/100 steps (0 %)  try 1
                adapt  20/100 steps (20 %)  try 11  1.8 steps/s  44 s left
                adapt  40/100 steps (40 %)  try 21  1.9 steps/s  32 s left
                adapt  done in 25 s  try 25

                """)
    }

    /// 10 s until the hundredth second, then a tenth of what has passed: 110, 121, 133.1; and a minute after 600 s.
    @Test func `has fewer lines the longer it takes, and one a minute at least`() {
        let reporter = ProgressReporter(label: "adapt", output: output, clock: time.clock)
        reporter.begin(total: 0, unit: "steps")
        var moments: [Int] = []
        for second in 1...1000 {
            time.seconds = Double(second)
            output.text = ""
            reporter.advance()
            if !output.text.isEmpty { moments.append(second) }
        }
        #expect(moments.prefix(15) == [1, 11, 21, 31, 41, 51, 61, 71, 81, 91, 101, 112, 124, 137, 151])
        #expect(Array(zip(moments.suffix(4), moments.suffix(3)).map { $1 - $0 }.prefix(3)) == [60, 60, 60])
    }

    @Test func `counts speed anew for each part, and only what this process did`() {
        let reporter = ProgressReporter(label: "adapt", output: output, clock: time.clock)
        reporter.begin(total: 10, unit: "batches")
        time.seconds = 9
        reporter.advance(by: 10)
        reporter.begin(total: 100, unit: "steps", done: 50)
        time.seconds = 19
        reporter.advance(by: 10)
        // 10 steps in 19 - 9 = 10 s; 40 / 1 = 40 s
        #expect(
            output.text == "adapt  10/10 batches (100 %)  1.1 batches/s\n"
                + "adapt  60/100 steps (60 %)  1.0 steps/s  40 s left\n")
    }

    @Test func `keeps warnings on lines of their own`() {
        let reporter = ProgressReporter(label: "adapt", output: output, clock: time.clock)
        reporter.warn("3 images are unreadable")
        reporter.finish("failed")
        #expect(output.text == "warning: 3 images are unreadable\nadapt  failed\n")
    }

    /// Two epochs of two steps, 20 s each; 30 s of embedding and 10 s of scoring in each; 500 s follow. Before the first
    /// step the forecast of 200 s counts.
    @Test func `says epoch, phase, losses, clusters and scores, and how long stage and run will take`() {
        let reporter = ProgressReporter(
            label: "adapt", output: output, expectedSeconds: 200, laterSeconds: 500, clock: time.clock)
        reporter.beginTraining(epochs: 2, iterations: 2)
        for (epoch, score) in [0.5, 0.25].enumerated() {
            reporter.begin(.embedding, of: 60)
            time.seconds += 30
            reporter.advance(by: 60)
            reporter.tell(.clusters("\(epoch + 3) clusters"))
            reporter.begin(.training, of: 2)
            for step in 1...2 {
                time.seconds += 20
                reporter.tell(.losses([LossReading(name: "triplet", latest: 9, mean: Double(step))]))
                reporter.advance()
            }
            reporter.begin(.evaluating, of: 5)
            time.seconds += 10
            reporter.advance(by: 5)
            reporter.tell(.score(name: "mAP", latest: score, best: score))
            reporter.endEpoch()
        }
        reporter.endTraining()
        reporter.finish()
        // 200 - 30 = 170. After a step: 3 * 20 + 30 = 90, then 70; scoring adds 10: 2 * 20 + 40 = 80. In the second
        // epoch (40 + 30) / 2 was between steps, but no epoch follows. The last scoring ends too soon after for a line.
        #expect(
            output.text == """
                adapt  epoch 1/2  embedding 60/60  2.0 images/s  2 min 50 s left  11 min 10 s left of the run
                adapt  epoch 1/2  training 1/2  3.0 steps/min  1 min 30 s left  9 min 50 s left of the run  loss triplet 1.00  3 clusters
                adapt  epoch 1/2  training 2/2  3.0 steps/min  1 min 10 s left  9 min 30 s left of the run  loss triplet 2.00  3 clusters
                adapt  epoch 1/2  evaluating 5/5  30.0 images/min  1 min 20 s left  9 min 40 s left of the run  loss triplet 2.00  3 clusters
                adapt  epoch 2/2  embedding 60/60  2.0 images/s  40 s left  9 min 00 s left of the run  3 clusters  mAP 50.0, best 50.0
                adapt  epoch 2/2  training 1/2  3.0 steps/min  20 s left  8 min 40 s left of the run  loss triplet 1.00  4 clusters  mAP 50.0, best 50.0
                adapt  epoch 2/2  training 2/2  3.0 steps/min  0 s left  8 min 20 s left of the run  loss triplet 2.00  4 clusters  mAP 50.0, best 50.0
                adapt  done in 2 min 40 s  4 clusters  mAP 25.0, best 50.0

                """)
    }

    @Test func `goes on with the epoch and the step where a training was left`() {
        let reporter = ProgressReporter(label: "adapt", output: output, clock: time.clock)
        reporter.beginTraining("network-2", epochs: 40, iterations: 10, epoch: 2, step: 7)
        time.seconds = 1
        reporter.begin(.training, of: 10, done: 7)
        // In the last epoch's end it is still that one.
        reporter.beginTraining(epochs: 3, iterations: 10, epoch: 3, step: 0)
        time.seconds = 12
        reporter.begin(.searching, of: 9)
        #expect(
            output.text == "adapt  network-2  epoch 3/40  training 7/10\nadapt  epoch 3/3  searching 0/9\n")
    }

    @Test func `may be told of a search from any thread, in any order`() {
        let reporter = ProgressReporter(label: "adapt", output: output, clock: time.clock)
        reporter.begin(.searching, of: 1000)
        DispatchQueue.concurrentPerform(iterations: 100) { reporter.reach(Double($0 + 1) / 200) }
        reporter.reach(0.1)
        time.seconds = 1
        reporter.reach(0.4)
        reporter.advance(by: 0)
        #expect(output.text == "adapt  searching 500/1000  500 rows/s  1 s left\n")
    }
}

@Suite struct `Progress in the classic style` {
    let time = ManualTime()
    let output = Recorder(style: .classic)

    /// A step of 2 s, then one of 1 s, with a mean of 1.5 s, and so on; 20 steps have a line for every second one.
    @Test func `is a line at every tenth of an epoch, and one for all between steps`() {
        let reporter = ProgressReporter(label: "adapt", output: output, clock: time.clock)
        reporter.beginTraining("network-1", epochs: 2, iterations: 20)
        reporter.begin(.embedding, of: 60)
        time.seconds += 12.5
        reporter.advance(by: 60)
        reporter.begin(.clustering)
        time.seconds += 0.25
        reporter.tell(.clusters("41 clusters (+5), 12.4 % outliers (-3.1)"))
        reporter.begin(.training, of: 20)
        for step in 1...4 {
            time.seconds += step.isMultiple(of: 2) ? 1 : 2
            reporter.tell(.losses([LossReading(name: "triplet", latest: 2.1525, mean: 2.3)]))
            reporter.advance()
        }
        reporter.begin(.evaluating, of: 5)
        time.seconds += 3
        reporter.advance(by: 5)
        reporter.tell(.score(name: "mAP", latest: 0.452, best: 0.471))
        reporter.finish()
        // 38 and 36 steps of 1.5 s, and 12.75 s before those of the second epoch: 69.75 and 66.75 s.
        #expect(
            output.text == """
                adapt/network-1  Epoch: [1]  embedding 60/60  Time 12.500
                adapt/network-1  Epoch: [1]  clustering  Time 0.250
                adapt/network-1  Epoch: [1]  Clusters: 41 clusters (+5), 12.4 % outliers (-3.1)
                adapt/network-1  Epoch: [1][2/20]  Time 1.000 (1.500)  loss/triplet 2.152 (2.300)  Left 0:01:10
                adapt/network-1  Epoch: [1][4/20]  Time 1.000 (1.500)  loss/triplet 2.152 (2.300)  Left 0:01:07
                adapt/network-1  Epoch: [1]  evaluating 5/5  Time 3.000
                adapt/network-1  Epoch: [1]  mAP: 45.2 (best 47.1)
                adapt  done in 22 s  41 clusters (+5), 12.4 % outliers (-3.1)

                """)
    }

    @Test(arguments: [(400, [40, 80, 120, 160, 200, 240, 280, 320, 360, 400]), (3, [1, 2, 3]), (15, Array(1...15))])
    func `has at most some ten lines an epoch, and always the last`(steps: Int, due: [Int]) {
        #expect((1...steps).filter { ClassicLine.isDue(after: $0, of: steps) } == due)
    }

    @Test func `is plain outside trainings and phases`() {
        let reporter = ProgressReporter(label: "data", output: output, clock: time.clock)
        reporter.begin(total: 4, unit: "images")
        time.seconds = 1
        reporter.advance(by: 2)
        reporter.finish()
        #expect(output.text == "data  2/4 images (50 %)  2.0 images/s  1 s left\ndata  done in 1 s\n")
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
                "adapt  0/4 steps (0 %)\u{1B}[K",
                "adapt  2/4 steps (50 %)  2.0 steps/s  1 s left\u{1B}[K",
                "\u{1B}[Kwarning: slow\n",
                "adapt  3/4 steps (75 %)  3.0 steps/s  0 s left\u{1B}[K",
                "adapt  done in 1 s\u{1B}[K\n",
            ])
    }

    @Test func `stays inside the terminal's width, and free of its last column`() {
        let output = Recorder(columns: 24)
        show(on: output)
        #expect(
            output.text.split(separator: "\r", omittingEmptySubsequences: false) == [
                "", "adapt  0/4 steps (0 %)\u{1B}[K", "adapt  2/4 steps (50 %)\u{1B}[K", "\u{1B}[Kwarning: slow\n",
                "adapt  3/4 steps (75 %)\u{1B}[K", "adapt  done in 1 s\u{1B}[K\n",
            ])
    }

    @Test func `follows the terminal's width, and ends with a whole line`() {
        let output = Recorder(columns: 80)
        let reporter = ProgressReporter(label: "adapt", output: output, clock: time.clock)
        reporter.begin(total: 4, unit: "steps")
        output.columns = 6
        time.seconds = 1
        reporter.advance()
        reporter.finish("interrupted by SIGINT")
        #expect(
            output.text == "\radapt  0/4 steps (0 %)\u{1B}[K\radapt\u{1B}[K\radapt  interrupted by SIGINT\u{1B}[K\n")
    }

    /// Of a phase nothing may be counted for long.
    @Test func `shows a phase as soon as it begins`() {
        let output = Recorder(columns: 80)
        let reporter = ProgressReporter(label: "adapt", output: output, clock: time.clock)
        reporter.begin(.training, of: 2)
        time.seconds = 0.01
        reporter.advance()
        reporter.begin(.clustering)
        #expect(output.text == "\radapt  training 0/2\u{1B}[K\radapt  clustering\u{1B}[K")
    }

    @Test func `sets the stage's name in bold where colours are wanted`() {
        let output = Recorder(columns: 80, usesColour: true)
        ProgressReporter(label: "adapt", output: output, clock: time.clock).finish("failed")
        #expect(output.text == "\r\u{1B}[1madapt\u{1B}[0m  failed\u{1B}[K\n")
    }

    @Test(arguments: [["NO_COLOR": "1"], ["TERM": "dumb"], [:]])
    func `is plain and without colours where standard error is none`(environment: [String: String]) {
        // The test's own standard error may be a terminal; these environments decide all the same.
        let output = StandardError(environment: environment)
        if !environment.isEmpty { #expect(!output.usesColour) }
        if environment["TERM"] != nil { #expect(output.columns == nil) }
    }

    @Test(arguments: [LogStyle.plain, .classic]) func `is none where another style was asked for`(style: LogStyle) {
        #expect(StandardError(style: style, environment: [:]).columns == nil)
    }
}
