// SPDX-License-Identifier: MIT

/// Reads a safetensors header: JSON of one fixed form, without keys that occur twice.
///
/// A general JSON reader would keep the last of two equal keys and take `2.0` or `true` for a length.
///
/// - SeeAlso: RFC 8259 for the text.
struct SafetensorsHeader {
    private(set) var entries: [String: Safetensors.Entry] = [:]
    private(set) var metadata: [String: String] = [:]
    private let origin: Origin

    private static let metadataKey = "__metadata__"
    /// No network has tensors of more dimensions.
    static let mostDimensions = 64

    init(_ bytes: [UInt8], _ origin: Origin) throws {
        self.origin = origin
        var text = JSONText(bytes, origin)
        try read(&text)
    }

    private mutating func read(_ text: inout JSONText) throws {
        guard text.next == UInt8(ascii: "{") else { throw origin.malformed("the header is not a JSON object") }
        var names: Set<String> = []
        try text.members { text, name in
            guard names.insert(name).inserted else { throw origin.malformed("two tensors are named '\(name)'") }
            if name == SafetensorsHeader.metadataKey {
                try readMetadata(&text)
            } else {
                entries[name] = try entry(name, &text)
            }
        }
        try text.end()
    }

    private mutating func readMetadata(_ text: inout JSONText) throws {
        guard text.next == UInt8(ascii: "{") else { throw origin.malformed("the metadata is not a JSON object") }
        try text.members { text, key in
            guard metadata.updateValue(try text.string(), forKey: key) == nil else {
                throw origin.malformed("the metadata has '\(key)' twice")
            }
        }
    }

    private func entry(_ name: String, _ text: inout JSONText) throws -> Safetensors.Entry {
        let incomplete = origin.malformed("'\(name)' lacks dtype, shape or data_offsets")
        guard text.next == UInt8(ascii: "{") else { throw incomplete }
        var typeName: String?
        var shape: [Int]?
        var range: [Int]?
        try text.members { text, field in
            switch field {
            case "dtype" where typeName == nil: typeName = try text.string()
            case "shape" where shape == nil: shape = try text.integers(atMost: SafetensorsHeader.mostDimensions)
            case "data_offsets" where range == nil: range = try text.integers(atMost: 2)
            default: throw origin.malformed("'\(name)' has a second or unknown field '\(field)'")
            }
        }
        guard let typeName, let shape, let range, range.count == 2 else { throw incomplete }
        return try entry(name, typeName, shape, range)
    }

    private func entry(_ name: String, _ typeName: String, _ shape: [Int], _ range: [Int]) throws -> Safetensors.Entry {
        guard let type = StoredElementType(rawValue: typeName) else {
            let known = StoredElementType.allCases.map(\.rawValue).joined(separator: ", ")
            throw origin.malformed("'\(name)' has elements of type \(typeName); known are \(known)")
        }
        guard let count = elementCount(of: shape),
            case let (size, overflow) = count.multipliedReportingOverflow(by: type.byteCount), !overflow
        else {
            throw origin.malformed("'\(name)' has the shape \(shape)")
        }
        guard range[0] >= 0, range[1] >= range[0], range[1] - range[0] == size else {
            throw origin.malformed("'\(name)' of \(size) bytes has the byte range \(range)")
        }
        return Safetensors.Entry(type: type, shape: shape, bytes: range[0]..<range[1])
    }
}
