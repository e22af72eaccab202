// SPDX-License-Identifier: MIT

public import Foundation

/// A picture's file, to be put into a page.
public struct Picture: Sendable, Equatable {
    /// What its bytes are.
    public enum Format: String, Sendable {
        case png, jpeg
    }

    private let format: Format
    private let file: Data

    public init(_ format: Format, _ file: Data) {
        self.format = format
        self.file = file
    }

    /// The bytes that it takes in a page, where four letters stand for three bytes.
    public var byteCount: Int { (file.count + 2) / 3 * 4 }

    var address: String { "data:image/\(format.rawValue);base64,\(file.base64EncodedString())" }
}
