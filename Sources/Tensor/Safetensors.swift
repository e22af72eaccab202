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
    /// Writes the file, tensors in the order of their names, so that equal contents give equal bytes.
    ///
    /// - Throws: ``TensorError/unwritable(path:reason:)`` where the file cannot be written. The file may then be
    ///   partial: write to a temporary name and rename where that matters.
    public func write(to path: String) throws {
        var header: [String: Any] = metadata.isEmpty ? [:] : ["__metadata__": metadata]
        var body = Data()
        for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
            let start = body.count
            body.append(contentsOf: try tensor.elementBytes())
            header[name] = [
                "dtype": tensor.elementType.rawValue, "shape": tensor.shape, "data_offsets": [start, body.count],
            ] as [String: Any]
        }
        do {
            var text = try JSONSerialization.data(
                withJSONObject: header, options: [.sortedKeys, .withoutEscapingSlashes])
            // Padded so that elements start at a multiple of eight bytes, as the format's own writers do.
            text.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - text.count % 8) % 8))
            var file = withUnsafeBytes(of: UInt64(text.count).littleEndian) { Data($0) }
            file.append(text)
            file.append(body)
            try file.write(to: URL(fileURLWithPath: path))
        } catch {
            throw TensorError.unwritable(path: path, reason: error.localizedDescription)
        }
    }
}
