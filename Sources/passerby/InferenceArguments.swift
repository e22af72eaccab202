// SPDX-License-Identifier: MIT

public import ArgumentParser
internal import Backbones
internal import Data
internal import Experiments
internal import Foundation
public import Layers
internal import Training
internal import Pipeline
internal import Tensor

extension Folding.Precision: ExpressibleByArgument {}

/// How images pass through a network that is no longer trained.
struct InferenceArguments: ParsableArguments {
    @Option(
        help: "Height that images are resized to, in pixels; without it what the weights say, or else 256.",
        within: Limits.imageSide)
    var height: Int?
    @Option(
        help: "Width that images are resized to, in pixels; without it what the weights say, or else 128.",
        within: Limits.imageSide)
    var width: Int?
    @Option(help: "Images in a batch.", within: Limits.inferenceBatch) var batch = 32
    @Flag(help: "Average each image's features with its mirror image's.") var flip = false
    @Option(help: "What convolutions compute in: fp32, as for published numbers, or bf16.") var precision = Folding.Precision
        .float32
    @Option(help: "Threads that compute; all processors by default.", within: Limits.threads)
    var threads: Int = usualThreadCount
    @Option(
        help: ArgumentHelp("Compute on auto, cpu, cuda or cuda:1.", valueName: "device"),
        transform: { text in
            guard let choice = DeviceChoice(rawValue: text) else {
                throw ValidationError("'\(text)': allowed is auto, cpu, cuda or cuda:N")
            }
            return choice
        })
    var device = DeviceChoice.best
    @Option(help: "Threads that load images.", within: Limits.workers) var workers = 2

    /// What published networks were trained at, and so what is assumed where nothing is said.
    private static let usualSize = ImageSize(height: 256, width: 128)

    /// The size that images are resized to: as asked for, else as the weights say, else the usual one. Says so where the
    /// first two differ, and where the last is only assumed.
    ///
    /// - Parameter path: The weights.
    func imageSize(_ facts: NetworkFacts, of path: String) -> ImageSize {
        let known = facts.image ?? Self.usualSize
        let size = ImageSize(height: height ?? known.height, width: width ?? known.width)
        if let image = facts.image, image != size {
            StandardError().write("warning: \(path): trained on images of \(image), used on \(size)\n")
        } else if facts.image == nil, height == nil || width == nil {
            StandardError().write(
                "\(path) does not say on which size of images it was trained; \(size) is assumed, and --height and "
                    + "--width say otherwise\n")
        }
        return size
    }

    /// Sets the process up, and gives what turns images into features.
    func extractor(_ size: ImageSize) throws -> FeatureExtractor {
        guard batch * size.height * size.width <= Limits.pixelsPerBatch else {
            throw ValidationError(
                "--batch \(batch) with images of \(size); allowed: batch × height × width up to "
                    + "\(Limits.pixelsPerBatch)")
        }
        try device.checkVariable()
        try Engine.prepare(threads: threads, device: device.device)
        let images = ImageSource(size: size, workers: workers)
        return FeatureExtractor(images, batchSize: batch, precision: precision.training)
    }

    /// Says how near bfloat16 comes to float32 on images of the user's own; nothing for float32.
    ///
    /// - Parameters:
    ///   - sets: The images that are extracted together, set by set.
    ///   - name: What the network is called in front of others.
    /// - Throws: `CommandError.precisionFails` where they are further apart than roundings explain.
    func reportAgreement(
        _ extractor: FeatureExtractor, on sets: [[Sample]], by network: EmbeddingNetwork, called name: String? = nil
    ) throws {
        guard precision == .bfloat16 else { return }
        let agreements = try sets.map { try extractor.agreement(on: $0, by: network) }
        guard let first = agreements.first else { return }
        let agreement = agreements.dropFirst().reduce(first, +)
        let label = ["bf16", name].compactMap { $0 }.joined(separator: ", ")
        guard agreement.strangers == 0 else {
            throw CommandError.precisionFails(
                label, strangers: agreement.strangers, images: agreement.embeddings.count, least: agreement.least,
                leastBeforeNeck: agreement.leastBeforeNeck, size: "\(extractor.imageSize)", batch: batch)
        }
        StandardError().write(
            String(
                format: "\(label): cosine with fp32 %.5f on average, %.5f at least, over %d images\n", agreement.mean,
                agreement.least, agreement.embeddings.count))
    }

    /// Shows how many forward passes are done.
    func withProgress<Value>(_ label: String, passes: Int, _ body: ((Int) -> Void) throws -> Value) rethrows -> Value {
        let progress = ProgressReporter(label: label, output: StandardError())
        progress.begin(total: passes, unit: "images")
        defer { progress.finish() }
        return try body { progress.advance(by: $0) }
    }
}
