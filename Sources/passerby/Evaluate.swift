// SPDX-License-Identifier: MIT

internal import ArgumentParser
internal import Backbones
internal import Data
internal import Experiments
internal import Foundation
internal import Layers
internal import Training
internal import Pipeline
internal import Retrieval

struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The numbers of a trained model, the authors' checkpoints included.",
        discussion: "Every step of post-processing that is asked for has its own row, on top of those before it.")

    @Option(help: "A network's weights: a file of this program or of Python's.") var weights: String
    @OptionGroup var network: NetworkArguments
    @Option(
        help: ArgumentHelp("The dataset whose queries are looked for in its gallery.", valueName: "dataset"),
        transform: knownDataset)
    var data: Dataset
    @Option(help: "The folder that datasets lie in; data/ beside the program by default.") var root: String?
    @Option(
        name: .customLong("protocol"),
        help: ArgumentHelp(
            "One of \(protocolNames); else what the weights say if trained for this dataset, or the dataset's own.",
            valueName: "protocol"),
        transform: knownProtocol)
    var rankingProtocol: RankingProtocol?
    @OptionGroup var inference: InferenceArguments
    @Option(help: "Weights of a camera network, whose distances are subtracted.") var camera: String?
    @Option(help: "How much of the camera network's distances is subtracted.", within: Limits.cameraWeight)
    var cameraWeight = 0.1
    @Option(help: ArgumentHelp("Re-rank last.", valueName: "k1=30,k2=6,lambda=0.3")) var rerank: String?
    @Flag(help: "Print one JSON document.") var json = false

    func run() throws {
        let evaluation = try evaluation()
        if json {
            try printJSON(document(evaluation))
        } else {
            print("images of \(evaluation.size)\n\(ResultTable(evaluation.rows, columns: .all))")
        }
    }

    private func document(_ evaluation: Evaluation) -> [ScoredRow] {
        zip(evaluation.rows, evaluation.scorings).map { row, scoring in
            ScoredRow(
                row: row, size: evaluation.size, scoring: scoring, weights: weights, data: data.rawValue,
                domain: network.dsbn.rawValue, precision: inference.precision.rawValue)
        }
    }

    /// What a model scores, row by row, and by what.
    struct Evaluation {
        let rows: [ResultRow]
        let scorings: [ScoringParameters]
        let size: ImageSize
    }

    func evaluation() throws -> Evaluation {
        var config = PostProcessing.Config()
        config.flip = inference.flip
        config.cameraWeight = cameraWeight
        config.reRanking = try rerank.map(InlineSettings.reRanking)
        let file = try network.file(weights)
        let facts = try NetworkFacts(file)
        let size = inference.imageSize(facts, of: weights)
        let validation = try self.validation(size, under: scored(as: facts.training))
        config.reRanking?.noteFewNeighbours(among: validation.samples.count)
        let model = try network.network(network.fitted(file), of: weights)
        let cameraModel = try camera.map { try cameraNetwork($0, at: size) }
        try inference.reportAgreement(validation.extractor, on: [validation.samples], by: model)
        if let cameraModel {
            try inference.reportAgreement(
                validation.extractor, on: [validation.samples], by: cameraModel, called: "camera network")
        }
        let evaluation = ModelEvaluation(of: model, camera: cameraModel, config, on: validation)
        let rows = try inference.withProgress("evaluate", passes: evaluation.passes) { try evaluation.rows(progress: $0) }
        return Evaluation(rows: rows, scorings: evaluation.scorings, size: size)
    }

    /// The camera network sees the images that the other one sees.
    private func cameraNetwork(_ path: String, at size: ImageSize) throws -> EmbeddingNetwork {
        let arguments = try NetworkArguments.parse([])
        let file = try arguments.file(path)
        if let image = try NetworkFacts(file).image, image != size {
            StandardError().write("warning: \(path): trained on images of \(image), used on \(size)\n")
        }
        return try arguments.network(arguments.fitted(file), of: path)
    }

    /// The protocol that is asked for, or that the network's experiment scored the same dataset under, or the dataset's own.
    private func scored(as training: TrainingFacts?) -> RankingProtocol {
        if let rankingProtocol { return rankingProtocol }
        guard let training, training.target == data.rawValue, training.rankingProtocol != data.rankingProtocol else {
            return data.rankingProtocol
        }
        StandardError().write(
            "\(weights): its experiment scored \(data.rawValue) under \(training.rankingProtocol.rawValue), as is done here; "
                + "--protocol says otherwise\n")
        return training.rankingProtocol
    }

    private func validation(_ size: ImageSize, under rankingProtocol: RankingProtocol) throws -> Validation {
        let found = try data.find(in: root ?? Home().data.path)
        return Validation(
            query: try found.labelled(.query), gallery: try found.labelled(.gallery),
            rankingProtocol: rankingProtocol, extractor: try inference.extractor(size))
    }
}

/// A row of the JSON document: the figures, the size of the images that they were measured on, and all that decides them.
private struct ScoredRow: Encodable {
    let row: ResultRow
    let size: ImageSize
    let scoring: ScoringParameters
    let weights: String
    let data: String
    let domain: String
    let precision: String

    private enum Key: String, CodingKey {
        case scoring, weights, data, precision
        case domain = "dsbn"
    }

    func encode(to encoder: any Encoder) throws {
        try row.encode(to: encoder)
        try size.encode(to: encoder)
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(scoring, forKey: .scoring)
        try container.encode(weights, forKey: .weights)
        try container.encode(data, forKey: .data)
        try container.encode(domain, forKey: .domain)
        try container.encode(precision, forKey: .precision)
    }
}
