// SPDX-License-Identifier: MIT

public import Retrieval
internal import Tensor
public import Vocabulary

// Shapes: N rows · D embedding.

/// Embeddings with what is known of each row.
public struct FeatureSet: Sendable {
    /// `[N, D]`.
    public let features: Features<UnitNorm>
    /// `[N]`, where the file has them.
    public let identities: [Identity]?
    /// `[N]`, where the file has them.
    public let cameras: [Camera]?
    /// The camera network's embeddings, where the file has them.
    public let cameraFeatures: Features<UnitNorm>?

    /// Some rows, in the order given.
    func rows(at rows: [Int]) -> FeatureSet {
        FeatureSet(
            features: features.rows(at: rows), identities: identities.map { all in rows.map { all[$0] } },
            cameras: cameras.map { all in rows.map { all[$0] } }, cameraFeatures: cameraFeatures?.rows(at: rows))
    }

    /// Who is seen where; needs identities, and cameras where the protocol uses them.
    func sightings(_ part: String, of path: String, under rankingProtocol: RankingProtocol) throws -> [Sighting] {
        guard let identities else { throw FeatureFileError.missing(path: path, tensor: "\(part)ids") }
        if let row = identities.firstIndex(where: { $0 < .junk }) {
            throw FeatureFileError.unknownIdentity(
                path: path, tensor: "\(part)ids", row: row, found: identities[row].rawValue)
        }
        let unknown = rankingProtocol.usesCameras ? nil : identities.map { _ in Camera(rawValue: 0) }
        guard let cameras = cameras ?? unknown else {
            throw FeatureFileError.missing(path: path, tensor: "\(part)cameras")
        }
        return zip(identities, cameras).map { Sighting(identity: $0, camera: $1) }
    }
}

/// Embeddings of queries and gallery, junk left out.
public struct RetrievalSet: Sendable {
    public let query: FeatureSet
    public let gallery: FeatureSet
    public let querySightings: QuerySightings
    public let gallerySightings: GallerySightings
    /// Queries of the file that are junk.
    public let junkQueryCount: Int
    /// The file's row of each query and gallery row; nothing where all are there.
    public let queryRows: [Int]?
    public let galleryRows: [Int]?
    /// Rows of the file that are junk, on both sides.
    public let junkCount: Int
}

/// Feature files: safetensors, or NumPy's `.npz`, with `features` `[N, D]` of floats, `ids` and `cameras` `[N]` of integers,
/// optionally `camera_features` `[N, C]`; in a retrieval file under `query.` and `gallery.`.
public enum FeatureFile {
    /// `[N, D]` of one part's features, without reading them: what a forecast of memory needs.
    ///
    /// - Parameter part: Empty, `query.` or `gallery.`.
    /// - Throws: As ``embeddings(_:)``.
    public static func shape(of path: String, part: String = "") throws -> (count: Int, dimension: Int) {
        let file = try StoredFeatures(path)
        try file.requireTypes(part)
        guard let features = try file.entry("\(part)features") else {
            throw FeatureFileError.missing(path: path, tensor: "\(part)features", found: file.names)
        }
        guard features.shape.count == 2, features.shape.allSatisfy({ $0 > 0 }) else {
            throw FeatureFileError.misshapen(
                path: path, tensor: "\(part)features", found: features.shape, expected: "[N, D], both 1 or more")
        }
        return (features.shape[0], features.shape[1])
    }

    /// Embeddings without a split, rows brought to length 1.
    ///
    /// - Throws: `TensorError` where the file is damaged, ``FeatureFileError`` where tensors are missing or have
    ///   other types or shapes, no rows, or a row that is not finite or zero.
    public static func embeddings(_ path: String) throws -> FeatureSet {
        try set(StoredFeatures(path).tensors([""]), "", path)
    }

    /// Queries and gallery without junk (identity −1), rows brought to length 1.
    ///
    /// - Parameter rankingProtocol: What the file will be scored under; not all of them need cameras.
    /// - Throws: As ``embeddings(_:)``.
    public static func retrieval(_ path: String, under rankingProtocol: RankingProtocol) throws -> RetrievalSet {
        let tensors = try StoredFeatures(path).tensors(["query.", "gallery."])
        let query = try part(tensors, "query.", path, rankingProtocol)
        let gallery = try part(tensors, "gallery.", path, rankingProtocol)
        return RetrievalSet(
            query: query.set, gallery: gallery.set, querySightings: QuerySightings(query.sightings),
            gallerySightings: GallerySightings(gallery.sightings), junkQueryCount: query.junkCount,
            queryRows: query.junkCount == 0 ? nil : query.rows,
            galleryRows: gallery.junkCount == 0 ? nil : gallery.rows, junkCount: query.junkCount + gallery.junkCount)
    }

    /// One side without junk, which must be gone before re-ranking looks at anybody's neighbours.
    private static func part(
        _ tensors: [String: Tensor], _ part: String, _ path: String, _ rankingProtocol: RankingProtocol
    ) throws -> (set: FeatureSet, sightings: [Sighting], rows: [Int], junkCount: Int) {
        let whole = try set(tensors, part, path)
        let sightings = try whole.sightings(part, of: path, under: rankingProtocol)
        let rows = sightings.indices.filter { sightings[$0].identity != .junk }
        let junkCount = sightings.count - rows.count
        guard junkCount > 0 else { return (whole, sightings, rows, 0) }
        guard !rows.isEmpty else { throw FeatureFileError.onlyJunk(path: path, tensor: "\(part)ids") }
        return (whole.rows(at: rows), rows.map { sightings[$0] }, rows, junkCount)
    }

    private static func set(_ tensors: [String: Tensor], _ part: String, _ path: String) throws -> FeatureSet {
        guard let features = try matrix(tensors, "\(part)features", path) else {
            throw FeatureFileError.missing(path: path, tensor: "\(part)features")
        }
        return FeatureSet(
            features: features,
            identities: try column(tensors, "\(part)ids", count: features.count, path)?.map(Identity.init(rawValue:)),
            cameras: try column(tensors, "\(part)cameras", count: features.count, path)?.map(Camera.init(rawValue:)),
            cameraFeatures: try matrix(tensors, "\(part)camera_features", path, count: features.count))
    }

    private static func matrix(
        _ tensors: [String: Tensor], _ name: String, _ path: String, count: Int? = nil
    ) throws -> Features<UnitNorm>? {
        guard let tensor = tensors[name] else { return nil }
        let shape = tensor.shape
        guard shape.count == 2, shape.allSatisfy({ $0 > 0 }), count == nil || shape[0] == count else {
            let rows = count.map(String.init) ?? "N"
            throw FeatureFileError.misshapen(
                path: path, tensor: name, found: shape, expected: "[\(rows), D], both 1 or more")
        }
        let values = try tensor.floats()
        do throws(RetrievalError) {
            return try Features<Raw>(values, count: shape[0], dimension: shape[1]).normalised()
        } catch {
            throw FeatureFileError.unusable(path: path, tensor: name, reason: error)
        }
    }

    private static func column(
        _ tensors: [String: Tensor], _ name: String, count: Int, _ path: String
    ) throws -> [Int]? {
        guard let tensor = tensors[name] else { return nil }
        guard tensor.shape == [count] else {
            throw FeatureFileError.misshapen(path: path, tensor: name, found: tensor.shape, expected: "[\(count)]")
        }
        return try tensor.integers()
    }
}
