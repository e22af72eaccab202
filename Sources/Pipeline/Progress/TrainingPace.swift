// SPDX-License-Identifier: MIT

internal import Reporting

/// How far a training is, how fast it gets on, and how long the rest of it will take.
///
/// Steps are reckoned apart from what is done between them once an epoch: an epoch that begins with minutes of clustering
/// says nothing of how fast its steps are.
struct TrainingPace: Equatable {
    /// How many epochs there are, and steps in each.
    let epochs: Int
    let iterations: Int
    /// Trainings of the same length that follow this one in its stage.
    let trainingsAfter: Int
    /// The zero-based epoch, and the steps of it that are done.
    private(set) var epoch: Int
    private(set) var step: Int

    /// What this process did.
    private var steps = 0
    private var stepSeconds = 0.0
    private var otherSeconds = 0.0
    private var endedEpochs = 0

    init(epochs: Int, iterations: Int, trainingsAfter: Int, epoch: Int, step: Int) {
        self.epochs = epochs
        self.iterations = iterations
        self.trainingsAfter = trainingsAfter
        self.epoch = epoch
        self.step = step
    }

    /// Counts time that went into a phase.
    mutating func spend(_ seconds: Double, in phase: Phase?) {
        if phase == .training { stepSeconds += seconds } else { otherSeconds += seconds }
    }

    mutating func endSteps(_ count: Int) {
        step += count
        steps += count
    }

    mutating func endEpoch() {
        (epoch, step) = (epoch + 1, 0)
        endedEpochs += 1
    }

    /// Seconds until this training and those after it are done; nil before its first step in this process.
    var secondsLeft: Double? {
        guard steps > 0 else { return nil }
        let secondsPerStep = stepSeconds / Double(steps)
        // The epoch under way has had its clustering.
        let betweenSteps = otherSeconds / Double(endedEpochs + 1)
        let later = Double(trainingsAfter * epochs)
        let stepsLeft = Double(max(0, (epochs - epoch) * iterations - step)) + later * Double(iterations)
        return stepsLeft * secondsPerStep + (Double(max(0, epochs - epoch - 1)) + later) * betweenSteps
    }
}
