// SPDX-License-Identifier: MIT

package import Foundation

/// The one way JSON files of a run folder are written and read.
package enum JSONFile {
    /// An encoder with sorted keys, so that equal values are equal bytes.
    package static func encoder(indented: Bool = false) -> JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if indented { encoder.outputFormatting.insert(.prettyPrinted) }
        // A diverged loss is a fact to be recorded, not a reason to lose the file.
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return encoder
    }

    /// The decoder that understands what ``encoder(indented:)`` writes.
    package static func decoder() -> JSONDecoder {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return decoder
    }

    /// Writes a value as indented JSON that is there either whole or not at all.
    package static func write(_ value: some Encodable, to url: URL) throws {
        let data: Data
        do {
            data = try text(of: value)
        } catch {
            throw PipelineError.cannotEncode(path: url.path, reason: "\(error)")
        }
        try DurableFile.replace(url, with: data)
    }

    /// The bytes that ``write(_:to:)`` writes.
    static func text(of value: some Encodable) throws -> Data {
        try encoder(indented: true).encode(value) + Data("\n".utf8)
    }

    /// Reads a value.
    ///
    /// - Throws: ``PipelineError/unreadable(path:reason:)``; of what cannot be understood
    ///   ``PipelineError/corruptFile(path:reason:)``.
    package static func read<Value: Decodable>(_ type: Value.Type, from url: URL) throws -> Value {
        try decode(type, from: DurableFile.contents(of: url), of: url)
    }

    /// The value of a file's bytes, in which the same errors name the file.
    static func decode<Value: Decodable>(_ type: Value.Type, from data: Data, of url: URL) throws -> Value {
        do {
            return try decoder().decode(type, from: data)
        } catch let error as PipelineError {
            throw PipelineError.corruptFile(path: url.path, reason: error.description)
        } catch let error as DecodingError {
            throw PipelineError.corruptFile(path: url.path, reason: reason(of: error))
        } catch {
            throw PipelineError.corruptFile(path: url.path, reason: "not valid")
        }
    }

    private static func reason(of error: DecodingError) -> String {
        func place(_ path: [any CodingKey]) -> String {
            path.isEmpty ? "" : " at " + path.map(\.stringValue).joined(separator: ".")
        }
        return switch error {
        case .keyNotFound(let key, let context):
            "key '\(key.stringValue)' is missing\(place(context.codingPath))"
        case .typeMismatch(let type, let context):
            "expected \(type)\(place(context.codingPath))"
        case .valueNotFound(let type, let context):
            "expected \(type), found null\(place(context.codingPath))"
        case .dataCorrupted(let context):
            "not valid\(place(context.codingPath))"
        @unknown default: "not valid"
        }
    }
}
