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
    /// - Parameters:
    ///   - samples: What to translate; resized, not augmented.
    ///   - translator: G_A.
    ///   - receive: Is given the index in `samples` and the image, of the source's image size.
    func translate(_ samples: [Sample], by translator: Translator, _ receive: (Int, Image) throws -> Void) throws {
        let size = images.size
        let batches = images.plainBatches(samples, batchSize: batchSize, purpose: "translate")
        let byteCount = size.height * size.width * 3
        var first = 0
        while let batch = try batches.next() {
            let levels = try withoutGradients { try translator.levels(of: batch.images()) }
            for (offset, index) in batch.indices.enumerated() where index == first + offset {
                let pixels = Array(levels[offset * byteCount..<(offset + 1) * byteCount])
                try receive(index, Image(width: size.width, height: size.height, pixels: pixels))
            }
            first += batch.count
        }
    }
}
