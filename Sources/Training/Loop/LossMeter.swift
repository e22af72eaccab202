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
    /// Steps whose losses have not been looked at.
    private var unread: [(step: Int, losses: [(name: String, value: Tensor)])] = []
    /// A look at a card's numbers waits for all that the card was given to do.
    private static let mostUnread = 20

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
    ///
    /// - Throws: ``MethodError/notFinite(loss:epoch:step:)``, so that no such state is kept.
    package func state() throws -> TrainingState {
        let values = try whole().map { (Self.prefix + $0.key, $0.value) }
        return TrainingState(epoch: epoch, step: step, values: Dictionary(uniqueKeysWithValues: values))
    }

    /// Counts a step.
    ///
    /// - Throws: ``MethodError/notFinite(loss:epoch:step:)``, so that training stops at the first such step, on a card a few
    ///   steps later.
    package mutating func add(_ losses: [String: Tensor]) throws {
        unread.append((step, try losses.map { ($0.key, try $0.value.detached()) }))
        let isOnCard = losses.values.contains { $0.device != .cpu }
        if !isOnCard || unread.count == Self.mostUnread {
            sums = try whole()
            unread = []
        }
        step += 1
    }

    /// The sums with those of the steps that have not been looked at.
    private func whole() throws -> [String: Double] {
        let losses = unread.flatMap { step, losses in losses.map { (step, $0.name, $0.value) } }
        guard !losses.isEmpty else { return sums }
        let values = try Tensor.concatenated(losses.map { try $0.2.converted(to: .float32).reshaped([1]) }).floats()
        var sums = sums
        for ((step, name, _), value) in zip(losses, values) {
            guard value.isFinite else { throw MethodError.notFinite(loss: name, epoch: epoch, step: step) }
            sums[name, default: 0] += Double(value)
        }
        return sums
    }

    package func report(to scope: any TrainingScope) throws {
        for (name, sum) in try whole().sorted(by: { $0.key < $1.key }) {
            try scope.record(Self.prefix + name, sum / Double(max(step, 1)), epoch: epoch)
        }
    }
}
