// SPDX-License-Identifier: MIT

import CPNG

extension Image {
    /// The picture as a PNG file: lossless, eight bits a channel.
    ///
    /// - Returns: The bytes of the file.
    /// - Throws: ``DataError/notEncodable(width:height:reason:)``.
    public func png() throws(DataError) -> [UInt8] {
        var header = png_image()
        header.version = png_uint_32(PNG_IMAGE_VERSION)
        header.width = png_uint_32(clamping: width)
        header.height = png_uint_32(clamping: height)
        header.format = png_uint_32(PNG_FORMAT_FLAG_COLOR)
        // Deflate's bound for incompressible rows (one filter byte each), and ample room for the fixed
        // chunks.
        let rawCount = (width * 3 + 1) * height
        let bound = rawCount + rawCount / 1000 + 4096
        var byteCount = bound
        var status: Int32 = 0
        let file = [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
            status = png_image_write_to_memory(&header, buffer.baseAddress, &byteCount, 0, pixels, 0, nil)
            count = status == 0 ? 0 : byteCount
        }
        guard status != 0 else {
            throw .notEncodable(width: width, height: height, reason: Image.message(of: header))
        }
        return file
    }

    /// Decodes a PNG file of any colour type and depth; transparency is dropped, not blended, as Pillow's
    /// conversion to RGB does.
    ///
    /// - Parameters:
    ///   - bytes: The file.
    ///   - path: Its name, for messages.
    /// - Note: Deviation: 16 bits a channel are rounded to eight. Pillow takes the high byte, which is one off in a quarter
    ///   of all values, and cuts 16-bit grey off at 255. No supported dataset has such files.
    static func decodePNG(_ bytes: [UInt8], named path: String) throws(DataError) -> Image {
        let values = try pictureChunks(of: bytes, path).withUnsafeBufferPointer { file throws(DataError) in
            try decodeRGBA(file, path)
        }
        let pixelCount = values.width * values.height
        let pixels = [UInt8](unsafeUninitializedCapacity: pixelCount * 3) { output, count in
            for pixel in 0..<pixelCount {
                for channel in 0..<3 { output[3 * pixel + channel] = values.pixels[4 * pixel + channel] }
            }
            count = pixelCount * 3
        }
        return Image(width: values.width, height: values.height, pixels: pixels)
    }

    /// Decodes to four channels, `[H, W, 4]`.
    ///
    /// libpng keeps the addresses of both its structure and the file between its calls: both stay put here.
    private static func decodeRGBA(
        _ file: UnsafeBufferPointer<UInt8>, _ path: String
    ) throws(DataError) -> (width: Int, height: Int, pixels: [UInt8]) {
        let header = UnsafeMutablePointer<png_image>.allocate(capacity: 1)
        header.initialize(to: png_image())
        header.pointee.version = png_uint_32(PNG_IMAGE_VERSION)
        defer {
            png_image_free(header)
            header.deallocate()
        }
        guard png_image_begin_read_from_memory(header, file.baseAddress, file.count) != 0 else {
            throw .corrupt(path: path, reason: message(of: header.pointee))
        }
        let (width, height) = (Int(header.pointee.width), Int(header.pointee.height))
        try checkSize(width, height, path)
        header.pointee.flags |= png_uint_32(PNG_IMAGE_FLAG_16BIT_sRGB)
        header.pointee.format = png_uint_32(PNG_FORMAT_FLAG_COLOR | PNG_FORMAT_FLAG_ALPHA)
        var status: Int32 = 0
        let pixels = [UInt8](unsafeUninitializedCapacity: width * height * 4) { buffer, count in
            status = png_image_finish_read(header, nil, buffer.baseAddress, 0, nil)
            count = status == 0 ? 0 : width * height * 4
        }
        guard status != 0 else { throw .corrupt(path: path, reason: message(of: header.pointee)) }
        return (width, height, pixels)
    }

    /// The file without the chunks that do not hold the picture.
    ///
    /// libpng would otherwise apply `gAMA` and colour profiles, which Pillow and so every published number
    /// ignore. Walking the chunks also tells a file that was cut off from one that is damaged.
    private static func pictureChunks(of bytes: [UInt8], _ path: String) throws(DataError) -> [UInt8] {
        let picture: Set<String> = ["IHDR", "PLTE", "tRNS", "IDAT", "IEND"]
        var kept = Array(bytes.prefix(8))
        var start = 8
        while start + 12 <= bytes.count {
            let length = bytes[start..<(start + 4)].reduce(0) { $0 << 8 | Int($1) }
            let end = start + 12 + length
            let type = String(decoding: bytes[(start + 4)..<(start + 8)], as: UTF8.self)
            guard end <= bytes.count else {
                throw .truncated(
                    path: path, reason: "chunk \(type) ends at byte \(end), the file at \(bytes.count)"
                )
            }
            if picture.contains(type) { kept += bytes[start..<end] }
            if type == "IEND" { return kept }
            start = end
        }
        throw .truncated(path: path, reason: "the file ends at byte \(bytes.count) without an IEND chunk")
    }

    /// libpng's message, which it keeps in a fixed array of characters.
    private static func message(of header: png_image) -> String {
        withUnsafeBytes(of: header.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
