// SPDX-License-Identifier: MIT

import Randomness
import Testing
import Vocabulary

@testable import Retrieval

@Suite struct `An error of retrieval` {
    struct Row: Sendable {
        let message: String
        let provoke: @Sendable () throws -> Void
    }

    static let unit: @Sendable (Int, Int) throws -> Features<UnitNorm> = { count, dimension in
        try Features<Raw>(Array(repeating: 1, count: count * dimension), count: count, dimension: dimension)
            .normalised()
    }

    static let rows: [Row] = [
        Row(message: "features: there are no rows; at least one is needed") {
            _ = try Features<Raw>([], count: 0, dimension: 4)
        },
        Row(message: "features: 5 values do not fill [2, 3]; 6 are needed") {
            _ = try Features<Raw>([1, 2, 3, 4, 5], count: 2, dimension: 3)
        },
        Row(message: "features: row 1, column 0 is NaN or infinite; every value must be finite") {
            _ = try Features<Raw>([1, 2, .nan, 4], count: 2, dimension: 2)
        },
        Row(message: "features: row 0, column 1 is NaN or infinite; every value must be finite") {
            _ = try Features<Raw>([1, .infinity, 3, 4], count: 2, dimension: 2)
        },
        Row(message: "features: row 1 has length zero and no direction; it cannot be normalised") {
            _ = try Features<Raw>([1, 2, 0, 0], count: 2, dimension: 2).normalised()
        },
        Row(message: "features: 3 dimensions meet 2; both sides must have the same") {
            _ = try squaredDistances(unit(2, 3), unit(2, 2))
        },
        Row(message: "camera features of the gallery: 3 rows where 2 are needed") {
            let camera = try CameraAdjustment(weight: 0.1, query: unit(1, 4), gallery: unit(3, 4))
            _ = try distances(query: unit(1, 2), gallery: unit(2, 2), camera: camera)
        },
        Row(message: "models of the ensemble: there are no rows; at least one is needed") {
            _ = try Features<UnitNorm>.concatenated([])
        },
        Row(message: "features of one model: 3 rows where 2 are needed") {
            _ = try Features<UnitNorm>.mean([unit(2, 2), unit(3, 2)])
        },
        Row(message: "sightings of the queries: 2 rows where 1 is needed") {
            _ = try evaluate(
                DistanceMatrix([0], rowCount: 1, columnCount: 1), query: .init(sightings([1, 1], [0, 0])),
                gallery: .init(sightings([1], [1])), under: .market1501)
        },
        Row(message: "none of 1 query has its identity in the gallery") {
            _ = try evaluate(
                DistanceMatrix([0], rowCount: 1, columnCount: 1), query: .init(sightings([1], [0])),
                gallery: .init(sightings([2], [1])), under: .visda2020)
        },
        Row(
            message: """
                none of 1 query has a match seen by another camera \
                (2 matches of the query's camera); identities without camera numbers need the protocol 'vehicleid'
                """
        ) {
            _ = try evaluate(
                DistanceMatrix([0, 1], rowCount: 1, columnCount: 2), query: .init(sightings([1], [0])),
                gallery: .init(sightings([1, 1], [0, 0])), under: .market1501)
        },
        Row(message: "distances: row 0, column 1 is NaN or infinite; every value must be finite") {
            _ = try DistanceMatrix([0, .nan], rowCount: 1, columnCount: 2)
        },
        Row(message: "clusters: 4 asked for, but there are only 3 rows") {
            _ = try KMeans(clusterCount: 4).clusters(of: unit(3, 2), key: RandomKey(seed: 1))
        },
        Row(
            message: """
                memory: about 11 MiB are needed and 9 MiB are free; fewer rows, fewer dimensions or a smaller k1 need \
                less
                """
        ) {
            try MemoryForecast(
                features: 4 << 20, neighbours: 3 << 20, encoding: 2 << 20, result: 1 << 20, scratch: 1
            ).requireFit(into: 10 << 20 - 1)
        },
    ]

    @Test(arguments: rows.indices)
    func `says what was found and what is allowed`(number: Int) {
        let row = Self.rows[number]
        do {
            try row.provoke()
            Issue.record("nothing was thrown; expected: \(row.message)")
        } catch {
            #expect("\(error)" == row.message)
        }
    }
}
