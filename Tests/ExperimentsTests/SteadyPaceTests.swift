// SPDX-License-Identifier: MIT

import Configuration
import Foundation
import Pipeline
import Synchronization
import Testing
import Training

@testable import Experiments

@Suite(.timeLimit(.minutes(60))) struct `Steps one after another` {
    /// Six steps that do not count, three windows of two, and one that is given before the last window's end is looked at.
    @Test func `are looked at when a window ends`() {
        let pace = SteadyPace(window: 2, iterations: 400)
        #expect(pace.stepCount == 13)
        #expect((1...13).filter(pace.isEnd) == [6, 8, 10, 12])
    }

    /// Windows of 2, 8 and 3 seconds: 1, 4 and 1.5 a step.
    @Test func `take the median of the windows`() {
        let pace = SteadyPace(window: 2, iterations: 400)
        #expect(pace.seconds([10, 12, 20, 23]) == 1.5)
        #expect(pace.seconds([]) == 0)
    }

    /// A clock that says 1, 3, 6 and 10 when it is read: windows of 2, 3 and 4 seconds.
    @Test func `are left when they have been measured`() throws {
        let scope = SteadyScope(SteadyPace(window: 2, iterations: 400), ticking())
        var steps = 0
        #expect(throws: SteadyScope.Measured.self) {
            while true {
                steps += 1
                try scope.endStep { TrainingState(epoch: 0) }
            }
        }
        #expect(steps == 13)
        #expect(scope.secondsPerStep == 1.5)
    }

    @Test func `of a body take as long`() throws {
        var count = 0
        #expect(try SteadyPace(window: 2, iterations: 0).seconds(ticking()) { count += 1 } == 1.5)
        #expect(count == 13)
    }

    private func ticking() -> RunClock {
        let state = Mutex((time: 0.0, reads: 0.0))
        return RunClock(
            now: { 0 },
            uptime: {
                state.withLock {
                    $0.reads += 1
                    $0.time += $0.reads
                    return $0.time
                }
            })
    }

    /// A forecast would measure 8 images too.
    @Test func `of a stage are measured with its own batch`() throws {
        let steps = try #require(try launch().steadySteps(of: "direct", window: 1, threads: 1) { 7 })
        #expect(steps.batch == 16 && steps.peakBytes == 7 && steps.seconds > 0)
    }

    @Test func `of a stage that trains nothing are none`() throws {
        #expect(try launch().steadySteps(of: "evaluate", window: 1, threads: 1) { 0 } == nil)
    }

    @Test func `through a network are measured with the batch that is asked for`() throws {
        let steps = try launch().steadyPasses(of: 3, window: 1, threads: 1) { 7 }
        #expect(steps.batch == 3 && steps.peakBytes == 7 && steps.seconds > 0)
    }

    private func launch() throws -> Launch {
        let text = """
            \(tenPeople)
            image: {height: 32, width: 16}
            backbone: resnet18
            stages:
              - pretrain: {name: direct, images: source, networks: 1, iterations: 5, batch: 16}
              - evaluate: {}
            """
        return Launch(
            try Experiment(Document.parse(text, file: "x.yaml"), name: "x"), dataFolder: "/nowhere", weightFolders: [],
            cacheFolder: "/nowhere", output: StandardError())
    }
}
