// SPDX-License-Identifier: MIT

internal import Pipeline

/// Reckons what a stage will take from its load and from what a few of its steps took.
struct Forecaster {
    /// A process that has computed other stages before keeps some of their memory; measured 1.1.
    static let keptMemory = 1.15
    /// What the driver takes of a card for each process, and libraries for their kernels, beside what libtorch counts: taken to
    /// be so much.
    static let cardContext = 1 << 30

    /// How many states of a training are kept.
    let statesKept: Int

    /// - Parameter done: The share of the training that a run goes on after, 0 for none.
    func forecast(_ load: StageLoad, _ cost: StageCost, done: Double) -> StageForecast {
        let steps = load.training.map { $0.stepCount * seconds(ofStep: $0, cost) } ?? 0
        let training = steps + seconds(load.during, cost)
        return StageForecast(
            seconds: (training * (1 - done) + seconds(load.besides, cost)) * cost.correction,
            memoryBytes: Self.bytes(of: load, cost, in: .machine),
            cardBytes: cost.cardBytes.map { _ in Self.bytes(of: load, cost, in: .card) },
            diskBytes: load.networksLeft * cost.networkBytes + load.imageBytesLeft,
            // One more than are kept: an older one goes only when the new one has been read back.
            scratchBytes: load.statesKept * (cost.stateBytes + load.bytesOfState) * (statesKept + 1))
    }

    /// The most bytes in memory: in a step, or between two. What is held beside the batch may be on the card or not, and is
    /// counted in both places.
    private static func bytes(of load: StageLoad, _ cost: StageCost, in memory: StageCost.Memory) -> Int {
        let step = load.training.map { cost.peakBytes(batch: $0.batch, in: memory) } ?? cost.peakBytes(in: memory)
        let most = max(step + load.bytesInSteps, cost.fixedBytes(in: memory) + load.bytesBetweenSteps)
        return Int(Double(most + load.bytesHeld) * keptMemory) + besides(memory)
    }

    private static func besides(_ memory: StageCost.Memory) -> Int {
        switch memory {
        case .machine: 0
        case .card: cardContext
        }
    }

    /// The largest batch that leaves a stage within so many bytes; nil where none does.
    static func batch(
        of training: StageLoad.Training, _ load: StageLoad, _ cost: StageCost, within bytes: Int,
        of memory: StageCost.Memory = .machine
    ) -> Int? {
        let room = Int(Double(bytes - besides(memory)) / keptMemory) - load.bytesHeld
        guard cost.fixedBytes(in: memory) + load.bytesBetweenSteps <= room else { return nil }
        return cost.largestBatch(
            within: room - load.bytesInSteps, of: memory, below: training.batch, multipleOf: training.batchUnit)
    }

    private func seconds(ofStep training: StageLoad.Training, _ cost: StageCost) -> Double {
        cost.seconds(batch: training.batch) + training.operationsPerStep / (cost.cardRate ?? cost.matrixRate)
    }

    private func seconds(_ passes: StageLoad.Passes, _ cost: StageCost) -> Double {
        passes.images * cost.secondsPerImage + passes.operations / cost.matrixRate
    }
}
