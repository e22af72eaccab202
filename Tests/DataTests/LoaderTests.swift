// SPDX-License-Identifier: MIT

import Foundation
import Randomness
import Synchronization
import Testing
import Vocabulary

@testable import Data

@Suite(.timeLimit(.minutes(60))) struct `A loader` {
    @Test func `gives the same epoch with and without a cache, filled or not`() throws {
        let set = try SmallSet(count: 24)
        for autoAugment in [false, true] {
            let transform = Transform(height: 12, width: 8, flip: true, padding: 2, autoAugment: autoAugment)
            let cache = DecodedImages(byteLimit: 1 << 20)
            let plain = try digest(
                collect(set.loader(workers: 2, transform).epoch(1, batches: set.batches()))
            )
            for _ in 0..<2 {
                let cached = set.loader(workers: 2, transform, cache: .memory(cache))
                #expect(try digest(collect(cached.epoch(1, batches: set.batches()))) == plain)
            }
            // 24 images, resized to 12 × 8 or, with auto-augment, as they are: 10 × 6 pixels.
            #expect(cache.byteCount == 24 * 3 * (autoAugment ? 60 : 96))
        }
    }

    @Test func `gives a new version of an image in every epoch, place and view`() throws {
        let set = try SmallSet(count: 4)
        let loader = set.loader(views: 2, workers: 1)
        let first = try collect(loader.epoch(0, batches: [[0, 0], [0, 0]]))
        let second = try collect(loader.epoch(1, batches: [[0, 0], [0, 0]]))
        let versions = (first + second).flatMap { batch in
            batch.views.flatMap { [Array($0.prefix(288)), Array($0.suffix(288))] }
        }
        #expect(versions.count == 16)
        #expect(Set(versions).count > 12)
        #expect(try collect(loader.epoch(0, batches: [[0, 0], [0, 0]])) == first)
    }

    @Test func `continues an interrupted epoch with what would have come`() throws {
        let set = try SmallSet(count: 24)
        let batches = try set.batches()
        let whole = try collect(set.loader(workers: 2).epoch(4, batches: batches))
        for first in [0, 1, 5, 9] {
            let rest = set.loader(workers: 2).epoch(4, batches: batches, from: first)
            #expect(rest.count == 9 - first)
            #expect(try collect(rest) == Array(whole.dropFirst(first)))
        }
    }

    @Test(arguments: [0, 2]) func `gives the first batch over and over where it is told to`(workers: Int) throws {
        let set = try SmallSet(count: 24)
        var loader = set.loader(workers: workers)
        let batches = try collect(loader.epoch(0, batches: set.batches()))
        loader.repeatsFirstBatch = true
        let repeated = try collect(loader.epoch(0, batches: set.batches()))
        #expect(repeated == Array(repeating: batches[0], count: batches.count))
        #expect(batches[0] != batches[1])
        #expect(try collect(loader.epoch(0, batches: [])).isEmpty)
    }

    @Test func `draws an epoch's batches by the key and the purpose that it augments by`() throws {
        let set = try SmallSet(count: 24)
        let loader = set.loader(workers: 1)
        let sampler = EpochSampler(.shuffled(count: 24))
        let found = try collect(loader.epoch(3, by: sampler, iterations: 9, batchSize: 5, from: 2))
        #expect(found.map(\.indices) == Array(try set.batches(epoch: 3).dropFirst(2)))
        #expect(try found == collect(loader.epoch(3, batches: set.batches(epoch: 3), from: 2)))
        #expect(throws: DataError.tooFewImages(purpose: "test", found: 24, needed: 25)) {
            try loader.epoch(3, by: sampler, iterations: 1, batchSize: 25)
        }
    }

    @Test func `says which shape its batches have`() throws {
        let set = try SmallSet(count: 3)
        for workers in [0, 2] {
            let batches = try collect(set.loader(views: 2, workers: workers).all(batchSize: 2))
            #expect(batches.map(\.shape) == [[2, 12, 8, 3], [1, 12, 8, 3]])
            #expect(batches.flatMap { $0.views.map(\.count) } == [576, 576, 288, 288])
        }
    }

    @Test func `hands out pixels, labels, cameras and indices of the same images`() throws {
        let set = try SmallSet(count: 11)
        let loader = set.loader(workers: 2, .evaluation(height: 1, width: 1))
        let batches = try collect(loader.epoch(0, batches: [[10, 3], [7]]))
        #expect(batches.map(\.indices) == [[10, 3], [7]])
        #expect(batches.map(\.labels) == [[2, 0], [1]])
        #expect(batches.map { $0.cameras.map(\.rawValue) } == [[1, 0], [1]])
        let reds = batches.flatMap { batch in
            stride(from: 0, to: batch.pixels.count, by: 3).map { batch.pixels[$0] }
        }
        #expect(reds == [Float(10), 3, 7].map { ($0 / 255 - 0.485) / 0.229 })
    }

    @Test func `goes over all images in order for evaluation, the last batch short`() throws {
        let set = try SmallSet(count: 11)
        let sequence = set.loader(workers: 2, .evaluation(height: 4, width: 4)).all(batchSize: 4)
        #expect(sequence.count == 3)
        let batches = try collect(sequence)
        #expect(batches.flatMap(\.indices) == Array(0..<11))
        #expect(batches.map(\.count) == [4, 4, 3])
        #expect(batches.map(\.pixels.count) == [192, 192, 144])
    }

    @Test(arguments: [0, 1, 4]) func `throws the error of the first bad image, then ends`(workers: Int) throws {
        let set = try SmallSet(count: 24)
        for number in [13, 14, 22] { try set.write("\(number).png", Array("no".utf8)) }
        let sequence = set.loader(workers: workers).all(batchSize: 4)
        for _ in 0..<3 { #expect(try sequence.next() != nil) }
        let expected = DataError.notAnImage(path: set.samples[13].path, firstBytes: [0x6E, 0x6F])
        #expect(throws: expected) { try sequence.next() }
        #expect(try sequence.next() == nil)
    }

    @Test func `has nothing to give for no batches`() throws {
        let set = try SmallSet(count: 1)
        for workers in [0, 3] {
            #expect(try set.loader(workers: workers).epoch(0, batches: []).next() == nil)
        }
    }
}

@Suite(.timeLimit(.minutes(60))) struct `A prefetcher` {
    /// How many elements were made.
    private final class Counter: Sendable {
        private let count = Mutex(0)
        var value: Int { count.withLock { $0 } }
        func add() { count.withLock { $0 += 1 } }
    }

    @Test func `stops its threads when it is dropped half-way`() throws {
        let counter = Counter()
        var prefetcher: Prefetcher<Int>? = Prefetcher(count: 1_000_000, workers: 4, ahead: 8) { position in
            counter.add()
            return position
        }
        #expect(try prefetcher?.next() == 0)
        prefetcher = nil
        var (before, after) = (-1, counter.value)
        while before != after {
            Thread.sleep(forTimeInterval: 0.05)
            (before, after) = (after, counter.value)
        }
        #expect(after <= 1 + 8 + 4)
    }

    @Test func `keeps to its bound while nobody takes`() throws {
        let counter = Counter()
        let prefetcher = Prefetcher(count: 100, workers: 3, ahead: 6) { position in
            counter.add()
            return position
        }
        Thread.sleep(forTimeInterval: 0.1)
        #expect(counter.value == 6)
        var taken: [Int] = []
        while let position = try prefetcher.next() { taken.append(position) }
        #expect(taken == Array(0..<100))
    }
}

@Suite struct `A cache of decoded images` {
    private let image = Image(width: 2, height: 1, pixels: [1, 2, 3, 4, 5, 6])

    @Test func `keeps what fits and makes the rest again`() throws {
        let cache = DecodedImages(byteLimit: 13)
        var made: [String] = []
        for _ in 0..<2 {
            for name in ["a", "b", "c"] {
                let found = try cache.image(ImageCache.Key(path: name, size: nil)) {
                    () throws(DataError) in
                    made.append(name)
                    return image
                }
                #expect(found == image)
            }
        }
        #expect(made == ["a", "b", "c", "c"])
        #expect(cache.byteCount == 12)
    }

    @Test func `keeps sizes apart and no errors`() throws {
        let cache = DecodedImages(byteLimit: 100)
        let error = DataError.noImages(folder: "x")
        let key = ImageCache.Key(path: "a", size: nil)
        #expect(throws: error) { try cache.image(key) { () throws(DataError) in throw error } }
        _ = try cache.image(key) { () throws(DataError) in image }
        let resized = ImageCache.Key(path: "a", size: ImageCache.Size(height: 3, width: 3))
        let other = try cache.image(resized) { () throws(DataError) in image.resized(width: 3, height: 3) }
        #expect(other.width == 3)
        #expect(cache.byteCount == 6 + 27)
    }
}
