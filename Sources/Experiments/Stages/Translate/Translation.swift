// SPDX-License-Identifier: MIT

internal import Data
internal import Tensor
internal import Training

/// Translates images with a trained generator.
struct Translation {
    private let images: ImageSource
    private let batchSize: Int

    init(_ images: ImageSource, batchSize: Int = 32) {
        self.images = images
        self.batchSize = batchSize
    }

    /// Hands over each image's translation, in order. Where bad images are skipped, they are left out: what stands in
    /// for one may show somebody else.
    ///
    /// Kernels are chosen by the size of a batch, so an image is in the same batch always: one of which an image is missing
    /// is translated whole, and what is there is not handed over again.
    ///
    /// - Parameters:
    ///   - samples: What to translate; resized, not augmented.
    ///   - translator: G_A.
    ///   - isDone: Whether the image at an index need not be handed over.
    ///   - receive: Is given the index in `samples` and the image, of the source's image size.
    func translate(
        _ samples: [Sample], by translator: Translator, isDone: (Int) -> Bool = { _ in false },
        _ receive: (Int, Image) throws -> Void
    ) throws {
        let size = images.size
        let places = stride(from: 0, to: samples.count, by: batchSize)
            .map { $0..<min($0 + batchSize, samples.count) }
            .filter { !$0.allSatisfy(isDone) }.flatMap(Array.init)
        let batches = images.plainBatches(places.map { samples[$0] }, batchSize: batchSize, purpose: "translate")
        let byteCount = size.height * size.width * 3
        var first = 0
        while let batch = try batches.next() {
            let levels = try withoutGradients { try Engine.withWholeFactors { try translator.levels(of: batch.images()) } }
            for (offset, index) in batch.indices.enumerated() where index == first + offset && !isDone(places[index]) {
                let pixels = Array(levels[offset * byteCount..<(offset + 1) * byteCount])
                try receive(places[index], Image(width: size.width, height: size.height, pixels: pixels))
            }
            first += batch.count
        }
    }
}
