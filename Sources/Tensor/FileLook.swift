// SPDX-License-Identifier: MIT

/// What a file looks like from its first bytes.
enum FileLook: Equatable {
    case zip
    /// A pickle of protocol 2 or later.
    case pickle
    /// Something that is no checkpoint, in words.
    case other(String)

    init(_ source: ByteSource) throws {
        self.init(head: try source.bytes(at: 0, count: min(source.count, 512)))
    }

    init(head: [UInt8]) {
        if head.isEmpty {
            self = .other("an empty file")
        } else if head.starts(with: [0x50, 0x4B, 3, 4]) {
            self = .zip
        } else if head.count >= 2, head[0] == 0x80, (2...5).contains(head[1]) {
            self = .pickle
        } else if let known = FileLook.signature(of: head) {
            self = .other(known)
        } else {
            self = .other(FileLook.otherwise(head))
        }
    }

    /// The kind of file that is known by its first bytes.
    static func signature(of head: [UInt8]) -> String? {
        signatures.first { head.starts(with: $0.bytes) }?.name
    }

    private static let signatures: [(bytes: [UInt8], name: String)] = [
        ([0x50, 0x4B, 5, 6], "an empty zip file"),
        ([0x1F, 0x8B], "a gzip file; unpack it"),
        (Array("BZh".utf8), "a bzip2 file; unpack it"),
        ([0xFD] + Array("7zXZ".utf8), "an xz file; unpack it"),
        ([0x89] + Array("HDF".utf8), "an HDF5 file"),
        ([0x93] + Array("NUMPY".utf8), "a single NumPy array (.npy)"),
        ([0x89] + Array("PNG".utf8), "a PNG image"),
        ([0xFF, 0xD8, 0xFF], "a JPEG image"),
        ([0x7F] + Array("ELF".utf8), "a program or library"),
        (Array("version https://git-lfs".utf8), "a pointer of Git LFS; fetch the file that it stands for"),
        (Array("<".utf8), "a web page or other markup, as a failed download leaves it"),
    ]

    private static func otherwise(_ head: [UInt8]) -> String {
        if head.count >= 262, head[257..<262].elementsEqual("ustar".utf8) {
            return "a tar archive, PyTorch's first format or a packed folder"
        }
        if head.count > 8, head[8] == UInt8(ascii: "{"), let length = head.number(at: 0, bytes: 8), length < 1 << 27 {
            return "a safetensors file; name it .safetensors"
        }
        let isText = head.allSatisfy { $0 >= 0x20 && $0 != 0x7F || (9...13).contains($0) }
        return isText ? "text" : "a file of no known kind"
    }
}
