// SPDX-License-Identifier: MIT

internal import CZlib

/// Expands what deflate has made smaller.
///
/// - SeeAlso: RFC 1951; a zip file has no header of zlib's around it.
enum Inflation {
    /// A byte of deflate stands for so many at most: 258 are copied by two codes of one bit each.
    private static let mostPerByte = 1032
    private static let pieceSize = 1 << 20

    /// The first bytes of an entry's contents.
    ///
    /// - Parameters:
    ///   - count: How many; all of them are checked to be so many and no more.
    /// - Throws: ``TensorError/malformed(path:format:reason:)`` for what is no deflate, or of another length than the
    ///   archive says; a length that cannot be is refused before there is memory for it.
    static func bytes(
        first count: Int, of entry: ZipArchive.Entry, from source: ByteSource, _ origin: Origin
    ) throws -> [UInt8] {
        func damaged(_ what: String) -> TensorError { origin.malformed("the entry '\(entry.name)' \(what)") }
        guard entry.fullCount / mostPerByte <= entry.count else {
            throw damaged("would be \(entry.fullCount) bytes, which no \(entry.count) compressed ones are")
        }
        precondition(count <= entry.fullCount, "\(count) of \(entry.fullCount) bytes")
        let isWhole = count == entry.fullCount
        // A byte more, which sound contents do not fill: only with room to spare does the end come to be read.
        var output = [UInt8](repeating: 0, count: isWhole ? count + 1 : count)
        let stream = try Stream(origin)
        var (read, written) = (0, 0)
        while !stream.isAtEnd, written < output.count {
            let piece = try source.bytes(at: entry.offset + read, count: min(pieceSize, entry.count - read))
            let step = output.withUnsafeMutableBytes { stream.expand(piece, into: $0, from: written) }
            guard let step else { throw damaged("is damaged") }
            guard step.read > 0 || step.written > 0 else { break }
            (read, written) = (read + step.read, written + step.written)
        }
        guard isWhole else {
            guard written == count else { throw damaged("ends early") }
            return output
        }
        guard stream.isAtEnd, written == count, read == entry.count else {
            throw damaged("does not expand to the \(entry.fullCount) bytes that the archive says")
        }
        output.removeLast()
        return output
    }

    /// zlib's state, which must stay where it is in memory.
    private final class Stream {
        private let state = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        private(set) var isAtEnd = false

        init(_ origin: Origin) throws {
            state.initialize(to: z_stream())
            guard inflateInit2_(state, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
                throw TensorError.outOfMemory("inflate", shapes: [], reason: "zlib has none for its tables")
            }
        }

        deinit {
            inflateEnd(state)
            state.deallocate()
        }

        /// Expands as much of a piece as there is room for; nil where it is damaged.
        func expand(
            _ piece: [UInt8], into output: UnsafeMutableRawBufferPointer, from start: Int
        ) -> (read: Int, written: Int)? {
            piece.withUnsafeBufferPointer { input in
                let room = min(output.count - start, Int(Int32.max))
                // zlib reads it only, and does not say so.
                state.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                state.pointee.avail_in = UInt32(input.count)
                state.pointee.next_out = output.baseAddress?.advanced(by: start).assumingMemoryBound(to: UInt8.self)
                state.pointee.avail_out = UInt32(room)
                let status = inflate(state, Z_NO_FLUSH)
                isAtEnd = status == Z_STREAM_END
                // Z_BUF_ERROR: nothing more to read, or no room to write; whoever asked sees that nothing came of it.
                guard [Z_OK, Z_STREAM_END, Z_BUF_ERROR].contains(status) else { return nil }
                return (input.count - Int(state.pointee.avail_in), room - Int(state.pointee.avail_out))
            }
        }
    }
}
