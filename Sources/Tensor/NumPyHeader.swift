// SPDX-License-Identifier: MIT

/// What a NumPy array says of itself in front of its elements.
///
/// Layout: `\x93NUMPY` · two bytes of version · the length of the rest in two bytes, from version 2 on in four · a Python
/// dictionary as text: `{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }`.
///
/// - SeeAlso: NumPy Enhancement Proposal 1.
struct NumPyHeader: Equatable {
    let type: NumPyElement
    /// Whether the first index runs fastest.
    let isColumnMajor: Bool
    let shape: [Int]
    /// The bytes in front of the elements.
    let byteCount: Int

    /// More than any array of numbers has, whose header NumPy fills up to 128 bytes.
    static let longest = 1 << 16
    private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

    /// - Parameter bytes: The file's first ``longest`` bytes, or all of a shorter one.
    /// - Throws: ``NumPyHeaderProblem``.
    init(_ bytes: [UInt8]) throws(NumPyHeaderProblem) {
        guard bytes.starts(with: Self.magic), bytes.count >= 10 else {
            throw NumPyHeaderProblem("does not begin as a NumPy array does")
        }
        let (version, lengthSize) = (bytes[6], bytes[6] == 1 ? 2 : 4)
        guard (1...3).contains(version) else {
            throw NumPyHeaderProblem("is of version \(version) of NumPy's format; known are 1 to 3")
        }
        guard bytes.count >= 8 + lengthSize, let length = bytes.number(at: 8, bytes: lengthSize) else {
            throw NumPyHeaderProblem("ends within its header")
        }
        let start = 8 + lengthSize
        guard length <= Self.longest - start else {
            throw NumPyHeaderProblem("has a header of \(length) bytes; at most \(Self.longest - start) are read")
        }
        guard length <= bytes.count - start else { throw NumPyHeaderProblem("ends within its header") }
        var literal = PythonLiteral(bytes[start..<start + length])
        guard case .mapping(let members)? = literal.value(), literal.isAtEnd,
            case .truth(let isColumnMajor)? = members["fortran_order"], case .list(let lengths)? = members["shape"],
            let shape = Self.shape(lengths), let descr = members["descr"]
        else { throw NumPyHeaderProblem("has a header that is none of NumPy's") }
        self.isColumnMajor = isColumnMajor
        self.shape = shape
        byteCount = start + length
        if case .text(let name) = descr { type = NumPyElement(name: name) } else { type = NumPyElement(name: "|V") }
    }

    private static func shape(_ lengths: [PythonLiteral.Value]) -> [Int]? {
        let shape = lengths.compactMap { if case .number(let length) = $0, length >= 0 { length } else { nil } }
        return shape.count == lengths.count && shape.count <= SafetensorsHeader.mostDimensions ? shape : nil
    }

    /// The header of an array in row-major order, filled up so that elements begin at a multiple of 64 bytes.
    static func bytes(_ type: String, _ shape: [Int]) -> [UInt8] {
        let lengths = shape.map { "\($0)," }.joined(separator: " ")
        let text = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(lengths)), }"
        let padding = (64 - (10 + text.utf8.count + 1) % 64) % 64
        let line = Array(text.utf8) + [UInt8](repeating: UInt8(ascii: " "), count: padding) + [UInt8(ascii: "\n")]
        return magic + [1, 0] + littleEndian(line.count, 2) + line
    }
}

/// What is wrong with an array's header, as the end of a sentence that begins with the array.
struct NumPyHeaderProblem: Error, Equatable {
    let reason: String

    init(_ reason: String) { self.reason = reason }
}

/// Python's notation for texts, truths, whole numbers, tuples, lists and dictionaries of texts.
private struct PythonLiteral {
    enum Value {
        case text(String)
        case truth(Bool)
        case number(Int)
        case list([Value])
        case mapping([String: Value])
    }

    private let bytes: ArraySlice<UInt8>
    private var position: Int
    private var depth = 0
    private static let deepest = 8

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    /// Whether nothing but blanks is left.
    var isAtEnd: Bool { bytes[position...].allSatisfy(Self.isBlank) }

    /// The value that begins here; nothing where none does.
    mutating func value() -> Value? {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepest, let first = next() else { return nil }
        switch first {
        case UInt8(ascii: "'"), UInt8(ascii: "\""):
            return text().map(Value.text)
        case UInt8(ascii: "("), UInt8(ascii: "["):
            return list(until: first == UInt8(ascii: "(") ? ")" : "]")
        case UInt8(ascii: "{"):
            return mapping()
        default:
            return word()
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (9...13).contains(byte) }

    /// The next byte that is no blank, which stays where it is.
    private mutating func next() -> UInt8? {
        while position < bytes.endIndex, Self.isBlank(bytes[position]) { position += 1 }
        return position < bytes.endIndex ? bytes[position] : nil
    }

    private mutating func takes(_ sign: Unicode.Scalar) -> Bool {
        guard next() == UInt8(ascii: sign) else { return false }
        position += 1
        return true
    }

    private mutating func text() -> String? {
        let quote = bytes[position]
        guard let end = bytes[(position + 1)...].firstIndex(of: quote) else { return nil }
        defer { position = end + 1 }
        return String(validating: bytes[position + 1..<end], as: UTF8.self)
    }

    private mutating func word() -> Value? {
        let start = position
        while position < bytes.endIndex, bytes[position] < 0x80,
            Character(Unicode.Scalar(bytes[position])).isLetter || Character(Unicode.Scalar(bytes[position])).isNumber
        {
            position += 1
        }
        let word = String(decoding: bytes[start..<position], as: UTF8.self)
        switch word {
        case "True": return .truth(true)
        case "False": return .truth(false)
        // Python 2 wrote 3L for 3.
        default: return Int(word.hasSuffix("L") ? String(word.dropLast()) : word).map(Value.number)
        }
    }

    private mutating func list(until end: Unicode.Scalar) -> Value? {
        position += 1
        var values: [Value] = []
        while !takes(end) {
            guard let value = value() else { return nil }
            values.append(value)
            guard takes(",") || next() == UInt8(ascii: end) else { return nil }
        }
        return .list(values)
    }

    private mutating func mapping() -> Value? {
        position += 1
        var members: [String: Value] = [:]
        while !takes("}") {
            guard case .text(let name)? = value(), takes(":"), let value = value(), members[name] == nil else { return nil }
            members[name] = value
            guard takes(",") || next() == UInt8(ascii: "}") else { return nil }
        }
        return .mapping(members)
    }
}
