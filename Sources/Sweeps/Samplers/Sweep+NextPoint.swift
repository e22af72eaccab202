// SPDX-License-Identifier: MIT

internal import Pipeline
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
        switch sampler {
        case .grid: return space.grid.first(where: isNew)
        case .random:
            return (0..<Self.draws).lazy.map { randomPoint(number: trials.count, draw: $0) }.first(where: isNew)
        }
    }

    /// A point by chance; equal seeds, numbers and draws give equal points.
    func randomPoint(number: Int, draw: Int = 0) -> SpacePoint {
        let key = RandomKey(seed: UInt64(seed))
        return space.point { dimension in
            var stream = key.stream("sweep.\(dimension.key)", epoch: number, index: draw)
            return dimension.coordinate(at: stream.uniform())
        }
    }
}
