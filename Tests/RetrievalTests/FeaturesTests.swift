// SPDX-License-Identifier: MIT

import Machine
import Testing

@testable import Retrieval

@Suite struct `Normalised features` {
    @Test func `have length one and the same direction`() throws {
        // (3, 4) has length 5.
        let unit = try Features<Raw>([3, 4, 0, -2], count: 2, dimension: 2).normalised()
        expectEqual(unit.values, [0.6, 0.8, 0, -1])
    }

    @Test func `stay as they are when they are normalised again`() throws {
        let unit = try clusteredRows(count: 9, identities: 3, dimension: 7, seed: 1).normalised()
        let again = try Features<Raw>(unit.values, count: 9, dimension: 7).normalised()
        expectEqual(again.values, unit.values)
    }

    @Test func `survive rows whose squares overflow or vanish in single precision`() throws {
        let unit = try Features<Raw>([3e30, 4e30, 3e-30, 4e-30], count: 2, dimension: 2).normalised()
        expectEqual(unit.values, [0.6, 0.8, 0.6, 0.8])
    }

    @Test func `leave the raw ones as they were`() throws {
        let raw = try Features<Raw>([3, 4], count: 1, dimension: 2)
        _ = try raw.normalised()
        #expect(raw.values == [3, 4])
    }
}

@Suite struct `Features of several models` {
    @Test func `are put side by side and normalised again`() throws {
        // (1, 0) beside (0.6, 0.8) has length √2.
        let (one, two) = try (unit([1, 0]), unit([3, 4]))
        let root = Float(2).squareRoot()
        expectEqual(try Features.concatenated([one, two]).values, [1 / root, 0, 0.6 / root, 0.8 / root])
    }

    @Test func `have a mean of length one`() throws {
        // (1, 0) + (0.6, 0.8) = (1.6, 0.8), of length 0.8·√5.
        let mean = try Features.mean([unit([1, 0]), unit([3, 4])])
        expectEqual(mean.values, [2 / Float(5).squareRoot(), 1 / Float(5).squareRoot()])
    }

    @Test func `have a mean as it is, which is the shorter the less they agree`() throws {
        // ((1, 0) + (0.6, 0.8))/2, of length 0.8·√5/2 = 0.894; and opposite ones cancel out.
        expectEqual(try Features.average([unit([1, 0]), unit([3, 4])]).values, [0.8, 0.4])
        expectEqual(try Features.average([unit([1, 0]), unit([-1, 0])]).values, [0, 0])
        let alone = try clusteredRows(count: 6, identities: 2, dimension: 5, seed: 8).normalised()
        #expect(try Features.average([alone]).values == alone.values)
    }

    @Test func `keep the distances of a single model`() throws {
        let features = try clusteredRows(count: 6, identities: 2, dimension: 5, seed: 8).normalised()
        expectEqual(try Features.mean([features, features]).values, features.values)
        let distances = try squaredDistances(features, features)
        let twice = try Features.concatenated([features, features])
        expectEqual(try squaredDistances(twice, twice).values, distances.values)
    }

    private func unit(_ values: [Float]) throws -> Features<UnitNorm> {
        try Features<Raw>(values, count: 1, dimension: values.count).normalised()
    }
}

@Suite struct `The squared distance of unit rows` {
    @Test func `is two minus twice the cosine`() throws {
        // cos((3,4), (4,3)) = (3·4 + 4·3)/(5·5) = 0.96; 2 − 2·0.96 = 0.08.
        let (query, gallery) = try (
            Features<Raw>([3, 4], count: 1, dimension: 2).normalised(),
            Features<Raw>([4, 3, -3, -4, 4, -3], count: 3, dimension: 2).normalised()
        )
        expectEqual(try squaredDistances(query, gallery).values, [0.08, 4, 2])
    }

    @Test(arguments: [(1, 1, 1), (5, 3, 2), (40, 70, 33)])
    func `equals the sum of squared differences`(queries: Int, rows: Int, dimension: Int) throws {
        let query = try clusteredRows(count: queries, identities: 3, dimension: dimension, seed: 1)
            .normalised()
        let gallery = try clusteredRows(count: rows, identities: 3, dimension: dimension, seed: 2)
            .normalised()
        let table = try distances(
            query: query, gallery: gallery, camera: nil, workers: Workers(count: 2, blockLength: 16))
        for row in 0..<queries {
            expectEqual(table[row], (0..<rows).map { Float(obviousSquaredDistance(query[row], gallery[$0])) })
        }
    }

    @Test func `is zero between a row and itself, and symmetric`() throws {
        let features = try clusteredRows(count: 12, identities: 3, dimension: 6, seed: 3).normalised()
        let table = try squaredDistances(features, features)
        for row in 0..<12 {
            #expect(table[row, row] == 0)
            expectEqual(table[row], (0..<12).map { table[$0, row] })
        }
    }
}
