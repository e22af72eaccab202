// SPDX-License-Identifier: MIT

internal import Machine

// Shapes: Q queries · G gallery rows · D dimensions · C camera dimensions.

/// How much the likeness of two images' cameras counts against the likeness of the images: `Δ = P(f) −
/// weight·P(c)`.
///
/// - SeeAlso: the technical report of the system, arXiv:2008.10313, §3 (post-processing).
public struct CameraAdjustment: Sendable {
    /// The share of the camera distance; 0.1 in the published system.
    public let weight: Float
    /// What the camera network says of the queries, `[Q, C]`.
    public let query: Features<UnitNorm>
    /// What the camera network says of the gallery, `[G, C]`.
    public let gallery: Features<UnitNorm>

    public init(weight: Float, query: Features<UnitNorm>, gallery: Features<UnitNorm>) {
        self.weight = weight
        self.query = query
        self.gallery = gallery
    }
}

/// The squared Euclidean distance of unit rows, `2 − 2cos`.
///
/// - Parameters:
///   - query: `[Q, D]`.
///   - gallery: `[G, D]`.
/// - Returns: `[Q, G]`, in `[0, 4]`; below 1e-6 it is zero.
/// - Throws: ``RetrievalError/empty(what:)``, ``RetrievalError/dimensionsDiffer(left:right:)``.
public func squaredDistances(
    _ query: Features<UnitNorm>, _ gallery: Features<UnitNorm>
) throws(RetrievalError) -> DistanceMatrix {
    try distances(query: query, gallery: gallery, camera: nil)
}

/// The squared Euclidean distance of unit rows, adjusted by their cameras where these are given.
///
/// - Parameters:
///   - query: `[Q, D]`.
///   - gallery: `[G, D]`.
///   - camera: Camera embeddings of the same rows, which need not have as many dimensions.
/// - Returns: `[Q, G]`; negative where the cameras differ more than the images.
/// - Throws: ``RetrievalError/empty(what:)``, ``RetrievalError/dimensionsDiffer(left:right:)``,
///   ``RetrievalError/countsDiffer(what:expected:found:)``.
/// - Complexity: O(Q·G·(D + C)); memory O(Q·G).
public func distances(
    query: Features<UnitNorm>, gallery: Features<UnitNorm>, camera: CameraAdjustment? = nil
) throws(RetrievalError) -> DistanceMatrix {
    try distances(query: query, gallery: gallery, camera: camera, workers: .all)
}

func distances(
    query: Features<UnitNorm>, gallery: Features<UnitNorm>, camera: CameraAdjustment?, workers: Workers
) throws(RetrievalError) -> DistanceMatrix {
    let rows = try PairwiseRows.stacked(
        query: query, gallery: gallery, camera: camera, squaresDistances: false,
        blockLength: workers.blockLength)
    let tiles = rows.blocks.filter { $0.part == 0 }.flatMap { left in
        rows.blocks.filter { $0.part == 1 }.map { (left, $0) }
    }
    let width = gallery.count
    let values = [Float](unsafeUninitializedCapacity: query.count * width) { buffer, count in
        nonisolated(unsafe) let out = buffer.baseAddress
        _ = workers.map(tiles.count, scratch: {}) { task, _ in
            let (left, right) = tiles[task]
            guard let out else { return }
            rows.fill(
                out + left.rows.lowerBound * width + right.rows.lowerBound, stride: width, left: left,
                right: right)
        }
        count = query.count * width
    }
    return DistanceMatrix(unchecked: values, rowCount: query.count, columnCount: width)
}

extension PairwiseRows {
    /// Queries with the gallery below them.
    static func stacked(
        query: Features<UnitNorm>, gallery: Features<UnitNorm>, camera: CameraAdjustment?,
        squaresDistances: Bool,
        blockLength: Int
    ) throws(RetrievalError) -> PairwiseRows {
        guard query.count > 0 else { throw .empty(what: "query features") }
        guard gallery.count > 0 else { throw .empty(what: "gallery features") }
        guard query.dimension == gallery.dimension else {
            throw .dimensionsDiffer(left: query.dimension, right: gallery.dimension)
        }
        if let camera {
            guard camera.query.count == query.count else {
                throw .countsDiffer(
                    what: "camera features of the queries", expected: query.count, found: camera.query.count)
            }
            guard camera.gallery.count == gallery.count else {
                throw .countsDiffer(
                    what: "camera features of the gallery", expected: gallery.count,
                    found: camera.gallery.count)
            }
            guard camera.query.dimension == camera.gallery.dimension else {
                throw .dimensionsDiffer(left: camera.query.dimension, right: camera.gallery.dimension)
            }
        }
        let weight = camera?.weight ?? 0
        return PairwiseRows(
            [
                .unit(query, cameras: camera?.query, weight: weight),
                .unit(gallery, cameras: camera?.gallery, weight: weight),
            ],
            cameraWeight: weight, squaresDistances: squaresDistances, blockLength: blockLength
        )
    }
}
