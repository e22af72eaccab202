// SPDX-License-Identifier: MIT

internal import Training

extension ClusterContrast {
    /// The numbers of the method; the defaults are those of the authors' command for Market-1501.
    struct Config: Sendable, Equatable, EvaluatedTraining {
        var epochs = 50
        var iterations = 200
        var batch = 256
        /// Images of each cluster in a batch.
        var instances = 16
        var schedule = StepSchedule(rate: 3.5e-4, warmup: 0, milestones: [20, 40])
        var weightDecay = 5e-4
        var padding = 10
        var clustering = DensityClustering(neighbours: 30, expansion: 6, radius: 0.6, minimumPoints: 4)
        /// τ of the memory, the share of a row that an update leaves of it, and what moves it.
        var temperature = 0.05
        var momentum = 0.1
        var update = ClusterMemory.Update.mean
        /// Epochs between evaluations; 0 for none.
        var evaluateEvery = 10
    }
}
