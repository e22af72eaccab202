// SPDX-License-Identifier: MIT

import Foundation
import Synchronization
import Testing
import Vocabulary

@testable import Data

/// Twelve samples, four a class, of which some files are no images.
private func damagedSet(_ bad: [Int]) throws -> SmallSet {
    let set = try SmallSet(count: 12)
    for number in bad { try set.write("\(number).png", Array("no".utf8)) }
    return set
}

@Suite(.timeLimit(.minutes(60))) struct `A loader that skips bad images` {
    /// Classes are 0–3, 4–7, 8–11. Behind 1 comes 2; behind 7 its class begins again with 4; 8–11 are all bad, and
    /// behind 11 the list begins again with 0.
    @Test func `takes the next good image of the class, else of the list`() throws {
        let set = try damagedSet([1, 7, 8, 9, 10, 11])
        let bad = BadImages()
        let loader = set.loader(workers: 2, .evaluation(height: 1, width: 1), onBadImage: .skip(bad))
        let batches = try collect(loader.epoch(0, batches: [[0, 1, 2], [7, 6, 8], [11, 3, 5]]))
        #expect(batches.map(\.indices) == [[0, 2, 2], [4, 6, 0], [0, 3, 5]])
        #expect(batches.map(\.labels) == [[0, 0, 0], [1, 1, 0], [0, 0, 1]])
        #expect(batches.map { $0.cameras.map(\.rawValue) } == [[0, 2, 2], [1, 0, 0], [0, 0, 2]])
        let reds = batches.flatMap { batch in [0, 3, 6].map { batch.pixels[$0] } }
        let expected: [Float] = [0, 2, 2, 4, 6, 0, 0, 3, 5]
        #expect(reds == expected.map { ($0 / 255 - 0.485) / 0.229 })
    }

    @Test func `takes the next good image of the list where images have no class`() throws {
        let set = try damagedSet([1, 2, 11])
        let samples = set.samples.map { Sample(path: $0.path, camera: $0.camera) }
        let loader = Loader(
            samples: samples, transform: .evaluation(height: 1, width: 1), workers: 0, key: loaderKey, purpose: "test",
            onBadImage: .skip(BadImages())
        )
        #expect(try collect(loader.epoch(0, batches: [[1, 11, 2]])).map(\.indices) == [[3, 0, 3]])
    }

    @Test func `gives one sequence with any number of threads, with a cache and without`() throws {
        let set = try damagedSet([2, 5, 6])
        let batches = try set.batches()
        let digests = try [0, 1, 8].flatMap { workers in
            try [nil, ImageCache.memory(DecodedImages(byteLimit: 1 << 20))].map { cache in
                let bad = BadImages()
                let loader = set.loader(workers: workers, cache: cache, onBadImage: .skip(bad))
                let first = try collect(loader.epoch(0, batches: batches))
                // The second time, bad images are known.
                #expect(try collect(loader.epoch(0, batches: batches)) == first)
                #expect(bad.count == 3)
                return digest(first)
            }
        }
        #expect(Set(digests).count == 1)
    }

    @Test(arguments: [0, 8]) func `names every bad image once`(workers: Int) throws {
        let set = try damagedSet([2, 5, 6])
        let named = Mutex<[DataError]>([])
        let bad = BadImages { error in named.withLock { $0.append(error) } }
        for epoch in 0..<3 {
            let loader = set.loader(workers: workers, onBadImage: .skip(bad))
            _ = try collect(loader.epoch(epoch, batches: set.batches(epoch: epoch)))
        }
        let errors = [2, 5, 6].map { DataError.notAnImage(path: set.samples[$0].path, firstBytes: [0x6E, 0x6F]) }
        #expect(bad.found.map(\.path) == [2, 5, 6].map { set.samples[$0].path })
        #expect(bad.found.map(\.error) == errors)
        #expect(named.withLock { $0 }.sorted { $0.description < $1.description } == errors)
        #expect(bad.count == 3)
    }

    @Test func `counts in each part what it names once`() throws {
        let set = try damagedSet([2, 5])
        let named = Mutex(0)
        let run = BadImages { _ in named.withLock { $0 += 1 } }
        let counts = try [[2, 3], [2, 5], [0, 1], [5, 2]].map { batch in
            let stage = run.part()
            _ = try collect(set.loader(workers: 0, onBadImage: .skip(stage)).epoch(0, batches: [batch]))
            return stage.count
        }
        #expect(counts == [1, 2, 0, 2] && run.count == 2 && named.withLock { $0 } == 2)
    }

    @Test func `ends with an error where no image is good`() throws {
        let set = try damagedSet(Array(0..<12))
        let sequence = set.loader(workers: 2, onBadImage: .skip(BadImages())).epoch(0, batches: [[3]])
        let first = "'\(set.samples[0].path)' is neither a JPEG nor a PNG file: it begins with 6e 6f"
        #expect(throws: DataError.noGoodImages(purpose: "test", count: 12, first: first)) { try sequence.next() }
    }
}
