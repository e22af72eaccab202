// SPDX-License-Identifier: MIT

internal import Foundation
internal import Randomness

/// Proposes points that are likelier among the good trials than among all others: the tree-structured Parzen estimator.
///
/// Each setting has estimators of its own, from the trials in which it is varied.
///
/// - SeeAlso: Bergstra, Bardenet, Bengio and Kégl, "Algorithms for hyper-parameter optimization", NIPS 2011, §4.
struct TreeParzenSampler {
    /// The share of trials that count as good, γ in the paper, and how many at most. Fewer than the paper's 0.15: where a
    /// choice opens other settings, the best tenth tells good choices from usual ones sooner.
    private static let (goodShare, mostGood) = (0.1, 25)

    private let space: SearchSpace
    private let candidates: Int
    private let good: [SweepTrial]
    private let others: [SweepTrial]

    /// - Parameters:
    ///   - candidates: How many values of a setting are drawn from the good trials' density, of which the best is proposed.
    ///   - trials: All until now. Those that failed, and those that others work on, count as not good.
    init(_ space: SearchSpace, candidates: Int, objective: Objective, trials: [SweepTrial]) {
        self.space = space
        self.candidates = candidates
        let ranking = trials.ranked(by: objective)
        let count = min(Int((Self.goodShare * Double(ranking.count)).rounded(.up)), Self.mostGood)
        // The oldest first, as their age counts.
        let good = ranking.prefix(count).sorted { $0.number < $1.number }
        self.good = good
        others = trials.filter { trial in !good.contains { $0.number == trial.number } }
    }

    /// A point; equal streams give equal points.
    ///
    /// - Parameter stream: The random numbers for a setting.
    func point(_ stream: (Dimension) -> RandomStream) -> SpacePoint {
        space.point { dimension in
            let likely = ParzenEstimator(dimension, seen: good.compactMap { $0.coordinates[dimension.key] })
            let usual = ParzenEstimator(dimension, seen: others.compactMap { $0.coordinates[dimension.key] })
            var stream = stream(dimension)
            var best = (coordinate: 0.0, gain: -Double.infinity)
            for _ in 0..<candidates {
                let coordinate = likely.draw(from: &stream)
                let gain = likely.logDensity(at: coordinate) - usual.logDensity(at: coordinate)
                if gain > best.gain { best = (coordinate, gain) }
            }
            return best.coordinate
        }
    }
}
