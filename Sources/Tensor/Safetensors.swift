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

    /// The format's own limit on the header.
    static let largestHeader = 100_000_000
}

// MARK: Writing

extension Safetensors {
    /// Writes the file, tensors in the order of their names, so that equal contents give equal bytes.
    ///
    /// - Throws: ``TensorError/unwritable(path:reason:)`` where the file cannot be written. The file may then be partial:
    ///   write to a temporary name and rename where that matters.
    public func write(to path: String) throws {
        var header: [String: Any] = metadata.isEmpty ? [:] : ["__metadata__": metadata]
        var body = Data()
        for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
            let start = body.count
            body.append(try tensor.bytes())
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

extension Tensor {
    fileprivate func bytes() throws -> Data {
        switch elementType {
        case .float32: try elements(zero: Float(0)).withUnsafeBytes { Data($0) }
        case .int64: try elements(zero: Int64(0)).withUnsafeBytes { Data($0) }
        case .uint8, .bool: try elements(zero: UInt8(0)).withUnsafeBytes { Data($0) }
        }
    }
}

// MARK: Reading

extension Safetensors {
    /// Reads the file whole.
    ///
    /// - Throws: ``TensorError/unreadable(path:reason:)`` where it cannot be read, ``TensorError/malformed(path:reason:)``
    ///   where a length, type or range in it is not what the format allows.
    public init(readingFrom path: String) throws {
        let reader = try Reader(path: path)
        let file = reader.file
        let (header, start) = try reader.header()
        metadata = header["__metadata__"] as? [String: String] ?? [:]
        tensors = [:]
        var expected = 0
        let entries = try header.filter { $0.key != "__metadata__" }
            .map { try reader.entry($0.key, $0.value) }
            .sorted { ($0.start, $0.end, $0.name) < ($1.start, $1.end, $1.name) }
        for entry in entries {
            guard entry.start == expected else {
                throw reader.malformed("'\(entry.name)' starts at byte \(entry.start), not at \(expected)")
            }
            expected = entry.end
            tensors[entry.name] = try reader.tensor(entry, from: start)
        }
        guard start + expected == file.count else {
            throw reader.malformed("\(file.count - start) bytes of elements where the header names \(expected)")
        }
    }

    /// Types and shapes by name, without a look at the elements: what a forecast of memory needs.
    ///
    /// - Throws: As ``init(readingFrom:)``, but for what only the elements' ranges can get wrong.
    public static func header(of path: String) throws -> [String: (type: ElementType, shape: [Int])] {
        let reader = try Reader(path: path)
        let entries = try reader.header().fields.filter { $0.key != "__metadata__" }
            .map { try reader.entry($0.key, $0.value) }
        return Dictionary(uniqueKeysWithValues: entries.map { ($0.name, ($0.type, $0.shape)) })
    }

    private struct Entry {
        let name: String
        let type: ElementType
        let shape: [Int]
        let start: Int
        let end: Int
    }

    private struct Reader {
        let path: String
        let file: Data

        init(path: String) throws {
            self.path = path
            do {
                file = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
            } catch {
                throw TensorError.unreadable(path: path, reason: error.localizedDescription)
            }
        }

        func malformed(_ reason: String) -> TensorError {
            .malformed(path: path, reason: reason)
        }

        func header() throws -> (fields: [String: Any], start: Int) {
            guard file.count >= 8 else { throw malformed("\(file.count) bytes hold no header length") }
            let length = file.prefix(8).enumerated().reduce(UInt64(0)) { $0 | UInt64($1.element) << (8 * $1.offset) }
            guard length <= UInt64(Safetensors.largestHeader), Int(length) <= file.count - 8 else {
                throw malformed("a header of \(length) bytes in a file of \(file.count)")
            }
            let text = file.subdata(in: file.startIndex + 8..<file.startIndex + 8 + Int(length))
            guard let fields = try? JSONSerialization.jsonObject(with: text) as? [String: Any] else {
                throw malformed("the header is not a JSON object")
            }
            return (fields, 8 + Int(length))
        }

        func entry(_ name: String, _ value: Any) throws -> Entry {
            guard let fields = value as? [String: Any], let typeName = fields["dtype"] as? String,
                let shape = fields["shape"] as? [Int], let range = fields["data_offsets"] as? [Int], range.count == 2
            else {
                throw malformed("'\(name)' lacks dtype, shape or data_offsets")
            }
            guard let type = ElementType(rawValue: typeName) else {
                let known = ElementType.allCases.map(\.rawValue).joined(separator: ", ")
                throw malformed("'\(name)' has elements of type \(typeName); known are \(known)")
            }
            var size = type.byteCount
            for length in shape {
                let (product, overflow) = size.multipliedReportingOverflow(by: length)
                guard length >= 0, !overflow else { throw malformed("'\(name)' has the shape \(shape)") }
                size = product
            }
            guard range[0] >= 0, range[1] >= range[0], range[1] - range[0] == size else {
                throw malformed("'\(name)' of \(size) bytes has the byte range \(range)")
            }
            return Entry(name: name, type: type, shape: shape, start: range[0], end: range[1])
        }

        func tensor(_ entry: Entry, from start: Int) throws -> Tensor {
            guard start + entry.end <= file.count else {
                throw malformed("'\(entry.name)' ends at byte \(start + entry.end) of \(file.count)")
            }
            let bytes = file.subdata(in: file.startIndex + start + entry.start..<file.startIndex + start + entry.end)
            return try Tensor(bytes: bytes, shape: entry.shape, type: entry.type)
        }
    }
}

extension Tensor {
    fileprivate convenience init(bytes: Data, shape: [Int], type: ElementType) throws {
        switch type {
        case .float32: try self.init(elements: Tensor.typed(bytes, zero: Float(0)), shape: shape, type: type)
        case .int64: try self.init(elements: Tensor.typed(bytes, zero: Int64(0)), shape: shape, type: type)
        case .uint8, .bool: try self.init(elements: Array(bytes), shape: shape, type: type)
        }
    }

    private static func typed<Element>(_ bytes: Data, zero: Element) -> [Element] {
        var elements = [Element](repeating: zero, count: bytes.count / MemoryLayout<Element>.stride)
        _ = elements.withUnsafeMutableBytes { bytes.copyBytes(to: $0) }
        return elements
    }
}
