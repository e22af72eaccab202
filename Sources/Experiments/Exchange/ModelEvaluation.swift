// SPDX-License-Identifier: MIT

package import Backbones
package import Pipeline
internal import Retrieval
package import Training

/// What a trained model scores: as it is, then after every step of post-processing that is asked for.
package struct ModelEvaluation {
    private let model: EmbeddingNetwork
    private let camera: EmbeddingNetwork?
    private let config: PostProcessing.Config
    private let validation: Validation

    /// - Parameters:
    ///   - camera: A network whose distances are subtracted; nil for none, whatever `config` says.
    ///   - config: The steps; there is no ensemble of one model.
    package init(
        of model: EmbeddingNetwork, camera: EmbeddingNetwork?, _ config: PostProcessing.Config, on validation: Validation
    ) {
        self.model = model
        self.camera = camera
        self.validation = validation
        var steps = config
        steps.ensemble = false
        if camera == nil { steps.cameraWeight = nil }
        self.config = steps
    }

    private var hasSteps: Bool { config.flip || camera != nil || config.reRanking != nil }

    /// Forward passes of images.
    package var passes: Int {
        // Without any step, then with all of them, and the camera network's; twice each with mirror images.
        let steps = (config.flip ? 2 : 1) * ((hasSteps ? 1 : 0) + (camera == nil ? 0 : 1))
        return validation.samples.count * (1 + steps)
    }

    /// What each of the rows was scored by, in their order.
    package var scorings: [ScoringParameters] {
        func scoring(flip: Bool, camera: Bool, reRanked: Bool) -> ScoringParameters {
            ScoringParameters(
                rankingProtocol: validation.rankingProtocol, flip: flip, cameraWeight: camera ? config.cameraWeight : nil,
                reRanking: reRanked ? config.reRanking : nil)
        }
        let hasCamera = config.cameraWeight != nil
        return [scoring(flip: false, camera: false, reRanked: false)]
            + (config.flip ? [scoring(flip: true, camera: false, reRanked: false)] : [])
            + (hasCamera ? [scoring(flip: config.flip, camera: true, reRanked: false)] : [])
            + (config.reRanking == nil ? [] : [scoring(flip: config.flip, camera: hasCamera, reRanked: true)])
    }

    /// A row for each step, on top of those before it.
    ///
    /// - Parameter progress: Told of so many forward passes more that are done.
    package func rows(progress: (Int) throws -> Void) throws -> [ResultRow] {
        let plain = try validation.features(of: model, progress: progress)
        let row = ResultRow("as trained", try validation.metrics(of: squaredDistances(plain.query, plain.gallery)))
        guard hasSteps else { return [row] }
        let steps = try PostProcessing(config, validation: validation)
            .rows([.init(name: "model", networks: [model])], camera: camera, progress: progress)
        return [row] + steps.map { ResultRow($0.name, $0.metrics) }
    }
}
