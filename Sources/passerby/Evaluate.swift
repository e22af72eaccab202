// SPDX-License-Identifier: MIT

internal import ArgumentParser
internal import Data
internal import Experiments
internal import Foundation
internal import Methods
internal import Pipeline
internal import Retrieval

struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The numbers of a trained model, the authors' checkpoints included.",
        discussion: "Every step of post-processing that is asked for has its own row, on top of those before it.")

    @Option(help: "The weights, from either side.") var weights: String
    @OptionGroup var network: NetworkArguments
    @Option(
        help: ArgumentHelp("The dataset whose queries are looked for in its gallery.", valueName: "dataset"),
        transform: knownDataset)
    var data: Dataset
    @Option(help: "The folder that datasets lie in; data/ beside the program by default.") var root: String?
    @Option(
        name: .customLong("protocol"),
        help: ArgumentHelp("One of \(protocolNames); the dataset's own by default.", valueName: "protocol"),
        transform: knownProtocol)
    var rankingProtocol: RankingProtocol?
    @OptionGroup var inference: InferenceArguments
    @Option(help: "Weights of a camera network, whose distances are subtracted.") var camera: String?
    @Option(help: "How much of the camera network's distances is subtracted.") var cameraWeight = 0.1
    @Option(help: ArgumentHelp("Re-rank last.", valueName: "k1=30,k2=6,lambda=0.3")) var rerank: String?
    @Flag(help: "Print one JSON document.") var json = false

    func run() throws {
        let rows = try rows()
        if json { try printJSON(rows) } else { print(ResultTable(rows)) }
    }

    func rows() throws -> [ResultRow] {
        var config = PostProcessing.Config()
        config.flip = inference.flip
        config.ensemble = false
        config.cameraWeight = camera == nil ? nil : cameraWeight
        config.reRanking = try rerank.map(InlineSettings.reRanking)
        let validation = try self.validation()
        let model = try network.network(network.fitted(WeightFile(readingFrom: weights)), of: weights)
        let cameraModel = try camera.map { path in
            let arguments = try NetworkArguments.parse([])
            return try arguments.network(arguments.fitted(WeightFile(readingFrom: path)), of: path)
        }
        try inference.reportAgreement(validation.extractor, on: validation.samples, by: model)
        let hasSteps = config.flip || cameraModel != nil || config.reRanking != nil
        // Without any step, then with all of them, and the camera network's; twice each with mirror images.
        let passes = (inference.flip ? 2 : 1) * ((hasSteps ? 1 : 0) + (cameraModel == nil ? 0 : 1))
        return try inference.withProgress("evaluate", passes: validation.samples.count * (1 + passes)) { progress in
            let plain = try validation.features(of: model, progress: progress)
            let row = ResultRow("as trained", try validation.metrics(of: squaredDistances(plain.query, plain.gallery)))
            guard hasSteps else { return [row] }
            let steps = try PostProcessing(config, validation: validation)
                .rows(networks: [model], camera: cameraModel, progress: progress)
            return [row] + steps.map { ResultRow($0.name, $0.metrics) }
        }
    }

    private func validation() throws -> Validation {
        let found = try data.find(in: root ?? Home().data.path)
        return Validation(
            query: try found.labelled(.query), gallery: try found.labelled(.gallery),
            rankingProtocol: rankingProtocol ?? data.rankingProtocol, extractor: try inference.extractor())
    }
}
