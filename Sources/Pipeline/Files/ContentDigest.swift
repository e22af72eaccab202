// SPDX-License-Identifier: MIT

internal import Crypto
public import Foundation

/// The SHA-256 of a text, a file, or a folder with all its files.
public struct ContentDigest: Sendable, Hashable, Codable, CustomStringConvertible {
    /// 64 lower-case hexadecimal digits.
    public let hexadecimal: String

    public var description: String { hexadecimal }

    /// The digest of a text's UTF-8 bytes.
    public init(of text: String) {
        hexadecimal = Self.digits(of: SHA256.hash(data: Data(text.utf8)))
    }

    /// The digest of what a file holds, or of the sorted names and digests of all files below a folder.
    ///
    /// - Throws: ``PipelineError/inputOutput(operation:path:reason:)`` when something cannot be read.
    /// - Complexity: One pass over the bytes, 1 MiB at a time.
    public init(of url: URL) throws {
        self = try FileTree(at: url).digest
    }

    /// A digest that was written down.
    public init(hexadecimal: String) {
        self.hexadecimal = hexadecimal
    }

    public init(from decoder: any Decoder) throws {
        hexadecimal = try decoder.singleValueContainer().decode(String.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(hexadecimal)
    }

    fileprivate static func digits(of bytes: some Sequence<UInt8>) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

/// A digest of bytes that come one piece after the other.
public struct DigestStream {
    private var hash = SHA256()

    /// Begins with no bytes.
    public init() {}

    /// Adds a text's UTF-8 bytes.
    public mutating func add(_ text: String) {
        hash.update(data: Data(text.utf8))
    }

    /// Adds bytes.
    public mutating func add(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
    }

    /// The digest of all until now.
    public var digest: ContentDigest {
        ContentDigest(hexadecimal: ContentDigest.digits(of: hash.finalize()))
    }
}

/// A file, or a folder with all its files, as read once from front to back.
struct FileTree {
    let digest: ContentDigest
    let fileCount: Int
    let byteCount: Int

    /// Reads everything.
    ///
    /// - Parameters:
    ///   - url: A file or a folder.
    ///   - fromDevice: Whether cached pages are dropped first, so that the device itself is read.
    ///   - isFlushed: Whether every file and folder is flushed to the device on the way.
    /// - Throws: ``PipelineError/inputOutput(operation:path:reason:)`` naming what cannot be read.
    init(at url: URL, fromDevice: Bool = false, flushing isFlushed: Bool = false) throws {
        guard DurableFile.isFolder(url) else {
            (digest, byteCount) = try Self.readFile(url, fromDevice: fromDevice)
            fileCount = 1
            if isFlushed { try DurableFile.synchronise(url) }
            return
        }
        var listing = ""
        var files = 0
        var bytes = 0
        for name in try Self.names(below: url) {
            let item = url.appendingPathComponent(name)
            if !DurableFile.isFolder(item) {
                let (digest, count) = try Self.readFile(item, fromDevice: fromDevice)
                listing += "\(digest)  \(name)\n"
                files += 1
                bytes += count
            }
            if isFlushed { try DurableFile.synchronise(item) }
        }
        if isFlushed { try DurableFile.synchronise(url) }
        (digest, fileCount, byteCount) = (ContentDigest(of: listing), files, bytes)
    }

    private static func names(below folder: URL) throws -> [String] {
        do {
            return try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
        } catch {
            throw PipelineError.inputOutput(
                operation: "list", path: folder.path, reason: PipelineError.systemReason(of: error))
        }
    }

    private static func readFile(_ url: URL, fromDevice: Bool) throws -> (ContentDigest, Int) {
        let descriptor = open(url.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw DurableFile.failure("read", url.path) }
        defer { close(descriptor) }
        if fromDevice { posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED) }
        var hash = SHA256()
        var byteCount = 0
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw DurableFile.failure("read", url.path) }
            if count == 0 { break }
            buffer.withUnsafeBytes { bytes in
                hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: bytes[..<count]))
            }
            byteCount += count
        }
        return (ContentDigest(hexadecimal: ContentDigest.digits(of: hash.finalize())), byteCount)
    }
}
