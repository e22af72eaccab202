// SPDX-License-Identifier: MIT

/// A pickle's bytes, taken one after the other through a window of the file.
struct PickleBytes {
    let origin: Origin
    /// The size of the whole file.
    let fileCount: Int
    /// Where the next byte lies in the file.
    private(set) var position: Int
    /// Where the bytes end that may be taken.
    private let end: Int
    private let source: ByteSource
    private var window: [UInt8] = []
    private var windowStart: Int

    private static let windowSize = 1 << 16
    /// A thousand tensors take about 100 kB of pickle.
    static let largest = 1 << 26
    /// Of a class and its module together.
    static let longestName = 512

    /// - Parameters:
    ///   - start: Where the pickle starts in the source.
    ///   - end: Where it must have ended.
    init(_ source: ByteSource, _ origin: Origin, from start: Int, to end: Int) {
        self.source = source
        self.origin = origin
        fileCount = source.count
        position = start
        windowStart = start
        self.end = min(end, start + PickleBytes.largest)
    }

    mutating func byte() throws -> UInt8 {
        if position - windowStart >= window.count { try fill(1) }
        defer { position += 1 }
        return window[position - windowStart]
    }

    /// - Throws: ``TensorError/malformed(path:format:reason:)`` before anything is allocated, where so many bytes are
    ///   not there.
    mutating func bytes(_ count: Int) throws -> [UInt8] {
        if count > windowStart + window.count - position { try fill(count) }
        let start = position - windowStart
        position += count
        return Array(window[start..<start + count])
    }

    /// An unsigned number of one, two, four or eight bytes, the least significant first.
    mutating func number(_ length: Int) throws -> Int {
        guard let number = try bytes(length).number(at: 0, bytes: length) else {
            throw origin.malformed("a length beyond 2⁶³ at byte \(position - length)")
        }
        return number
    }

    /// The text up to the next line break, which is taken too.
    mutating func line() throws -> String {
        let start = position
        var line: [UInt8] = []
        while case let byte = try byte(), byte != UInt8(ascii: "\n") {
            line.append(byte)
            // Names of classes; none is longer.
            guard line.count <= 256 else { throw origin.malformed("a name without an end at byte \(start)") }
        }
        return String(decoding: line, as: UTF8.self)
    }

    private mutating func fill(_ count: Int) throws {
        guard count <= end - position else {
            throw origin.malformed("\(count) bytes of pickle needed at byte \(position), \(end - position) are left")
        }
        window = try source.bytes(at: position, count: min(max(count, PickleBytes.windowSize), end - position))
        windowStart = position
    }
}
