// SPDX-License-Identifier: MIT

internal import Foundation

/// What a few steps of a stage took on this machine.
public struct StageCost: Sendable, Codable, Equatable {
    /// Steps with one batch size.
    public struct Steps: Sendable, Codable, Equatable {
        /// Images of a domain in a batch.
        public let batch: Int
        /// Seconds a step.
        public let seconds: Double
        /// The most bytes that the process had in memory until then.
        public let peakBytes: Int
        /// The same on the card that it computes on; nothing on the processor.
        public var cardBytes: Int?
    }

    /// Whose memory is meant.
    enum Memory {
        case machine, card
    }

    /// Two batch sizes, the smaller one first, or only the experiment's own.
    public let steps: [Steps]
    /// Seconds an image that is embedded, or by a translation, translated.
    public let secondsPerImage: Double
    /// The most bytes that the process had in memory in the end.
    public let peakBytes: Int
    /// Bytes of the state that is kept within an epoch.
    public let stateBytes: Int
    /// Bytes of one network that the stage leaves.
    public let networkBytes: Int
    /// Multiplications and additions a second of matrix products in retrieval.
    public let matrixRate: Double
    /// What whole stages have taken since, as a multiple of what was reckoned; 1 before the first.
    public var correction = 1.0
    /// The most bytes that the process had on the card that it computes on in the end; nothing on the processor.
    public var cardBytes: Int?
    /// Multiplications and additions a second of the products of a step on a card; nothing on the processor, where it is
    /// ``matrixRate``.
    public var cardRate: Double?

    /// Seconds of a step with another batch size: a fixed part and one for each image.
    func seconds(batch: Int) -> Double {
        max(0, line(batch) { $0.seconds })
    }

    /// The same, where two steps were counted as one.
    func halvingSteps() -> StageCost {
        StageCost(
            steps: steps.map {
                Steps(batch: $0.batch, seconds: $0.seconds / 2, peakBytes: $0.peakBytes, cardBytes: $0.cardBytes)
            }, secondsPerImage: secondsPerImage, peakBytes: peakBytes, stateBytes: stateBytes, networkBytes: networkBytes,
            matrixRate: matrixRate, correction: correction, cardBytes: cardBytes, cardRate: cardRate)
    }

    /// The most bytes in the end.
    func peakBytes(in memory: Memory) -> Int {
        switch memory {
        case .machine: peakBytes
        case .card: cardBytes ?? 0
        }
    }

    /// The most bytes in memory with another batch size.
    func peakBytes(batch: Int, in memory: Memory = .machine) -> Int {
        max(peakBytes(in: memory), trainingBytes(batch: batch, in: memory))
    }

    /// What of that does not come from a batch: networks, gradients, moments, the program.
    func fixedBytes(in memory: Memory) -> Int { max(0, trainingBytes(batch: 0, in: memory)) }

    /// The same while training only, before anything is embedded or translated.
    private func trainingBytes(batch: Int, in memory: Memory) -> Int {
        Int(
            line(batch) { steps in
                switch memory {
                case .machine: Double(steps.peakBytes)
                case .card: Double(steps.cardBytes ?? 0)
                }
            })
    }

    /// The largest batch whose steps fit, a multiple of something; nil where none does. Embedding and translating may be
    /// done with fewer images at a time, and count no more than training does.
    func largestBatch(within bytes: Int, of memory: Memory = .machine, below batch: Int, multipleOf unit: Int) -> Int? {
        stride(from: (batch - 1) / unit * unit, through: unit, by: -unit)
            .first { trainingBytes(batch: $0, in: memory) <= bytes }
    }

    /// The straight line through both measurements; where it falls, which only noise can bring about, the second.
    private func line(_ batch: Int, _ value: (Steps) -> Double) -> Double {
        guard let last = steps.last else { return 0 }
        guard steps.count > 1, last.batch > steps[0].batch else { return value(last) }
        let slope = (value(last) - value(steps[0])) / Double(last.batch - steps[0].batch)
        return value(last) + max(0, slope) * Double(batch - last.batch)
    }
}
