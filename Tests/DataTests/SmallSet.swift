// SPDX-License-Identifier: MIT

import Foundation
import Randomness
import Vocabulary

@testable import Data

let loaderKey = RandomKey(seed: 5)

/// Image files of one colour each, four a class, and the samples that name them.
struct SmallSet {
    /// Where the files are.
    let path: String
    private(set) var samples: [Sample] = []
    private let folder: TemporaryFolder?

    init(count: Int) throws {
        let folder = try TemporaryFolder()
        for number in 0..<count {
            let image = Image(width: 6, height: 10, red: UInt8(number), green: UInt8(2 * number), blue: 200)
            try folder.write("\(number).png", image.png())
        }
        self.init(existing: folder.path, count: count, owning: folder)
    }

    /// The files that another process wrote.
    init(existing path: String, count: Int, owning folder: TemporaryFolder? = nil) {
        self.path = path
        self.folder = folder
        samples = (0..<count).map { number in
            Sample(path: "\(path)/\(number).png", label: number / 4, camera: Camera(rawValue: number % 3))
        }
    }

    /// Writes a file of the set's folder.
    @discardableResult
    func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        try Foundation.Data(bytes).write(to: URL(filePath: "\(path)/\(name)"))
        return "\(path)/\(name)"
    }

    func loader(
        views: Int = 1, workers: Int, _ transform: Transform? = nil, cache: ImageCache? = nil,
        onBadImage: BadImagePolicy = .error
    ) -> Loader {
        let training = Transform(height: 12, width: 8, flip: true, padding: 2, erasing: RandomErasing())
        return Loader(
            samples: samples, transform: transform ?? training, views: views, workers: workers,
            key: loaderKey, purpose: "test", cache: cache, onBadImage: onBadImage
        )
    }

    func batches(epoch: Int = 0) throws -> [[Int]] {
        try EpochSampler(.shuffled(count: samples.count))
            .batches(epoch: epoch, iterations: 9, batchSize: 5, key: loaderKey, purpose: "test")
    }
}

func collect(_ sequence: BatchSequence) throws -> [Batch] {
    var batches: [Batch] = []
    while let batch = try sequence.next() { batches.append(batch) }
    return batches
}

/// FNV-1a over the positions and the bits of all values.
func digest(_ batches: [Batch]) -> UInt64 {
    batches.reduce(0xCBF2_9CE4_8422_2325) { digest, batch in
        let words = batch.indices.map { UInt32($0) } + batch.views.flatMap { $0 }.map(\.bitPattern)
        return words.reduce(digest) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }
}

/// A digest of every image of every batch, with its position.
func imageDigests(_ batches: [Batch]) -> [[UInt64]] {
    batches.map { batch in
        batch.indices.indices.map { row in
            batch.views.reduce(0xCBF2_9CE4_8422_2325 ^ UInt64(batch.indices[row])) { digest, view in
                let length = view.count / batch.count
                return view[(row * length)..<((row + 1) * length)].reduce(digest) {
                    ($0 ^ UInt64($1.bitPattern)) &* 0x0000_0100_0000_01B3
                }
            }
        }
    }
}
