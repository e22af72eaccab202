// SPDX-License-Identifier: MIT

import Configuration
import Data
import Tensor
import Testing

@testable import Experiments

/// An experiment on a drawn world, and what its stages work with, on one thread.
struct DrawnWorkspace {
    let experiment: Experiment
    let workspace: Workspace

    /// - Parameters:
    ///   - text: The experiment.
    ///   - root: The folder that the world is drawn into.
    init(_ text: String, in root: String) throws {
        experiment = try Experiment(Document.parse(text, file: "x.yaml"), name: "x")
        let world = try #require(experiment.settings.data.drawnWorld)
        try world.write(to: root) { _, _ in }
        workspace = Workspace(
            settings: experiment.settings, datasets: try Datasets(experiment.settings.data, root: root),
            initialWeights: [:], cache: nil, badImages: nil)
        try Engine.prepare(threads: 1)
    }
}
