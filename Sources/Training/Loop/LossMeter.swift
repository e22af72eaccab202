// SPDX-License-Identifier: MIT

package import Data
package import Reporting
package import Tensor

/// How far an epoch is, and the means of its losses until then.
package struct LossMeter {
    private static let prefix = "loss/"
    private static let countPrefix = "steps with loss/"
    /// A look at a card's numbers waits for all that the card was given to do.
    private static let mostUnread = 20

    /// The zero-based epoch.
    package let epoch: Int
    /// Steps that are done.
    package private(set) var step: Int
    private var sums: [String: Double]
    /// How many steps have had a loss.
    private var counts: [String: Int]
    /// The losses as they were looked at last, by name.
    package private(set) var readings: [LossReading] = []
    /// Steps whose losses have not been looked at: a copy of them, since a step that is repeated has them in one place.
    private var unread: [(step: Int, names: [String], values: Tensor)] = []

    /// An epoch's beginning.
    package init(epoch: Int) {
        self.epoch = epoch
        step = 0
        sums = [:]
        counts = [:]
    }

    /// Where a kept state was; the beginning of the first epoch where there is none.
    package init(_ state: TrainingState?) {
        let step = state?.step ?? 0
        let stored = Self.values(state, Self.countPrefix)
        epoch = state?.epoch ?? 0
        self.step = step
        sums = Self.values(state, Self.prefix)
        counts = Dictionary(uniqueKeysWithValues: sums.keys.map { ($0, stored[$0].map { Int($0) } ?? step) })
    }

    private static func values(_ state: TrainingState?, _ prefix: String) -> [String: Double] {
        let found = (state?.values ?? [:]).filter { $0.key.hasPrefix(prefix) }
        return Dictionary(uniqueKeysWithValues: found.map { (String($0.key.dropFirst(prefix.count)), $0.value) })
    }

    /// A state that holds nothing but this.
    ///
    /// - Throws: ``MethodError/notFinite(loss:epoch:step:)``, so that no such state is kept.
    package func state() throws -> TrainingState {
        // A count goes without saying where every step had the loss.
        let partial = counts.filter { $0.value != step }
        let values =
            try whole().map { (Self.prefix + $0.key, $0.value) }
            + partial.map { (Self.countPrefix + $0.key, Double($0.value)) }
        return TrainingState(epoch: epoch, step: step, values: Dictionary(uniqueKeysWithValues: values))
    }

    /// Counts a step.
    ///
    /// - Parameter losses: Those that it had; others count for the mean of their own steps only.
    /// - Throws: ``MethodError/notFinite(loss:epoch:step:)``, so that training stops at the first such step, on a card a few
    ///   steps later.
    package mutating func add(_ losses: [String: Tensor]) throws {
        // By name, so that of several that are no numbers the same one is told every time.
        let named = losses.sorted { $0.key < $1.key }
        let values = try Tensor.concatenated(
            named.map { try $0.value.detached().converted(to: .float32).reshaped([1]) })
        unread.append((step, named.map(\.key), values))
        let isOnCard = losses.values.contains { $0.device != .cpu }
        let found = !isOnCard || unread.count == Self.mostUnread ? try looked() : nil
        for name in losses.keys { counts[name, default: 0] += 1 }
        step += 1
        guard let (sums, latest) = found else { return }
        self.sums = sums
        unread = []
        readings = sums.sorted { $0.key < $1.key }.map { name, sum in
            let mean = mean(of: name, sum)
            return LossReading(name: name, latest: latest[name] ?? mean, mean: mean)
        }
    }

    /// The sums with those of the steps that have not been looked at.
    private func whole() throws -> [String: Double] { try looked().sums }

    /// The same, and the last value of each loss of those steps.
    private func looked() throws -> (sums: [String: Double], latest: [String: Double]) {
        guard !unread.isEmpty else { return (sums, [:]) }
        let losses = unread.flatMap { step, names, _ in names.map { (step, $0) } }
        let values = try Tensor.concatenated(unread.map(\.values)).floats()
        var (sums, latest) = (sums, [String: Double]())
        for ((step, name), value) in zip(losses, values) {
            guard value.isFinite else { throw MethodError.notFinite(loss: name, epoch: epoch, step: step) }
            sums[name, default: 0] += Double(value)
            latest[name] = Double(value)
        }
        return (sums, latest)
    }

    /// Over the steps that had the loss.
    private func mean(of name: String, _ sum: Double) -> Double { sum / Double(max(counts[name] ?? step, 1)) }

    /// Reports the means of an epoch, the rate at which its steps were taken, and how long they waited for their batches.
    package func report(to scope: any TrainingScope, rate: Double? = nil, after batches: BatchSequence?...) throws {
        for (name, sum) in try whole().sorted(by: { $0.key < $1.key }) {
            try scope.record(Self.prefix + name, mean(of: name, sum), epoch: epoch)
        }
        if let rate { try scope.record("learning_rate", rate, epoch: epoch) }
        let waits = batches.compactMap { $0?.waited }
        guard !waits.isEmpty else { return }
        let waited = waits.reduce(.zero, +)
        try scope.record("loading/seconds", waited / .seconds(1), epoch: epoch)
    }
}
