// SPDX-License-Identifier: MIT

import Machine
import Testing

@testable import Retrieval

@Suite struct `k-reciprocal re-ranking` {
    @Test func `equals the reference without cameras`() throws {
        let features = try GoldenFeatures.visda()
        let distances = try KReciprocalReRanking(neighbours: 4, expansion: 2, originalWeight: 0.3)
            .distances(query: features.rows(0..<3), gallery: features.rows(3..<12))
        expectEqual(
            distances[0],
            [
                0.55947, 0.47724, 0.67487, 0.71712, 0.72074, 0.72059, 0.71920, 0.53837, 0.50512,
            ])
        expectEqual(distances[2].prefix(2), [0.41321, 0.80476])
    }

    @Test func `equals the reference with cameras`() throws {
        let features = try GoldenFeatures.visda()
        let cameras = try GoldenFeatures.visdaCameras()
        let camera = CameraAdjustment(weight: 0.1, query: cameras.rows(0..<3), gallery: cameras.rows(3..<12))
        let (query, gallery) = (features.rows(0..<3), features.rows(3..<12))
        expectEqual(
            try distances(query: query, gallery: gallery, camera: camera)[0],
            [
                1.05962, 0.64130, 0.60305, 0.47164, 0.58533, 0.85086, 0.83802, 0.65492, 0.88223,
            ])
        let final = try KReciprocalReRanking(neighbours: 4, expansion: 2, originalWeight: 0.3)
            .distances(query: query, gallery: gallery, camera: camera)
        expectEqual(
            final[0],
            [
                0.60629, 0.53595, 0.53481, 0.47259, 0.53410, 0.59581, 0.59532, 0.53655, 0.59731,
            ])
    }

    @Test func `equals the reference on the values of the SpCL document`() throws {
        let features = try GoldenFeatures.spcl()
        let distances = try KReciprocalReRanking(neighbours: 6, expansion: 3, originalWeight: 0.3)
            .distances(query: features.rows(0..<4), gallery: features.rows(4..<24))
        expectEqual(distances[0].prefix(5), [0.855005, 0.686868, 0.776108, 0.830720, 0.697377])
        #expect(abs(distances.values.reduce(0, +) - 54.282032) < 1e-3)
    }
}

@Suite struct `k-reciprocal re-ranking of random features` {
    @Test(arguments: 0..<5, [9, 768])
    func `equals the dense definition`(number: Int, blockLength: Int) throws {
        let example = try Fixture.load().reranking[number]
        let (queries, gallery) = (0..<example.queries, example.queries..<example.count)
        let features = try example.features.unit(count: example.count, dimension: example.dimension)
        let cameras = try example.cameras.unit(count: example.count, dimension: example.cameraDimension)
        var reRanking = KReciprocalReRanking(
            neighbours: example.k1, expansion: example.k2, originalWeight: example.originalWeight)
        reRanking.workers = Workers(count: 2, blockLength: blockLength)
        let distances = try reRanking.distances(
            query: features.rows(queries), gallery: features.rows(gallery),
            camera: CameraAdjustment(
                weight: example.cameraWeight, query: cameras.rows(queries), gallery: cameras.rows(gallery))
        )
        expectEqual(distances.values, example.final.values)
    }

    /// Without the original distance it is the Jaccard distance alone. All rows are in order: k₂ reaches beyond k₁ + 1.
    @Test(arguments: [(4, 9), (1, 3), (10, 12), (2, 60), (6, 3)])
    func `equals the obvious twin of its Jaccard distance`(k1: Int, k2: Int) throws {
        let features = try clusteredRows(count: 50, identities: 6, dimension: 5, seed: 3).normalised()
        let distances = try KReciprocalReRanking(neighbours: k1, expansion: k2, originalWeight: 0)
            .distances(query: features.rows(0..<12), gallery: features.rows(12..<50))
        let expected = ObviousJaccard(k1: k1, k2: k2, variant: .reRanking).distances(of: features)
        for row in 0..<12 { expectEqual(distances[row], expected[row][12...].map { Float($0) }) }
    }

    @Test func `has the same bits on any number of threads`() throws {
        let features = try clusteredRows(count: 120, identities: 9, dimension: 16, seed: 5).normalised()
        let tables = try [1, 2, 7].map { threads in
            var reRanking = KReciprocalReRanking(neighbours: 12, expansion: 4, originalWeight: 0.3)
            reRanking.workers = Workers(count: threads, blockLength: 16)
            return try reRanking.distances(query: features.rows(0..<20), gallery: features.rows(20..<120))
                .values
        }
        #expect(tables[0] == tables[1])
        #expect(tables[0] == tables[2])
    }

    @Test func `of equal rows is zero`() throws {
        let features = try Features<Raw>(Array(repeating: 2, count: 6 * 3), count: 6, dimension: 3)
            .normalised()
        let distances = try KReciprocalReRanking(neighbours: 6, expansion: 2, originalWeight: 0.3)
            .distances(query: features.rows(0..<2), gallery: features.rows(2..<6))
        expectEqual(distances.values, Array(repeating: 0, count: 8))
    }

    @Test func `with all the weight on the original distance keeps its order`() throws {
        let features = try clusteredRows(count: 50, identities: 5, dimension: 8, seed: 2).normalised()
        let (query, gallery) = (features.rows(0..<6), features.rows(6..<50))
        let plain = try squaredDistances(query, gallery)
        let final = try KReciprocalReRanking(neighbours: 5, expansion: 2, originalWeight: 1)
            .distances(query: query, gallery: gallery)
        for row in 0..<6 {
            let order = { (table: DistanceMatrix) in (0..<44).sorted { table[row, $0] < table[row, $1] } }
            #expect(order(plain) == order(final))
        }
    }
}
