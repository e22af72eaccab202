// SPDX-License-Identifier: MIT

/// The epochs of an adaptation that were scored, and those that one would pick of them.
package struct EvaluatedEpochs: Sendable, Equatable {
    /// What one epoch has left.
    package struct Epoch: Sendable, Equatable {
        /// From 0.
        package let number: Int
        /// What validation makes of each network, at least one.
        package let networks: [RankingFigures]
        /// What is known of it without any label, the higher the better; nothing before it is known.
        package fileprivate(set) var score: Double?

        package init(number: Int, networks: [RankingFigures], score: Double? = nil) {
            self.number = number
            self.networks = networks
            self.score = score
        }
    }

    /// An epoch and one of its networks.
    package struct Pick: Sendable, Equatable {
        package let epoch: Epoch
        /// From 0.
        package let network: Int

        package var figures: RankingFigures { epoch.networks[network] }
    }

    /// In their order.
    package private(set) var epochs: [Epoch]

    package init(_ epochs: [Epoch] = []) {
        self.epochs = epochs
    }

    /// Adds an epoch; one that was scored before an interruption, and again after it, counts once.
    package mutating func add(_ epoch: Epoch) {
        epochs.removeAll { $0.number >= epoch.number }
        epochs.append(epoch)
    }

    /// Whether an epoch waits for what is known of it without labels.
    package func waitsForScore(_ number: Int) -> Bool { epochs.contains { $0.number == number && $0.score == nil } }

    /// Adds what is known of an epoch without labels, where it is one of these.
    package mutating func setScore(_ score: Double, of number: Int) {
        for index in epochs.indices where epochs[index].number == number { epochs[index].score = score }
    }

    // MARK: Picks

    /// The first network of the last of so many epochs; nothing where that was not scored.
    package func last(of count: Int) -> Pick? {
        epochs.last { $0.number + 1 == count }.map { Pick(epoch: $0, network: 0) }
    }

    /// The first network of the epoch with the highest score, which needs no label; of equals the last.
    package var labelFree: Pick? {
        let scored = epochs.compactMap { epoch in epoch.score.map { (epoch: epoch, score: $0) } }
        guard let first = scored.first else { return nil }
        let best = scored.dropFirst().reduce(first) { $0.score > $1.score ? $0 : $1 }
        return Pick(epoch: best.epoch, network: 0)
    }

    /// The network and the epoch with the best validation mAP, which only somebody could pick who knows the labels; of
    /// equals the first.
    package var oracle: Pick? {
        let all = epochs.flatMap { epoch in epoch.networks.indices.map { Pick(epoch: epoch, network: $0) } }
        return all.reduce(nil) { best, pick in
            guard let best, best.figures.mAP >= pick.figures.mAP else { return pick }
            return best
        }
    }

    // MARK: Checkpoints

    private static let prefix = "evaluated/"

    /// Those of a kept state.
    init(_ state: TrainingState) {
        let numbers = state.reports.keys.compactMap { key -> Int? in
            guard key.hasPrefix(Self.prefix) else { return nil }
            return Int(key.dropFirst(Self.prefix.count).prefix { $0 != "/" })
        }
        epochs = Set(numbers).sorted().compactMap { number in
            var networks: [RankingFigures] = []
            while let figures = RankingFigures(state, at: Self.key(number, network: networks.count)) {
                networks.append(figures)
            }
            guard !networks.isEmpty else { return nil }
            return Epoch(number: number, networks: networks, score: state.reports[Self.scoreKey(number)])
        }
    }

    func store(in state: inout TrainingState) {
        for epoch in epochs {
            for (index, figures) in epoch.networks.enumerated() {
                figures.store(in: &state, at: Self.key(epoch.number, network: index))
            }
            state.reports[Self.scoreKey(epoch.number)] = epoch.score
        }
    }

    private static func key(_ epoch: Int, network: Int) -> String { "\(prefix)\(epoch)/network\(network + 1)" }
    private static func scoreKey(_ epoch: Int) -> String { "\(prefix)\(epoch)/score" }
}
