// SPDX-License-Identifier: MIT

internal import ArgumentParser
internal import Backbones
internal import Data
internal import Experiments
internal import Foundation
internal import Layers
internal import Pipeline
internal import Retrieval
internal import Training
internal import Vocabulary

struct Extract: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Embeddings of images, written to a feature file.",
        discussion: """
            The images of a folder, of one split of a dataset (--data market1501:train), or of a dataset's queries and \
            gallery (--data market1501), which 'passerby metrics' takes. Where a dataset knows identities and cameras, they \
            are written too.
            """)

    @Option(help: "A network's weights: a file of this program or of Python's.") var weights: String
    @OptionGroup var network: NetworkArguments
    @Option(help: "A folder; all JPEG and PNG files below it, in the order of their paths.") var images: String?
    @Option(help: ArgumentHelp("A dataset, or one split of it.", valueName: "dataset[:split]")) var data: String?
    @Option(help: "The folder that datasets lie in; data/ beside the program by default.") var root: String?
    @OptionGroup var inference: InferenceArguments
    @Option(help: "Where features are written, as a safetensors file.") var out: String
    @Flag(help: "Print one JSON document.") var json = false

    mutating func validate() throws {
        guard images == nil || data == nil else { throw ValidationError("--images and --data exclude each other") }
        guard images != nil || data != nil else { throw ValidationError("give one of --images and --data") }
    }

    func run() throws {
        let (parts, lists) = try self.parts()
        let output = try OutputPath(
            out, option: "--out", inputs: [weights] + lists + parts.flatMap { $0.samples.map(\.path) },
            formats: [.safetensors])
        let file = try self.network.file(weights)
        let size = inference.imageSize(try NetworkFacts(file), of: weights)
        let extractor = try inference.extractor(size)
        let fitted = try self.network.fitted(file)
        let network = try self.network.network(fitted, of: weights)
        try inference.reportAgreement(extractor, on: parts.map(\.samples), by: network)
        let passes = parts.map(\.samples.count).reduce(0, +) * (inference.flip ? 2 : 1)
        let sets = try inference.withProgress("extract", passes: passes) { progress in
            try parts.map { try $0.features(by: network, extractor, flip: inference.flip, progress: progress) }
        }
        try output.write { try FeatureFile.write(sets, to: $0) }
        try show(sets, size, fitted.backbone)
    }

    private func show(_ sets: [FeatureFile.Part], _ size: ImageSize, _ backbone: Backbone) throws {
        let shapes = Dictionary(
            uniqueKeysWithValues: sets.map {
                ("\($0.name)features", [$0.features.count, $0.features.dimension])
            })
        guard !json else {
            try printJSON(
                Report(
                    out: out, height: size.height, width: size.width, tensors: shapes, weights: weights,
                    backbone: backbone.rawValue, domain: network.dsbn.rawValue, images: images, data: data,
                    flip: inference.flip, precision: inference.precision.rawValue, normalisation: "l2"))
            return
        }
        for (name, shape) in shapes.sorted(by: { $0.key > $1.key }) {
            print("\(name) \(shape) of images of \(size): \(out)")
        }
    }

    /// The JSON document: the file, the size that images were resized to, the shapes of the features in it, and all that
    /// decides them.
    private struct Report: Encodable {
        let out: String
        let height: Int
        let width: Int
        let tensors: [String: [Int]]
        let weights: String
        let backbone: String
        let domain: String
        let images: String?
        let data: String?
        let flip: Bool
        let precision: String
        let normalisation: String

        enum CodingKeys: String, CodingKey {
            case out, height, width, tensors, weights, backbone, images, data, flip, precision, normalisation
            case domain = "dsbn"
        }
    }

    /// The images, and the files that list them.
    private func parts() throws -> ([FeatureExtraction], lists: [String]) {
        if let images {
            let part = try FeatureExtraction.folder(images)
            for note in try picturesNotRead(below: images) { StandardError().write("warning: \(images): \(note)\n") }
            return ([part], [])
        }
        let words = (data ?? "").split(separator: ":", maxSplits: 1).map(String.init)
        let found = try knownDataset(words.first ?? "").find(in: root ?? Home().data.path)
        let split = words.count == 2 ? try knownSplit(words[1]) : nil
        return (try FeatureExtraction.parts(of: found, split), found.indexFiles)
    }

    private func knownSplit(_ name: String) throws -> DatasetSplit {
        guard let split = DatasetSplit(rawValue: name) else {
            let known = DatasetSplit.allCases.map(\.rawValue)
            throw CommandError.unknownSplit(name, allowed: known)
        }
        return split
    }
}
