// SPDX-License-Identifier: MIT

import Machine
import Testing

@testable import Retrieval

@Suite struct `The nearest neighbours` {
    @Test func `of points on a line are those at hand`() throws {
        // Points 0, 1, 3, 7: from 3, they are at squared distances 9, 4, 0, 16.
        let line = try Features<Raw>([0, 1, 3, 7], count: 4, dimension: 1)
        let table = try NearestNeighbours(count: 3).among(line)
        #expect(Array(table.neighbours(of: 2)) == [2, 1, 0])
        #expect(Array(table.distances(of: 2)) == [0, 4, 9])
        #expect(Array(table.neighbours(of: 0)) == [0, 1, 2])
    }

    @Test func `at equal distances are ordered by index`() throws {
        // From 0, both −1 and 1 are at distance 1; so are the three copies of 1.
        let query = try Features<Raw>([0], count: 1, dimension: 1)
        let gallery = try Features<Raw>([1, -1, 1, 1, 5], count: 5, dimension: 1)
        let table = try NearestNeighbours(count: 3).of(query, in: gallery)
        #expect(Array(table.neighbours(of: 0)) == [0, 1, 2])
        #expect(Array(table.distances(of: 0)) == [1, 1, 1])
    }

    static let shapes = [(37, 5, 4), (64, 9, 10), (20, 3, 20), (20, 3, 50), (1, 4, 3)]

    @Test(arguments: shapes, [8, 768])
    func `equal those of sorting all distances`(shape: (Int, Int, Int), blockLength: Int) throws {
        let (count, dimension, width) = shape
        let raw = try clusteredRows(count: count, identities: 4, dimension: dimension, seed: 9)
        var search = NearestNeighbours(count: width)
        search.workers = Workers(count: 3, blockLength: blockLength)
        let (ofRaw, ofUnit) = try (search.among(raw), search.among(raw.normalised()))
        for row in 0..<count {
            let unit = try raw.normalised()
            #expect(ofRaw.neighbours(of: row).map { Int($0) } == sorted(raw, row, width))
            #expect(ofUnit.neighbours(of: row).map { Int($0) } == sorted(unit, row, width))
            expectEqual(
                ofRaw.distances(of: row),
                sorted(raw, row, width).map {
                    Float(obviousSquaredDistance(raw[row], raw[$0]))
                })
        }
    }

    private func sorted<Scale>(_ features: Features<Scale>, _ row: Int, _ width: Int) -> [Int] {
        let distances = (0..<features.count).map { obviousSquaredDistance(features[row], features[$0]) }
        return Array((0..<features.count).sorted { (distances[$0], $0) < (distances[$1], $1) }.prefix(width))
    }

    @Test func `in a gallery are numbered by gallery rows`() throws {
        let features = try clusteredRows(count: 60, identities: 6, dimension: 5, seed: 4).normalised()
        let (query, gallery) = (features.rows(0..<10), features.rows(10..<60))
        var search = NearestNeighbours(count: 7)
        search.workers = Workers(count: 2, blockLength: 16)
        let table = try search.of(query, in: gallery)
        let distances = try squaredDistances(query, gallery)
        for row in 0..<10 {
            let expected = (0..<50).sorted { distances[row, $0] < distances[row, $1] }.prefix(7)
            #expect(table.neighbours(of: row).map { Int($0) } == Array(expected))
        }
    }
}
