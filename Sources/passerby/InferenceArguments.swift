// SPDX-License-Identifier: MIT

internal import ArgumentParser
internal import Backbones
internal import Data
internal import Experiments
internal import Foundation
internal import Machine
internal import Layers
internal import Methods
internal import Pipeline
internal import Randomness
internal import Tensor

/// How images pass through a network that is no longer trained.
struct InferenceArguments: ParsableArguments {
    @Option(help: "Height that images are resized to, in pixels.") var height = 256
    @Option(help: "Width that images are resized to, in pixels.") var width = 128
    @Option(help: "Images in a batch.") var batch = 32
    @Flag(help: "Average each image's features with its mirror image's.") var flip = false
    @Option(help: "What convolutions compute in: fp32, as for published numbers, or bf16.") var precision = Precision.fp32
    @Option(help: "Threads that compute; all processors by default.")
    var threads: Int = Processors.available
    @Option(help: "Threads that load images.") var workers = 2

    enum Precision: String, CaseIterable, ExpressibleByArgument {
        case fp32, bf16
    }

    mutating func validate() throws {
        for (name, value) in [("height", height), ("width", width), ("batch", batch), ("threads", threads)] {
            guard value >= 1 else { throw ValidationError("--\(name) \(value): allowed is 1 or more") }
        }
        guard workers >= 0 else { throw ValidationError("--workers \(workers): allowed is 0 or more") }
    }

    /// Sets the process up, and gives what turns images into features.
    func extractor() throws -> FeatureExtractor {
        try Engine.prepare(threads: threads)
        let images = ImageSource(
            size: ImageSize(height: height, width: width), workers: workers, random: RandomKey(seed: 0))
        return FeatureExtractor(images, batchSize: batch, precision: precision == .fp32 ? .float32 : .bfloat16)
    }

    /// Says how far bfloat16 is from float32 on images of the user's own; nothing for float32.
    func reportAgreement(_ extractor: FeatureExtractor, on samples: [Sample], by network: EmbeddingNetwork) throws {
        guard precision == .bf16 else { return }
        let agreement = try extractor.agreement(on: samples, by: network)
        StandardError().write(String(
            format: "bf16: cosine with fp32 %.5f on average, %.5f at least, over %d images\n", agreement.mean,
            agreement.least, min(batch, samples.count)))
    }

    /// Shows how many forward passes are done.
    func withProgress<Value>(_ label: String, passes: Int, _ body: ((Int) -> Void) throws -> Value) rethrows -> Value {
        let progress = ProgressReporter(label: label, output: StandardError())
        progress.begin(total: passes, unit: "images")
        defer { progress.finish() }
        return try body { progress.advance(by: $0) }
    }
}
