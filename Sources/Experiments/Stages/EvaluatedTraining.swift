// SPDX-License-Identifier: MIT

internal import Training

/// The numbers that trainings have in common which are scored between epochs.
protocol EvaluatedTraining {
    var epochs: Int { get set }
    var iterations: Int { get set }
    /// Images of a domain in a batch.
    var batch: Int { get set }
    /// Images of each cluster, or identity of the source, in it.
    var instances: Int { get set }
    /// Epochs between evaluations; 0 for none.
    var evaluateEvery: Int { get set }
}

extension EvaluatedTraining {
    var evaluations: EvaluationSchedule { EvaluationSchedule(every: evaluateEvery, of: epochs) }

    /// The same for so many steps of such batches, which nothing is scored after: for measuring what a step takes.
    func rehearsed(_ size: Rehearsal.Size) -> Self {
        var rehearsed = self
        (rehearsed.epochs, rehearsed.iterations, rehearsed.evaluateEvery) = (1, size.steps, 0)
        (rehearsed.batch, rehearsed.instances) = (size.batch, Rehearsal.instances)
        return rehearsed
    }
}
