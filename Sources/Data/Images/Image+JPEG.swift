// SPDX-License-Identifier: MIT

import CTurboJPEG

extension Image {
    /// The picture as a JPEG file, with chroma halved along both axes (4:2:0) and the accurate integer DCT,
    /// which is what Pillow writes by default.
    ///
    /// - Parameter quality: libjpeg's scale, `1 ... 100`.
    /// - Returns: The bytes of the file.
    /// - Throws: ``DataError/notEncodable(width:height:reason:)``, for a side above 65,500.
    public func jpeg(quality: Int = 75) throws(DataError) -> [UInt8] {
        precondition((1...100).contains(quality), "JPEG quality \(quality) is outside 1 ... 100")
        guard let compressor = tjInitCompress() else { throw notEncodable(by: nil) }
        defer { tjDestroy(compressor) }
        var file: UnsafeMutablePointer<UInt8>?
        var byteCount: UInt = 0
        defer { tjFree(file) }
        let status = pixels.withUnsafeBufferPointer {
            tjCompress2(
                compressor, $0.baseAddress, Int32(clamping: width), 0, Int32(clamping: height),
                TJPF_RGB.value,
                &file, &byteCount, TJSAMP_420.value, Int32(quality), TJFLAG_ACCURATEDCT
            )
        }
        guard status == 0, let file else { throw notEncodable(by: compressor) }
        return Array(UnsafeBufferPointer(start: file, count: Int(byteCount)))
    }

    private func notEncodable(by compressor: tjhandle?) -> DataError {
        .notEncodable(width: width, height: height, reason: String(cString: tjGetErrorStr2(compressor)))
    }

    /// Decodes a JPEG file: baseline or progressive; grey, YCbCr, RGB, CMYK or YCCK.
    ///
    /// The accurate DCT and smooth chroma upsampling are used, as in Pillow. The EXIF orientation is ignored,
    /// as re-ID code does, so that an image has the shape its dataset gave it. A file of more than 500 scans, which
    /// only serves to keep its reader busy, is refused.
    ///
    /// - Parameters:
    ///   - bytes: The file.
    ///   - path: Its name, for messages.
    static func decodeJPEG(_ bytes: [UInt8], named path: String) throws(DataError) -> Image {
        let bytes = try withoutStrays(bytes, path)
        guard let decompressor = tjInitDecompress() else {
            throw .corrupt(path: path, reason: String(cString: tjGetErrorStr2(nil)))
        }
        defer { tjDestroy(decompressor) }
        var (width, height, subsampling, colour) = (Int32(0), Int32(0), Int32(0), Int32(0))
        let byteCount = UInt(bytes.count)
        var status = tjDecompressHeader3(
            decompressor, bytes, byteCount, &width, &height, &subsampling, &colour
        )
        if status != 0, let problem = problem(of: decompressor, path) { throw problem }
        let (columns, rows) = (Int(width), Int(height))
        try checkSize(columns, rows, path)
        let isCMYK = colour == TJCS_CMYK.value || colour == TJCS_YCCK.value
        let format = isCMYK ? TJPF_CMYK : TJPF_RGB
        let valueCount = columns * rows * (isCMYK ? 4 : 3)
        let values = [UInt8](unsafeUninitializedCapacity: valueCount) { buffer, count in
            status = tjDecompress2(
                decompressor, bytes, byteCount, buffer.baseAddress, width, 0, height, format.value,
                TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS
            )
            count = valueCount
        }
        if status != 0, let problem = problem(of: decompressor, path) { throw problem }
        return Image(width: columns, height: rows, pixels: isCMYK ? rgb(fromInvertedCMYK: values) : values)
    }

    /// Walks from segment to segment to the end-of-image marker, and leaves out stray bytes between segments.
    ///
    /// Many cameras write such bytes, which cost no pixel. libjpeg warns of them, and keeps the text of the first warning
    /// only: missing data behind them would not be noticed. Where a file stops early it only warns too, in the middle of
    /// a progressive image not even that, and fills the rest with grey.
    ///
    /// - Returns: The file up to its end-of-image marker or beyond.
    /// - Throws: ``DataError/truncated(path:reason:)``.
    private static func withoutStrays(_ bytes: [UInt8], _ path: String) throws(DataError) -> [UInt8] {
        var kept: [UInt8] = []
        // What follows the last stray byte begins at `first`.
        var (first, position, isScan) = (0, 2, false)
        while position + 1 < bytes.count {
            switch (bytes[position], bytes[position + 1]) {
            case (0xFF, 0xD9):
                return first == 0 ? bytes : kept + bytes[first...]
            case (0xFF, 0x02...0xCF), (0xFF, 0xDA...0xFE):
                isScan = bytes[position + 1] == 0xDA
                let length = bytes[(position + 2)...].prefix(2).reduce(0) { $0 << 8 | Int($1) }
                position += 2 + max(2, length)
            case (0xFF, 0xD8):
                // Another beginning, which libjpeg refuses.
                position += 2
            case _ where isScan:
                // Coded data, where 0xFF is followed by 0 or a restart marker.
                position += 1
            default:
                kept += bytes[first..<position]
                position += 1
                first = position
            }
        }
        throw .truncated(
            path: path, reason: "the file ends at byte \(bytes.count) without an end-of-image marker"
        )
    }

    /// What the decoder complained about, or nil where the picture is whole all the same.
    ///
    /// libjpeg warns both of bytes that are left over before the end, which cost no pixel, and of missing or impossible
    /// data, which it replaces by grey. The second kind must not reach a training run.
    private static func problem(of decompressor: tjhandle, _ path: String) -> DataError? {
        let reason = String(cString: tjGetErrorStr2(decompressor))
        if reason.hasPrefix("Premature end of") { return .truncated(path: path, reason: reason) }
        let isFatal = tjGetErrorCode(decompressor) == TJERR_FATAL.value
        let isMissingData = reason.hasPrefix("Corrupt JPEG data") && !reason.hasSuffix("extraneous bytes before marker 0xd9")
        return isFatal || isMissingData ? .corrupt(path: path, reason: reason) : nil
    }

    /// Turns the inverted CMYK that Adobe's programs (and so everybody) write into RGB, in Pillow's
    /// arithmetic.
    ///
    /// With white `w = 255 − K` and ink `c`, both `0 ... 255`: `w − c·w/255`, the quotient rounded.
    private static func rgb(fromInvertedCMYK values: [UInt8]) -> [UInt8] {
        var pixels = [UInt8]()
        pixels.reserveCapacity(values.count / 4 * 3)
        for pixel in stride(from: 0, to: values.count, by: 4) {
            let white = Int(values[pixel + 3])
            for channel in 0..<3 {
                let ink = 255 - Int(values[pixel + channel])
                pixels.append(UInt8(clamping: white - dividedBy255(ink * white)))
            }
        }
        return pixels
    }
}

// TurboJPEG's functions take its enumerations as plain integers.
extension TJPF { fileprivate var value: Int32 { rawValue } }
extension TJSAMP { fileprivate var value: Int32 { Int32(rawValue) } }
extension TJCS { fileprivate var value: Int32 { Int32(rawValue) } }
extension TJERR { fileprivate var value: Int32 { Int32(rawValue) } }
