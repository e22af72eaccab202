// SPDX-License-Identifier: MIT

internal import Pipeline
internal import Tensor
internal import Training

/// How steps are measured one after another, as a run takes them: a card is given the next one while it computes, and never
/// runs out of work.
struct SteadyPace {
    /// Windows that count.
    static let windows = 3
    /// Steps that do not: memory is fetched in them, and kernels are chosen.
    static let firstSteps = 6

    /// Steps of a window.
    let window: Int
    /// Steps of an epoch of the stage, on which sizes may depend. No more are taken than are measured.
    let iterations: Int

    /// The last window's end is looked at when one more step has been given.
    var stepCount: Int { Self.firstSteps + Self.windows * window + 1 }

    /// Whether a window ends with so many steps.
    func isEnd(_ steps: Int) -> Bool { steps >= Self.firstSteps && (steps - Self.firstSteps) % window == 0 }

    /// Seconds a step, the median of all windows.
    ///
    /// - Parameter ends: When the windows ended; the first is the end of the steps that do not count.
    func seconds(_ ends: [Double]) -> Double {
        let windows = zip(ends.dropFirst(), ends).map { ($0 - $1) / Double(window) }.sorted()
        return windows.isEmpty ? 0 : windows[windows.count / 2]
    }

    /// Seconds that a body takes, one after another.
    func seconds(_ clock: RunClock, _ body: () throws -> Void) throws -> Double {
        var watch = SteadyWatch(self, clock)
        while !watch.isOver {
            try body()
            try watch.endStep()
        }
        return watch.secondsPerStep
    }
}

/// Looks at the clock when the device is done with a window, having been given one step more.
struct SteadyWatch {
    private let pace: SteadyPace
    private let clock: RunClock
    private var steps = 0
    private var end: DeviceMark?
    private var ends: [Double] = []

    init(_ pace: SteadyPace, _ clock: RunClock) {
        self.pace = pace
        self.clock = clock
    }

    /// Whether all steps have been taken.
    var isOver: Bool { steps >= pace.stepCount }

    var secondsPerStep: Double { pace.seconds(ends) }

    mutating func endStep() throws {
        steps += 1
        if let end {
            try end.wait()
            ends.append(clock.uptime())
        }
        end = pace.isEnd(steps) ? try DeviceMark() : nil
    }
}

/// A training that is left when its steps have been measured.
final class SteadyScope: MeasuringScope {
    /// How a training is left.
    struct Measured: Error {}

    private let warn: (String) -> Void
    private var watch: SteadyWatch

    /// - Parameter warn: Told what is worth a line of its own.
    init(_ pace: SteadyPace, _ clock: RunClock, warn: @escaping (String) -> Void = { _ in }) {
        self.warn = warn
        watch = SteadyWatch(pace, clock)
    }

    var secondsPerStep: Double { watch.secondsPerStep }

    func endStep(_ state: () throws -> TrainingState) throws {
        try watch.endStep()
        if watch.isOver { throw Measured() }
    }

    func warn(_ text: String) { warn(text) }
}

extension Rehearsal {
    /// Steps of a batch that is made once, with as many of the target's images as there are, whose rows memories hold.
    func steps(
        of batch: Int, at pace: SteadyPace,
        _ train: (_ size: Size, _ set: MadeUpImages, _ scope: any TrainingScope) throws -> Trained
    ) throws -> StageCost {
        let set = try MadeUpImages(
            height: settings.image.height, width: settings.image.width, identities: max(counts.identities, batch),
            instances: Self.instances, count: max(counts.target, 4 * batch))
        let scope = SteadyScope(pace, clock, warn: report)
        do {
            _ = try train((batch, max(pace.iterations, pace.stepCount)), set, scope)
        } catch is SteadyScope.Measured {}
        let steps = StageCost.Steps(
            batch: batch, seconds: scope.secondsPerStep, peakBytes: peakMemory(), cardBytes: try Engine.peakCardBytes())
        // What is 0 was not measured.
        return StageCost(
            steps: [steps], secondsPerImage: 0, peakBytes: steps.peakBytes, stateBytes: 0, networkBytes: 0, matrixRate: 0,
            cardBytes: steps.cardBytes)
    }
}
