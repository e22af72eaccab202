// SPDX-License-Identifier: MIT

internal import Data
internal import Tensor
internal import Training

/// Pictures of how a translation gets on: a few of the source's images in the first row, below each its translation, and
/// below that what comes back. Nothing of them is drawn by chance, and no number depends on them.
struct TranslationSamples {
    private static let count = 8

    private let samples: [Sample]
    private let images: ImageSource
    /// Epochs between pictures; 0 for none. The last epoch has one too.
    private let every: Int

    /// - Parameter samples: The source's, of which some are taken at equal distances.
    init(of samples: [Sample], _ images: ImageSource, every: Int) {
        let count = min(Self.count, samples.count)
        self.samples = (0..<count).map { samples[$0 * samples.count / count] }
        self.images = images
        self.every = every
    }

    /// Shows the picture of an epoch that has one.
    func show(
        _ players: TranslationPlayers, after epoch: Int, of epochs: Int, in scope: any TrainingScope
    ) throws {
        guard every > 0, (epoch + 1) % every == 0 || epoch + 1 == epochs else { return }
        let batches = images.plainBatches(samples, batchSize: samples.count, purpose: "samples")
        guard let batch = try batches.next() else { return }
        let scale = players.toTarget.scale
        let rows = try withoutGradients {
            let real = try scale.images(batch.images())
            let fake = try players.toTarget(real)
            return try [real, fake, players.toSource(fake)].map(scale.nearestLevels)
        }
        try scope.show(picture(of: rows), "translation", epoch: epoch)
    }

    /// Rows of images, each `[N, H, W, 3]`, side by side.
    private func picture(of rows: [[UInt8]]) -> Image {
        let (height, width, count) = (images.size.height, images.size.width, samples.count)
        var pixels: [UInt8] = []
        pixels.reserveCapacity(rows.count * count * height * width * 3)
        for row in rows {
            for line in 0..<height {
                for image in 0..<count {
                    let first = (image * height + line) * width * 3
                    pixels += row[first..<first + width * 3]
                }
            }
        }
        return Image(width: count * width, height: rows.count * height, pixels: pixels)
    }
}
