// SPDX-License-Identifier: MIT

/// What a stage has to do and to hold, as far as it can be counted before: forecasts multiply it by what was measured.
struct StageLoad {
    /// Steps of the same size, one after another.
    struct Training {
        /// The trainings that follow each other, by what their states are filed under; empty for the only one.
        var parts = [""]
        let epochs: Int
        let iterations: Int
        /// Images of a domain in a batch, and what that is a multiple of.
        let batch: Int
        let batchUnit: Int
        /// The key of the batch size.
        var batchKey = "batch"
        /// Multiplications and additions of a step's products with a memory, of which made-up images have few rows.
        var operationsPerStep = 0.0

        var stepCount: Double { Double(parts.count) * Double(epochs) * Double(iterations) }

        /// The smallest batch of whole identities that is whole groups of normalisation too, where there are groups.
        static func unit(holding instances: Int, fillingGroupsOf size: Int?) -> Int {
            guard let size else { return instances }
            return stride(from: size, through: size * instances, by: size).first { $0 % instances == 0 } ?? size * instances
        }

        /// The share of all steps that were done at a point of one of the trainings.
        func share(part: String, epoch: Int, step: Int) -> Double {
            let earlier = Double(parts.firstIndex(of: part) ?? 0) * Double(epochs)
            return min(1, ((earlier + Double(epoch)) * Double(iterations) + Double(step)) / stepCount)
        }
    }

    /// Work without training.
    struct Passes {
        /// Images that are embedded or translated.
        var images = 0.0
        /// Multiplications and additions of matrix products.
        var operations = 0.0

        /// All products of some rows with others; what is done with them takes about as long again.
        static func operations(_ rows: Int, _ others: Int, length: Int) -> Double {
            2 * 2 * Double(rows) * Double(others) * Double(length)
        }
    }

    var training: Training?
    /// Between the steps, in proportion to them.
    var during = Passes()
    /// Before the first step or after the last.
    var besides = Passes()
    /// Bytes that are held all the time beside what a measured step holds: queues, memories, pools.
    var bytesHeld = 0
    /// Bytes beside those within a step, and while no step is made: embeddings, neighbours, distances. What a step has freed
    /// is taken for them, and the reverse.
    var bytesInSteps = 0
    var bytesBetweenSteps = 0
    /// Networks that the stage leaves, and bytes of images.
    var networksLeft = 0
    var imageBytesLeft = 0
    /// States that are kept at a time, one of each training, and bytes of each beside what a measured one has.
    var statesKept = 1
    var bytesOfState = 0
}
