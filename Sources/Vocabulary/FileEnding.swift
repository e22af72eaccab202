// SPDX-License-Identifier: MIT

/// How a file's name ends, which says what the file holds.
///
/// Small and capital letters are the same here: cameras and other systems write `.JPG` and `.CSV`.
public struct FileEnding: Hashable, Sendable, CustomStringConvertible {
    /// Without the dot in front, in small letters: `csv`, `pth.tar`.
    public let name: String

    public init(_ name: String) {
        self.name = name.lowercased()
    }

    /// Whether a path ends so.
    public func isOf(_ path: String) -> Bool { path.lowercased().hasSuffix(description) }

    public var description: String { ".\(name)" }

    public static let csv = FileEnding("csv")
    public static let json = FileEnding("json")
    public static let npz = FileEnding("npz")
    public static let png = FileEnding("png")
    public static let safetensors = FileEnding("safetensors")
    public static let zip = FileEnding("zip")

    /// Those of files in YAML.
    public static let yaml = [FileEnding("yaml"), FileEnding("yml")]
    /// Those of images that are read.
    public static let images = [FileEnding("jpg"), FileEnding("jpeg"), png]
}

extension [FileEnding] {
    /// Whether a path ends in one of them.
    public func areOf(_ path: String) -> Bool { contains { $0.isOf(path) } }

    /// As a message lists them: `.csv, .json`.
    public var shown: String { map(\.description).joined(separator: ", ") }
}
