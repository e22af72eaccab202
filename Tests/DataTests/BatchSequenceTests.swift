// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Data

private let imageCount = 24

/// Everything that is random is on.
private func transform(autoAugment: Bool) -> Transform {
    Transform(height: 12, width: 8, flip: true, padding: 2, autoAugment: autoAugment, erasing: RandomErasing())
}

@Suite(.timeLimit(.minutes(60))) struct `The batch sequence of an epoch` {
    @Test(arguments: [false, true]) func `has one digest with any number of threads`(autoAugment: Bool) throws {
        let set = try SmallSet(count: imageCount)
        let digests = try [0, 1, 2, 8].map { workers in
            let loader = set.loader(views: 2, workers: workers, transform(autoAugment: autoAugment))
            return try digest(collect(loader.epoch(3, batches: set.batches(epoch: 3))))
        }
        #expect(Set(digests).count == 1)
        let loader = set.loader(views: 2, workers: 0, transform(autoAugment: autoAugment))
        #expect(try digest(collect(loader.epoch(4, batches: set.batches(epoch: 4)))) != digests[0])
    }

    @Test(arguments: [0, 1, 8]) func `has one digest when it is resumed in the middle`(workers: Int) throws {
        let set = try SmallSet(count: imageCount)
        let whole = try collect(set.loader(views: 2, workers: 2).epoch(4, batches: set.batches(epoch: 4)))
        for first in 0...9 {
            // A resumed run has nothing but the epoch's number and the batch to go on with.
            let rest = set.loader(views: 2, workers: workers)
                .epoch(4, batches: try set.batches(epoch: 4), from: first)
            #expect(try digest(Array(whole.prefix(first)) + collect(rest)) == digest(whole))
        }
    }

    @Test func `is shared by processes so that their parts, one behind the other, are it`() throws {
        let set = try SmallSet(count: imageCount)
        let batches = try set.batches(epoch: 2)
        let whole = try imageDigests(collect(set.loader(views: 2, workers: 0).epoch(2, batches: batches)))
        for count in 1...7 {
            let parts = try (0..<count).map { rank in
                let share = ProcessShare(rank: rank, of: count)
                let sequence = set.loader(views: 2, workers: rank % 3).epoch(2, batches: batches, share: share)
                return try imageDigests(collect(sequence))
            }
            for number in whole.indices { #expect(parts.flatMap { $0[number] } == whole[number]) }
        }
    }

    /// Processes of their own: nothing of a process, such as the seed of its hashes, is in the sequence.
    @Test func `has one digest with 1 and 4 processes, resumed in the middle`() async throws {
        let set = try SmallSet(count: imageCount)
        let path = set.path
        for rank in 0..<4 {
            await #expect(processExitsWith: .success) { [path = path as String, rank = rank as Int] in
                let set = SmallSet(existing: path, count: imageCount)
                let sequence = try set.loader(views: 2, workers: 2, transform(autoAugment: true)).epoch(
                    6, batches: set.batches(epoch: 6), from: 3, share: ProcessShare(rank: rank, of: 4)
                )
                let part = try JSONEncoder().encode(imageDigests(collect(sequence)))
                try part.write(to: URL(filePath: "\(path)/part-\(rank)"))
            }
        }
        let parts = try (0..<4).map { rank in
            try JSONDecoder().decode(
                [[UInt64]].self, from: Foundation.Data(contentsOf: URL(filePath: "\(path)/part-\(rank)"))
            )
        }
        let loader = set.loader(views: 2, workers: 8, transform(autoAugment: true))
        let whole = try imageDigests(collect(loader.epoch(6, batches: set.batches(epoch: 6))))
        #expect(parts.map(\.count) == [6, 6, 6, 6])
        for number in 0..<6 { #expect(parts.flatMap { $0[number] } == whole[3 + number]) }
    }

    @Test func `is parted into equal shares of whole groups where that is possible`() {
        #expect((0..<4).map { ProcessShare(rank: $0, of: 4).positions(of: 64) } == [0..<16, 16..<32, 32..<48, 48..<64])
        #expect((0..<3).map { ProcessShare(rank: $0, of: 3).positions(of: 5) } == [0..<1, 1..<3, 3..<5])
        #expect(ProcessShare.all.positions(of: 7) == 0..<7)
    }
}
