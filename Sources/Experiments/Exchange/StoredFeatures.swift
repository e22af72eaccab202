// SPDX-License-Identifier: MIT

internal import Tensor
internal import Vocabulary

/// A feature file that has been opened: safetensors, or NumPy's where its name ends in `.npz`.
struct StoredFeatures {
    private enum Content {
        case safetensors([String: Safetensors.Entry])
        case numPy(NumPyArchive)
    }

    let path: String
    private let content: Content

    /// Reads no elements.
    ///
    /// - Throws: `TensorError` where the file is not what its name says.
    init(_ path: String) throws {
        self.path = path
        content =
            FileEnding.npz.isOf(path)
            ? .numPy(try NumPyArchive(readingFrom: path)) : .safetensors(try Safetensors.header(of: path))
    }

    /// What the tensors are called, in order.
    var names: [String] {
        switch content {
        case .safetensors(let entries): entries.keys.sorted()
        case .numPy(let archive): archive.names
        }
    }

    /// What is said of a tensor in front of its elements; nothing where it is not there, no type where that is not read.
    func entry(_ name: String) throws -> (type: StoredElementType?, typeText: String, shape: [Int])? {
        switch content {
        case .safetensors(let entries):
            entries[name].map { ($0.type, "\($0.type)", $0.shape) }
        case .numPy(let archive):
            try archive.entry(name).map { ($0.type, $0.typeText, $0.shape) }
        }
    }

    /// The parts' tensors, by name; those that are there, and maybe others.
    ///
    /// - Parameter parts: Empty, `query.` or `gallery.`.
    /// - Throws: `TensorError`, ``FeatureFileError/wrongType(path:tensor:found:allowed:)``.
    func tensors(_ parts: [String]) throws -> [String: Tensor] {
        try parts.forEach(requireTypes)
        switch content {
        case .safetensors:
            return try Safetensors(readingFrom: path).tensors
        case .numPy(let archive):
            let names = parts.flatMap { part in Self.allowed.map { part + $0.name } }
            return Dictionary(
                uniqueKeysWithValues: try names.compactMap { name in
                    try archive.tensor(name).map { (name, $0) }
                })
        }
    }

    /// Throws where a part has numbers of one kind that would be read as another, such as bytes as identities.
    func requireTypes(_ part: String) throws {
        for (name, allowed) in Self.allowed {
            let tensor = part + name
            guard let found = try entry(tensor) else { continue }
            guard let type = found.type, allowed.contains(type) else {
                throw FeatureFileError.wrongType(path: path, tensor: tensor, found: found.typeText, allowed: allowed)
            }
        }
    }

    /// What a part may have.
    private static let allowed: [(name: String, [StoredElementType])] = [
        ("features", floats), ("camera_features", floats), ("ids", integers), ("cameras", integers),
    ]
    /// Computed on as float32 all of them: of a float64 the digits beyond are rounded, as every network's features are.
    private static let floats: [StoredElementType] = [.float32, .float64, .float16, .bfloat16]
    private static let integers: [StoredElementType] = [.int64, .int32, .int16, .int8]
}
