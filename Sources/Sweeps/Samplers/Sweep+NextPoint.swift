// SPDX-License-Identifier: MIT

internal import Randomness

extension Sweep {
    /// How often a point is drawn again that was there before, until the space counts as exhausted.
    private static let draws = 200

    /// The point of the next trial; nil where the space has no other.
    ///
    /// It follows from the sweep's seed, the number of trials before, and of those that ended what they came to. So a sweep
    /// that was killed goes on with the trials that it would have had.
    func nextPoint(after trials: [SweepTrial]) -> SpacePoint? {
        let known = Set(trials.map(\.digest))
        let isNew = { (point: SpacePoint) in !known.contains(SweepTrial.digest(of: point.settings.map(\.assignment))) }
        let byChance = (0..<Self.draws).lazy.map { randomPoint(number: trials.count, draw: $0) }
        switch sampler {
        case .grid: return space.grid.first(where: isNew)
        case .random: return byChance.first(where: isNew)
        case .tpe(let startup, let candidates):
            guard trials.count(where: { $0.state == .complete }) >= startup else { return byChance.first(where: isNew) }
            let sampler = TreeParzenSampler(space, candidates: candidates, objective: objective, trials: trials)
            let proposed = (0..<Self.draws).lazy.map { draw in
                sampler.point { stream("tpe", $0, number: trials.count, draw: draw) }
            }
            // Of a space of few points those that are left may be ones that are never proposed.
            return proposed.first(where: isNew) ?? byChance.first(where: isNew)
        }
    }

    /// A point by chance; equal seeds, numbers and draws give equal points.
    func randomPoint(number: Int, draw: Int = 0) -> SpacePoint {
        space.point { dimension in
            var stream = stream("random", dimension, number: number, draw: draw)
            return dimension.coordinate(at: stream.uniform())
        }
    }

    private func stream(_ purpose: String, _ dimension: Dimension, number: Int, draw: Int) -> RandomStream {
        RandomKey(seed: UInt64(seed)).stream("sweep.\(purpose).\(dimension.key)", epoch: number, index: draw)
    }
}
