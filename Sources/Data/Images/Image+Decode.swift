// SPDX-License-Identifier: MIT

extension Image {
    /// Reads a JPEG or PNG file; which of the two is told by its content, never by its name.
    ///
    /// - Parameter path: The file.
    /// - Returns: The picture in RGB, whatever colours the file has. The EXIF orientation is ignored.
    /// - Throws: ``DataError/unreadable(path:reason:)``, ``DataError/notAnImage(path:firstBytes:)``,
    ///   ``DataError/truncated(path:reason:)`` or ``DataError/corrupt(path:reason:)``.
    public static func decode(contentsOf path: String) throws(DataError) -> Image {
        try decode(readFile(path), named: path)
    }

    /// Decodes a JPEG or PNG file that is already in memory.
    ///
    /// - Parameters:
    ///   - bytes: The file's content.
    ///   - path: The name to use in messages.
    /// - Throws: As ``decode(contentsOf:)``.
    public static func decode(_ bytes: [UInt8], named path: String) throws(DataError) -> Image {
        if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return try decodeJPEG(bytes, named: path) }
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            return try decodePNG(bytes, named: path)
        }
        throw .notAnImage(path: path, firstBytes: Array(bytes.prefix(8)))
    }

    /// Refuses a header that asks for more memory than a photograph can need.
    static func checkSize(_ width: Int, _ height: Int, _ path: String) throws(DataError) {
        guard width > 0, height > 0, width <= maximumPixelCount / height else {
            let reason = "its header says \(width) × \(height) pixels; at most \(maximumPixelCount) are read"
            throw .corrupt(path: path, reason: reason)
        }
    }

    private static let maximumPixelCount = 1 << 27
}

/// `value / 255`, rounded to the nearest integer, for `0 ... 255·255`; the division-free form that image
/// libraries share.
func dividedBy255(_ value: Int) -> Int {
    let biased = value + 128
    return (biased + biased >> 8) >> 8
}
