// SPDX-License-Identifier: MIT

import Machine
import Randomness
import Testing

@testable import Retrieval

@Suite struct `The approximate search` {
    static let key = RandomKey(seed: 3)

    @Test(arguments: [5, 64])
    func `is exact where every row is in every cell`(blockLength: Int) throws {
        let features = try clusteredRows(count: 90, identities: 8, dimension: 6, seed: 21).normalised()
        let file = InvertedFile(cellCount: 7, probeCount: 7, key: Self.key)
        let workers = Workers(count: 3, blockLength: blockLength)
        let found = try file.table(of: features, width: 9, workers: workers, progress: nil)
        let exact = try NearestNeighbours(count: 9).among(features)
        #expect(found.indices == exact.indices)
        expectEqual(found.distances, exact.distances)
        #expect(try file.recall(of: found, in: features, sampleCount: 90) == 1)
    }

    @Test func `finds most neighbours where identities lie apart`() throws {
        let features = try clusteredRows(count: 300, identities: 20, dimension: 12, spread: 0.3, seed: 22)
            .normalised()
        let file = InvertedFile(probeCount: 3, key: Self.key)
        let found = try file.table(of: features, width: 10)
        let recall = try file.recall(of: found, in: features)
        #expect(recall > 0.8)
        let exact = try NearestNeighbours(count: 10).among(features)
        let shared = (0..<300).reduce(0) { sum, row in
            sum + Set(found.neighbours(of: row)).intersection(exact.neighbours(of: row)).count
        }
        // The sample of 256 of 300 rows tells nearly what counting all of them does.
        #expect(abs(recall - Double(shared) / 3000) < 0.03)
    }

    @Test func `gives every row its neighbours even where cells are smaller than that`() throws {
        let features = try clusteredRows(count: 30, identities: 30, dimension: 4, seed: 23).normalised()
        let found = try InvertedFile(cellCount: 30, probeCount: 1, key: Self.key).table(
            of: features, width: 12)
        for row in 0..<30 {
            #expect(found.neighbours(of: row).first == Int32(row))
            #expect(Set(found.neighbours(of: row)).count == 12)
        }
    }

    @Test func `serves clustering behind the same interface`() throws {
        let features = try clusteredRows(count: 60, identities: 5, dimension: 6, seed: 24).normalised()
        let file = InvertedFile(cellCount: 4, probeCount: 4, key: Self.key)
        let exact = try ClusteringJaccard(neighbours: 8, expansion: 3).distances(of: features)
        let found = try ClusteringJaccard(neighbours: 8, expansion: 3, search: .approximate(file))
            .distances(of: features)
        for row in 0..<60 { expectEqual(found.distances(of: row), exact.distances(of: row)) }
    }
}
