// SPDX-License-Identifier: MIT

internal import Foundation
public import Reporting
public import Retrieval
public import Tensor
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
    /// The file's row of each gallery row; nothing where all are there.
    public let galleryRows: [Int]?
    /// Rows of the file that are junk, on both sides.
    public let junkCount: Int
}

/// What can be wrong with a feature file.
public enum FeatureFileError: ReportedError, Equatable {
    case missing(path: String, tensor: String)
    case wrongType(path: String, tensor: String, found: StoredElementType, allowed: [StoredElementType])
    case misshapen(path: String, tensor: String, found: [Int], expected: String)
    /// A row of embeddings that has no direction, or a value that is not finite.
    case unusable(path: String, tensor: String, reason: RetrievalError)
    /// An identity below −1.
    case unknownIdentity(path: String, tensor: String, row: Int, found: Int)
    /// There is nobody on one side.
    case onlyJunk(path: String, tensor: String)
    /// A submission needs a line for every query.
    case junkQueries(path: String, count: Int)

    public var exitKind: ExitKind { .badData }

    public var description: String {
        switch self {
        case .missing(let path, let tensor):
            "\(path): no tensor '\(tensor)'; a feature file has features [N, D], ids [N] and cameras [N], a retrieval "
                + "file has the same under 'query.' and 'gallery.'"
        case .wrongType(let path, let tensor, let found, let allowed):
            "\(path): '\(tensor)' holds \(found); allowed: \(allowed.map { "\($0)" }.joined(separator: ", "))"
        case .misshapen(let path, let tensor, let found, let expected):
            "\(path): '\(tensor)' is \(found); allowed: \(expected)"
        case .unusable(let path, let tensor, let reason):
            "\(path): '\(tensor)': \(reason)"
        case .unknownIdentity(let path, let tensor, let row, let found):
            "\(path): '\(tensor)', row \(row) is \(found); allowed: 0 or more, or -1 for junk"
        case .onlyJunk(let path, let tensor):
            "\(path): '\(tensor)' holds nothing but -1, which is junk; at least one row of somebody is needed"
        case .junkQueries(let path, let count):
            "\(path): \(counted(count, "query is", "queries are")) junk (identity -1); a submission file has a line for every query"
        }
    }
}

/// Feature files: safetensors with `features` `[N, D]` float32, `ids` and `cameras` `[N]` int64, optionally
/// `camera_features`; in a retrieval file under `query.` and `gallery.`.
public enum FeatureFile {
    /// `[N, D]` of one part's features, without reading them: what a forecast of memory needs.
    ///
    /// - Parameter part: Empty, `query.` or `gallery.`.
    /// - Throws: As ``embeddings(_:)``.
    public static func shape(of path: String, part: String = "") throws -> (count: Int, dimension: Int) {
        try requireTypes(of: path, part: part)
        guard let features = try Safetensors.header(of: path)["\(part)features"] else {
            throw FeatureFileError.missing(path: path, tensor: "\(part)features")
        }
        guard features.type == .float32, features.shape.count == 2, features.shape.allSatisfy({ $0 > 0 }) else {
            throw FeatureFileError.misshapen(
                path: path, tensor: "\(part)features", found: features.shape, expected: "float32 [N, D]")
        }
        return (features.shape[0], features.shape[1])
    }

    /// Embeddings without a split, rows brought to length 1.
    ///
    /// - Throws: `TensorError` where the file is no safetensors file, ``FeatureFileError`` where tensors are missing or
    ///   have other shapes, no rows, or a row that is not finite or zero.
    public static func embeddings(_ path: String) throws -> FeatureSet {
        try set(Safetensors(readingFrom: path).tensors, "", path)
    }

    /// Queries and gallery without junk (identity −1), rows brought to length 1.
    ///
    /// - Parameter rankingProtocol: What the file will be scored under; not all of them need cameras.
    /// - Throws: As ``embeddings(_:)``.
    public static func retrieval(_ path: String, under rankingProtocol: RankingProtocol) throws -> RetrievalSet {
        let tensors = try Safetensors(readingFrom: path).tensors
        let query = try part(tensors, "query.", path, rankingProtocol)
        let gallery = try part(tensors, "gallery.", path, rankingProtocol)
        return RetrievalSet(
            query: query.set, gallery: gallery.set, querySightings: QuerySightings(query.sightings),
            gallerySightings: GallerySightings(gallery.sightings), junkQueryCount: query.junkCount,
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

    /// Numbers of one kind would be read as another: bytes as identities, doubles as rounded floats.
    private static func requireTypes(of path: String, part: String) throws {
        let header = try Safetensors.header(of: path)
        let columns: [StoredElementType] = [.int64, .int32, .int16, .int8]
        for (name, allowed) in [
            ("features", [.float32]), ("camera_features", [.float32]), ("ids", columns), ("cameras", columns),
        ] as [(String, [StoredElementType])] {
            let tensor = part + name
            guard let found = header[tensor]?.type, !allowed.contains(found) else { continue }
            throw FeatureFileError.wrongType(path: path, tensor: tensor, found: found, allowed: allowed)
        }
    }

    /// Embeddings to be written, under one beginning of names.
    public struct Part {
        /// Empty, `query.` or `gallery.`.
        public let name: String
        /// `[N, D]`.
        public let features: Features<UnitNorm>
        /// `[N]`.
        public let identities: [Identity]?
        /// `[N]`.
        public let cameras: [Camera]?
        /// The images' paths below the folder that they were looked for in, `[N]`.
        public let names: [String]

        public init(
            name: String, features: Features<UnitNorm>, identities: [Identity]?, cameras: [Camera]?, names: [String]
        ) {
            self.name = name
            self.features = features
            self.identities = identities
            self.cameras = cameras
            self.names = names
        }
    }

    /// Writes embeddings, and in the metadata the names of their images as a JSON array.
    public static func write(_ parts: [Part], to path: String) throws {
        var tensors: [String: Tensor] = [:]
        var metadata: [String: String] = [:]
        for part in parts {
            let shape = [part.features.count, part.features.dimension]
            tensors["\(part.name)features"] = try Tensor(part.features.values, shape: shape)
            if let identities = part.identities { tensors["\(part.name)ids"] = try Tensor(identities.map(\.rawValue)) }
            if let cameras = part.cameras { tensors["\(part.name)cameras"] = try Tensor(cameras.map(\.rawValue)) }
            metadata["\(part.name)names"] = String(decoding: try JSONEncoder().encode(part.names), as: UTF8.self)
        }
        try Safetensors(tensors: tensors, metadata: metadata).write(to: path)
    }

    /// Writes labels `[N]`, −1 for outliers.
    public static func write(_ labels: ClusterLabels, to path: String) throws {
        try Safetensors(tensors: ["labels": Tensor(labels.values)]).write(to: path)
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
        guard tensor.elementType == .float32, shape.count == 2, shape.allSatisfy({ $0 > 0 }),
            count == nil || shape[0] == count
        else {
            throw FeatureFileError.misshapen(
                path: path, tensor: name, found: shape, expected: "float32 [\(count.map(String.init) ?? "N"), D]")
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
        guard tensor.elementType == .int64, tensor.shape == [count] else {
            throw FeatureFileError.misshapen(
                path: path, tensor: name, found: tensor.shape, expected: "int64 [\(count)]")
        }
        return try tensor.integers()
    }
}
