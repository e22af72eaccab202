// SPDX-License-Identifier: MIT

internal import Data
internal import Pipeline

/// A stage that goes on without images that cannot be read: its figures count them, its notes name them.
struct CountingStage: Stage {
    let plan: StagePlan
    /// Those of the whole run, where each is named once.
    let badImages: BadImages
    /// The stage that tells of the images that it meets.
    let base: (BadImages) -> any Stage

    func run(in scope: StageScope) throws -> StageOutcome {
        let notes = scope.notes
        let met = badImages.part { error in notes.add("\(error); another image took its place") }
        let outcome = try base(met).run(in: scope)
        // The notes are of all attempts, while a process knows only what it has met itself.
        let count = notes.all.count
        guard count > 0 else { return outcome }
        let counted = outcome.metrics.merging(["bad_images": Double(count)]) { $1 }
        return StageOutcome(metrics: counted, rows: outcome.rows)
    }
}
