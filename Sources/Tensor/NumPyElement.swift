// SPDX-License-Identifier: MIT

/// The type of a NumPy array's elements, by NumPy's name for it, such as `<f4`.
struct NumPyElement: Equatable {
    let name: String

    /// What it is here; nothing for what is not read.
    var stored: StoredElementType? {
        let isOneByte = name.hasSuffix("1")
        guard let order = name.first, order == "<" || order == "=" || isOneByte && "|>".contains(order) else { return nil }
        return Self.known[String(name.dropFirst())]
    }

    /// What it is, in words.
    var words: String {
        if let stored { return "\(stored)" }
        let isNumber = Self.known[String(name.dropFirst())] != nil
        if name.hasPrefix(">"), isNumber { return "big-endian numbers (\(name))" }
        let kind = name.dropFirst().first
        return "\(kind.flatMap { Self.kinds[$0] } ?? "elements that are not read") (\(name))"
    }

    /// The name of a type; nothing for bfloat16, which NumPy does not have.
    static func name(of type: StoredElementType) -> String? {
        known.first { $0.value == type }.map { (type.byteCount == 1 ? "|" : "<") + $0.key }
    }

    /// Behind the byte order.
    private static let known: [String: StoredElementType] = [
        "f8": .float64, "f4": .float32, "f2": .float16, "i8": .int64, "i4": .int32, "i2": .int16, "i1": .int8,
        "u1": .uint8, "b1": .bool,
    ]

    private static let kinds: [Character: String] = [
        "U": "text", "S": "text", "O": "Python objects", "u": "unsigned integers", "c": "complex numbers",
        "M": "dates", "m": "durations", "V": "records",
    ]
}
