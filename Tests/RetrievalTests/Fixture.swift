// SPDX-License-Identifier: MIT

import Foundation
import Vocabulary

@testable import Retrieval

/// What `Fixtures/make_retrieval.py` wrote: inputs, and the results of the dense definitions in double
/// precision.
struct Fixture: Decodable {
    struct Clustering: Decodable, Sendable {
        let count, dimension, k1, k2, minimum: Int
        let radius: Float
        let features, jaccard: Packed
        let labels: [Int]

        func unitFeatures() throws -> Features<UnitNorm> {
            try features.unit(count: count, dimension: dimension)
        }
    }

    struct ReRanking: Decodable, Sendable {
        let queries, count, dimension, k1, k2, cameraDimension: Int
        let cameraWeight, originalWeight: Float
        let features, cameras, final: Packed
    }

    struct Ranking: Decodable, Sendable {
        let queries, gallery, maximum, skipped: Int
        let cut: Int?
        let distances: Packed
        let queryIdentities, galleryIdentities, queryCameras, galleryCameras: [Int]
        let mAP, mINP: Double
        let cmc: [Double]
    }

    struct Agreement: Decodable, Sendable {
        let labels, identities: [Int]
        let purity, nmi, precision, recall: Double
    }

    /// Little-endian single-precision numbers in base 64.
    struct Packed: Decodable, Sendable {
        let values: [Float]

        init(from decoder: any Decoder) throws {
            let data = try decoder.singleValueContainer().decode(Data.self)
            values = stride(from: 0, to: data.count, by: 4).map { start in
                Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(data[start + $1]) << (8 * $1) })
            }
        }

        func unit(count: Int, dimension: Int) throws -> Features<UnitNorm> {
            try Features<Raw>(values, count: count, dimension: dimension).normalised()
        }
    }

    let clustering: [Clustering]
    let reranking: [ReRanking]
    let ranking: [Ranking]
    let agreement: [Agreement]

    static func load(_ file: String = #filePath) throws -> Fixture {
        let folder = URL(fileURLWithPath: file).deletingLastPathComponent().appendingPathComponent("Fixtures")
        let data = try Data(contentsOf: folder.appendingPathComponent("retrieval.json"))
        return try JSONDecoder().decode(Fixture.self, from: data)
    }
}
