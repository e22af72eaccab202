// SPDX-License-Identifier: MIT

internal import Data
internal import Pipeline

/// A stage whose figures say how many images could not be read.
struct CountingStage: Stage {
    let base: any Stage
    let badImages: BadImages

    var plan: StagePlan { base.plan }

    func run(in scope: StageScope) throws -> StageOutcome {
        let outcome = try base.run(in: scope)
        guard badImages.count > 0 else { return outcome }
        let counted = outcome.metrics.merging(["bad_images": Double(badImages.count)]) { $1 }
        return StageOutcome(metrics: counted, rows: outcome.rows)
    }
}
