// SPDX-License-Identifier: MIT

import Foundation

@testable import Data

/// What `Fixtures/make_fixtures.py` wrote: images and what Pillow makes of them.
struct FixtureFiles {
    struct Entry: Decodable {
        var name: String?
        let width, height: Int
    }

    struct Manifest: Decodable {
        let sources: [Entry]
        let sizes: [Entry]
        let operations: [String: [Double]]
        let placed: Placed
    }

    /// The way from an image of the wanted size to a network's input.
    struct Placed: Decodable {
        struct Place: Decodable {
            let mirrored: Bool
            let top, left: Int
            let erased: [Int]?
        }

        let width, height: Int
        let places: [Place]
    }

    /// One result of Pillow's, and what it was made from.
    struct Case {
        let name: String
        let source: Image
        let parameter: Double
        let expected: Image
    }

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures").path

    let manifest: Manifest
    let sources: [Image]

    init() throws {
        manifest = try FixtureFiles.json("images.json")
        sources = try FixtureFiles.images("sources", manifest.sources)
    }

    /// The cases of one operation, its parameters being the outer loop.
    func cases(of operation: String) throws -> [Case] {
        let parameters = manifest.operations[operation] ?? []
        let results = try FixtureFiles.images(operation, parameters.flatMap { _ in manifest.sources })
        return parameters.enumerated().flatMap { round, parameter in
            sources.indices.map { row in
                Case(
                    name: "\(operation)(\(parameter)) of \(manifest.sources[row].name ?? "")",
                    source: sources[row],
                    parameter: parameter, expected: results[round * sources.count + row]
                )
            }
        }
    }

    /// Pillow's resizes: each size with each source.
    func resizes() throws -> [Case] {
        let results = try FixtureFiles.images(
            "resize",
            manifest.sizes.flatMap { size in
                manifest.sources.map { _ in size }
            }
        )
        return results.enumerated().map { number, expected in
            let row = number % sources.count
            let name = "\(manifest.sources[row].name ?? "") to \(expected.width) × \(expected.height)"
            return Case(name: name, source: sources[row], parameter: 0, expected: expected)
        }
    }

    /// Images mirrored, padded, cut, normalised and erased by Pillow and NumPy, the places being the outer loop.
    func placements() throws -> [(source: Image, place: Placed.Place, expected: [Float])] {
        let count = manifest.placed.width * manifest.placed.height * 3
        let bytes = try Image.decode(contentsOf: "\(FixtureFiles.folder)/placed.png").pixels
        let values = bytes.withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count, by: 4).map { bytes.loadUnaligned(fromByteOffset: $0, as: Float.self) }
        }
        return manifest.placed.places.enumerated().flatMap { round, place in
            sources.indices.map { row in
                let start = (round * sources.count + row) * count
                return (sources[row], place, Array(values[start..<(start + count)]))
            }
        }
    }

    /// Pillow's reading of the image files.
    static func files() throws -> [(path: String, expected: Image)] {
        let entries: [Entry] = try json("files.json")
        return zip(entries, try images("files", entries)).map { entry, image in
            (path: "\(folder)/files/\(entry.name ?? "")", expected: image)
        }
    }

    private static func json<Value: Decodable>(_ name: String) throws -> Value {
        try JSONDecoder().decode(
            Value.self, from: Foundation.Data(contentsOf: URL(filePath: "\(folder)/\(name)"))
        )
    }

    /// Cuts a row of pixels into images.
    private static func images(_ name: String, _ entries: [Entry]) throws -> [Image] {
        var rest = try Image.decode(contentsOf: "\(folder)/\(name).png").pixels[...]
        return entries.map { entry in
            let count = entry.width * entry.height * 3
            defer { rest = rest.dropFirst(count) }
            return Image(width: entry.width, height: entry.height, pixels: Array(rest.prefix(count)))
        }
    }
}

/// A folder for one test, removed when the value goes out of use.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "passerby-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Writes a file, making the folders above it.
    @discardableResult
    func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        let url = URL(filePath: "\(path)/\(name)")
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true
        )
        try Foundation.Data(bytes).write(to: url)
        return url.path
    }

    @discardableResult
    func write(_ name: String, _ text: String) throws -> String {
        try write(name, Array(text.utf8))
    }
}
