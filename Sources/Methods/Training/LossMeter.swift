// SPDX-License-Identifier: MIT

internal import Tensor

/// The means of an epoch's losses.
struct LossMeter {
    private let epoch: Int
    private var sums: [String: Double] = [:]
    private var stepCount = 0

    init(epoch: Int) {
        self.epoch = epoch
    }

    /// Counts a step.
    ///
    /// - Throws: ``MethodError/notFinite(loss:epoch:step:)``, so that training stops at the first such step.
    mutating func add(_ losses: [String: Tensor]) throws {
        for (name, loss) in losses {
            let value = Double(try loss.scalar())
            guard value.isFinite else { throw MethodError.notFinite(loss: name, epoch: epoch, step: stepCount) }
            sums[name, default: 0] += value
        }
        stepCount += 1
    }

    func report(to scope: any TrainingScope) throws {
        for (name, sum) in sums.sorted(by: { $0.key < $1.key }) {
            try scope.record("loss/\(name)", sum / Double(max(stepCount, 1)), epoch: epoch)
        }
    }
}
