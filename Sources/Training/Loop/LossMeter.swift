// SPDX-License-Identifier: MIT

package import Tensor

/// How far an epoch is, and the means of its losses until then.
package struct LossMeter {
    private static let prefix = "loss/"

    /// The zero-based epoch.
    package let epoch: Int
    /// Steps that are done.
    package private(set) var step: Int
    private var sums: [String: Double]

    /// An epoch's beginning.
    package init(epoch: Int) {
        self.epoch = epoch
        step = 0
        sums = [:]
    }

    /// Where a kept state was; the beginning of the first epoch where there is none.
    package init(_ state: TrainingState?) {
        epoch = state?.epoch ?? 0
        step = state?.step ?? 0
        let sums = (state?.values ?? [:]).filter { $0.key.hasPrefix(Self.prefix) }
        self.sums = Dictionary(uniqueKeysWithValues: sums.map { (String($0.key.dropFirst(Self.prefix.count)), $0.value) })
    }

    /// A state that holds nothing but this.
    package var state: TrainingState {
        let values = sums.map { (Self.prefix + $0.key, $0.value) }
        return TrainingState(epoch: epoch, step: step, values: Dictionary(uniqueKeysWithValues: values))
    }

    /// Counts a step.
    ///
    /// - Throws: ``MethodError/notFinite(loss:epoch:step:)``, so that training stops at the first such step.
    package mutating func add(_ losses: [String: Tensor]) throws {
        for (name, loss) in losses {
            let value = Double(try loss.converted(to: .float32).scalar())
            guard value.isFinite else { throw MethodError.notFinite(loss: name, epoch: epoch, step: step) }
            sums[name, default: 0] += value
        }
        step += 1
    }

    package func report(to scope: any TrainingScope) throws {
        for (name, sum) in sums.sorted(by: { $0.key < $1.key }) {
            try scope.record(Self.prefix + name, sum / Double(max(step, 1)), epoch: epoch)
        }
    }
}
