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

    /// Nothing of a process, such as the seed of its hashes, is in the sequence.
    @Test func `is the same in a process of its own, resumed in the middle`() async throws {
        let set = try SmallSet(count: imageCount)
        let path = set.path
        await #expect(processExitsWith: .success) { [path = path as String] in
            let set = SmallSet(existing: path, count: imageCount)
            let sequence = try set.loader(views: 2, workers: 2, transform(autoAugment: true))
                .epoch(6, batches: set.batches(epoch: 6), from: 3)
            try JSONEncoder().encode(imageDigests(collect(sequence))).write(to: URL(filePath: "\(path)/rest"))
        }
        let rest = try JSONDecoder().decode(
            [[UInt64]].self, from: Foundation.Data(contentsOf: URL(filePath: "\(path)/rest")))
        let loader = set.loader(views: 2, workers: 8, transform(autoAugment: true))
        let whole = try imageDigests(collect(loader.epoch(6, batches: set.batches(epoch: 6))))
        #expect(rest == Array(whole.dropFirst(3)) && rest.count == 6)
    }
}
