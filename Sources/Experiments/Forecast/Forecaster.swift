// SPDX-License-Identifier: MIT

internal import Pipeline

/// Reckons what a stage will take from its load and from what a few of its steps took.
struct Forecaster {
    /// A process that has computed other stages before keeps some of their memory; measured 1.1.
    static let keptMemory = 1.15

    /// How many states of a training are kept.
    let statesKept: Int

    /// - Parameter done: The share of the training that a run goes on after, 0 for none.
    func forecast(_ load: StageLoad, _ cost: StageCost, done: Double) -> StageForecast {
        let steps = load.training.map { $0.stepCount * cost.seconds(batch: $0.batch) } ?? 0
        let training = steps + seconds(load.during, cost)
        return StageForecast(
            seconds: (training * (1 - done) + seconds(load.besides, cost)) * cost.correction,
            memoryBytes: Self.memory(of: load, cost),
            diskBytes: load.networksLeft * cost.networkBytes + load.imageBytesLeft,
            // One more than are kept: an older one goes only when the new one has been read back.
            scratchBytes: load.statesKept * (cost.stateBytes + load.bytesOfState) * (statesKept + 1))
    }

    /// The most bytes in memory: in a step, or between two.
    private static func memory(of load: StageLoad, _ cost: StageCost) -> Int {
        let step = load.training.map { cost.peakBytes(batch: $0.batch) } ?? cost.peakBytes
        let most = max(step + load.bytesInSteps, cost.fixedBytes + load.bytesBetweenSteps)
        return Int(Double(most + load.bytesHeld) * keptMemory)
    }

    /// The largest batch that leaves a stage within so many bytes; nil where none does.
    static func batch(of training: StageLoad.Training, _ load: StageLoad, _ cost: StageCost, within memory: Int) -> Int? {
        let room = Int(Double(memory) / keptMemory) - load.bytesHeld
        guard cost.fixedBytes + load.bytesBetweenSteps <= room else { return nil }
        return cost.largestBatch(
            within: room - load.bytesInSteps, below: training.batch, multipleOf: training.batchUnit)
    }

    private func seconds(_ passes: StageLoad.Passes, _ cost: StageCost) -> Double {
        passes.images * cost.secondsPerImage + passes.operations / cost.matrixRate
    }
}
