// SPDX-License-Identifier: MIT

/// When a run is killed in order to be resumed: so many times, spread over all its stages.
public struct KillSchedule: Sendable, Equatable {
    /// The kills in the order in which the run meets them.
    public let kills: [KillPoint]

    /// Every stage gets its share, the earlier ones one more where the count does not divide.
    ///
    /// A process is killed after at most 0.8 / k of a stage's moments, k being the stage's kills, so that it meets all
    /// of them whatever it has to do again. Half way there it keeps its state, to have something to go on from; every
    /// second kill strikes a moment later, in the midst of a step or of a save. A stage without such moments is killed
    /// at its beginning.
    ///
    /// - Parameters:
    ///   - count: Kills in all; at least one for each stage is made of it.
    ///   - reference: The manifests of an uninterrupted run's stages, in order.
    ///   - generator: Where the moments come from.
    public init(_ count: Int, over reference: [StageManifest], using generator: inout some RandomNumberGenerator) {
        let share = max(count, reference.count)
        // A fifth of the moments is in hand for what attempts do again.
        let reach = 0.8
        kills = reference.enumerated().flatMap { index, stage in
            let killCount = share / reference.count + (index < share % reference.count ? 1 : 0)
            let stepSeconds = stage.seconds / Double(max(stage.boundaries, 1))
            let last = max(1, Int(reach * Double(stage.boundaries) / Double(killCount)))
            return (0..<killCount).map { number in
                let isLate = number % 2 == 1
                let milliseconds = isLate ? Int.random(in: 1...max(1, Int(1000 * stepSeconds)), using: &generator) : 0
                let boundary = stage.boundaries == 0 ? 0 : Int.random(in: 1...last, using: &generator)
                return KillPoint(
                    stage: stage.stage, boundary: boundary, milliseconds: milliseconds, stride: max(1, boundary / 2))
            }
        }
    }
}
