// SPDX-License-Identifier: MIT

private import Foundation

/// Named tensors and text in a safetensors file.
///
/// Layout: eight bytes of header length (little endian) · a JSON header that gives each tensor's type, shape and
/// byte range · the elements in row-major order, without holes.
public struct Safetensors {
    /// Tensors by name.
    public var tensors: [String: Tensor]
    /// The header's `__metadata__`.
    public var metadata: [String: String]

    public init(tensors: [String: Tensor], metadata: [String: String] = [:]) {
        self.tensors = tensors
        self.metadata = metadata
    }
}

// MARK: Writing

extension Safetensors {
    /// Writes the file, tensors in the order of their names, so that equal contents give equal bytes. It appears whole
    /// or not at all.
    ///
    /// - Throws: ``TensorError/unwritable(path:reason:)`` where the file cannot be written.
    /// - Complexity: Holds one tensor's bytes beside the tensors.
    public func write(to path: String) throws {
        let sorted = tensors.sorted { $0.key < $1.key }
        try Safetensors.write(sorted.map { $1.stored(as: $0) }, metadata: metadata, to: path)
    }

    static func write(_ entries: [StoredTensors.Entry], metadata: [String: String], to path: String) throws {
        let file = try OutputFile(path: path)
        try file.write(header(of: entries, metadata, path))
        for entry in entries { try file.write(entry.bytes()) }
        try file.finish()
    }

    /// The header with its length in front.
    private static func header(
        of entries: [StoredTensors.Entry], _ metadata: [String: String], _ path: String
    ) throws -> [UInt8] {
        var header: [String: Any] = metadata.isEmpty ? [:] : ["__metadata__": metadata]
        var start = 0
        for entry in entries {
            let end = start + entry.byteCount
            header[entry.name] =
                [
                    "dtype": entry.type.rawValue, "shape": entry.shape, "data_offsets": [start, end],
                ] as [String: Any]
            start = end
        }
        do {
            var text = try JSONSerialization.data(
                withJSONObject: header, options: [.sortedKeys, .withoutEscapingSlashes])
            // Padded so that elements start at a multiple of eight bytes, as the format's own writers do.
            text.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - text.count % 8) % 8))
            return withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) } + text
        } catch {
            throw TensorError.unwritable(path: path, reason: error.localizedDescription)
        }
    }
}
