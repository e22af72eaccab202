// SPDX-License-Identifier: MIT

extension PrunerChoice.Rule {
    /// Whether a trial is to be given up at an epoch.
    ///
    /// - Parameters:
    ///   - values: The trial's own, by epoch from 0, that epoch's the last.
    ///   - others: Those of all other trials, whatever became of them.
    ///   - better: Which way values are better.
    public func givesUp(
        _ values: [Int: Double], among others: [[Int: Double]], better: Objective.Direction
    ) -> Bool {
        guard let epoch = values.keys.max() else { return false }
        switch self {
        case .median(let startup, let after):
            let there = others.compactMap { $0[epoch] }.sorted()
            guard epoch + 1 >= after, there.count >= startup, let best = better.best(values.values) else { return false }
            let (lower, upper) = (there[(there.count - 1) / 2], there[there.count / 2])
            return better.prefers((lower + upper) / 2, to: best)
        case .asha(let reduction, let first):
            // The rung that this epoch is the first beyond.
            guard let rung = rungs(until: epoch + 1, first, reduction).last, value(of: values, at: rung)?.epoch == epoch,
                let own = values[epoch]
            else { return false }
            let there = others.compactMap { value(of: $0, at: rung)?.value }
            guard there.count + 1 >= reduction else { return false }
            let ahead = there.count { better.prefers($0, to: own) }
            return ahead >= (there.count + 1) / reduction
        }
    }

    /// `first`, `first` · `reduction`, … up to a number of epochs.
    private func rungs(until epochs: Int, _ first: Int, _ reduction: Int) -> [Int] {
        var rungs: [Int] = []
        var rung = first
        while rung <= epochs {
            rungs.append(rung)
            rung *= reduction
        }
        return rungs
    }

    /// The first value after so many epochs: not every epoch may have one.
    private func value(of values: [Int: Double], at rung: Int) -> (epoch: Int, value: Double)? {
        values.filter { $0.key + 1 >= rung }.min { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}

extension Objective.Direction {
    fileprivate func best(_ values: some Sequence<Double>) -> Double? { values.min { prefers($0, to: $1) } }
}
