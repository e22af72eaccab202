// SPDX-License-Identifier: MIT

/// The parts of JSON that a safetensors header has: objects, texts and lists of integers.
///
/// It goes as deep as its caller asks, so that nesting in the file cannot exhaust the stack.
struct JSONText {
    private let bytes: [UInt8]
    private let origin: Origin
    private var position = 0

    init(_ bytes: [UInt8], _ origin: Origin) {
        self.bytes = bytes
        self.origin = origin
    }

    /// The byte that comes next; nil at the end.
    var next: UInt8? {
        position < bytes.count ? bytes[position] : nil
    }

    /// Takes an object, and hands each key to the body, which takes the value.
    mutating func members(_ body: (inout JSONText, String) throws -> Void) throws {
        try take(UInt8(ascii: "{"))
        skipSpace()
        guard next != UInt8(ascii: "}") else { return try take(UInt8(ascii: "}")) }
        repeat {
            skipSpace()
            let key = try string()
            skipSpace()
            try take(UInt8(ascii: ":"))
            skipSpace()
            try body(&self, key)
            skipSpace()
        } while takes(UInt8(ascii: ","))
        try take(UInt8(ascii: "}"))
    }

    mutating func integers(atMost limit: Int) throws -> [Int] {
        try take(UInt8(ascii: "["))
        skipSpace()
        var integers: [Int] = []
        if takes(UInt8(ascii: "]")) { return integers }
        repeat {
            guard integers.count < limit else { throw broken("at most \(limit) numbers are read") }
            skipSpace()
            integers.append(try integer())
            skipSpace()
        } while takes(UInt8(ascii: ","))
        try take(UInt8(ascii: "]"))
        return integers
    }

    /// Makes sure that only space follows.
    mutating func end() throws {
        skipSpace()
        guard next == nil else { throw broken("something follows the object") }
    }

    // MARK: Parts

    private mutating func integer() throws -> Int {
        let start = position
        _ = takes(UInt8(ascii: "-"))
        while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        guard let number = Int(String(decoding: bytes[start..<position], as: UTF8.self)) else {
            throw broken("an integer of at most 64 bits is needed")
        }
        return number
    }

    mutating func string() throws -> String {
        try take(UInt8(ascii: "\""))
        var content: [UInt8] = []
        while let byte = next, byte != UInt8(ascii: "\"") {
            guard byte >= 0x20 else { throw broken("a control character in a text") }
            position += 1
            if byte == UInt8(ascii: "\\") {
                content += Array(String(try escaped()).utf8)
            } else {
                content.append(byte)
            }
        }
        try take(UInt8(ascii: "\""))
        guard let text = String(validating: content, as: UTF8.self) else { throw broken("a text that is not UTF-8") }
        return text
    }

    private mutating func escaped() throws -> Unicode.Scalar {
        defer { position += 1 }
        switch next {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try escapedScalar()
        default: throw broken("an unknown escape")
        }
    }

    /// `uXXXX`, or two of them for a character beyond 16 bits; leaves the last digit to the caller.
    private mutating func escapedScalar() throws -> Unicode.Scalar {
        let first = try unit()
        if let scalar = Unicode.Scalar(first) { return scalar }
        position += 1
        guard UTF16.isLeadSurrogate(UInt16(first)), takes(UInt8(ascii: "\\")), next == UInt8(ascii: "u"),
            case let second = try unit(), UTF16.isTrailSurrogate(UInt16(second)),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else {
            throw broken("half a character")
        }
        return scalar
    }

    /// Four digits behind the `u` that is next.
    private mutating func unit() throws -> UInt32 {
        guard position + 4 < bytes.count,
            case let digits = bytes[position + 1...position + 4],
            digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let unit = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
        else {
            throw broken("four hexadecimal digits are needed")
        }
        position += 4
        return unit
    }

    // MARK: Bytes

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func takes(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        position += 1
        return true
    }

    private mutating func take(_ byte: UInt8) throws {
        guard takes(byte) else { throw broken("'\(Character(Unicode.Scalar(byte)))' is needed") }
    }

    private func broken(_ reason: String) -> TensorError {
        origin.malformed("the header breaks at its byte \(position): \(reason)")
    }
}
