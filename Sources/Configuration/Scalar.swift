// SPDX-License-Identifier: MIT

/// A scalar, resolved by the rules of the YAML 1.2 core schema.
///
/// - SeeAlso: YAML 1.2.2, section 10.3.2.
/// - Note: Deviations: no text at all is ``empty``, not null; a number with a needless leading zero (`0777`, `01.5`)
///   is text, because readers of YAML 1.1 take it for an octal number; a decimal integer that does not fit 64 bits is
///   a float, and a hexadecimal or octal one is text.
public enum Scalar: Sendable {
    /// `null` or `~`, as somebody wrote it.
    case null
    /// Nothing at all where a value could stand. YAML takes it for null; here the two are told apart, because a value
    /// that was forgotten, or a shell variable that was never set, looks like this.
    case empty
    case boolean(Bool)
    case integer(Int)
    case float(Double)
    case text(String)

    /// The meaning of text written without quotes.
    public init(plain text: String) {
        self = Scalar.word(text) ?? Scalar.number(text) ?? .text(text)
    }

    private static func word(_ text: String) -> Scalar? {
        switch text {
        case "": .empty
        case "~", "null", "Null", "NULL": .null
        case "true", "True", "TRUE": .boolean(true)
        case "false", "False", "FALSE": .boolean(false)
        case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": .float(.infinity)
        case "-.inf", "-.Inf", "-.INF": .float(-.infinity)
        case ".nan", ".NaN", ".NAN": .float(.nan)
        default: nil
        }
    }

    private static func number(_ text: String) -> Scalar? {
        if text.hasPrefix("0x") || text.hasPrefix("0o") {
            let digits = text.dropFirst(2)
            guard !digits.hasPrefix("+"), !digits.hasPrefix("-") else { return nil }
            return Int(digits, radix: text.hasPrefix("0x") ? 16 : 8).map(Scalar.integer)
        }
        var rest = Substring(text).utf8
        rest.skipSign()
        let whole = rest.skipDigits()
        guard whole.count <= 1 || whole.first != UInt8(ascii: "0") else { return nil }
        if rest.isEmpty {
            guard !whole.isEmpty else { return nil }
            return Int(text).map(Scalar.integer) ?? Double(text).map(Scalar.float)
        }
        var fraction = rest.prefix(0)
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            fraction = rest.skipDigits()
        }
        guard !whole.isEmpty || !fraction.isEmpty else { return nil }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest.removeFirst()
            rest.skipSign()
            guard !rest.skipDigits().isEmpty else { return nil }
        }
        return rest.isEmpty ? Double(text).map(Scalar.float) : nil
    }

    /// The value as a report names it: `text 'no'`, `3`, `0.5`, `true`, `nothing`.
    public var found: String {
        switch self {
        case .null, .empty: "nothing"
        case .boolean(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .float(let value): Scalar.plain(value)
        case .text(let value): "text '\(shown(value))'"
        }
    }

    /// A float as YAML writes it, the shortest that is read back as the same float.
    static func plain(_ value: Double) -> String {
        if value.isNaN { return ".nan" }
        if value.isInfinite { return value < 0 ? "-.inf" : ".inf" }
        let text = "\(value)"
        // Readers of YAML 1.1 take `1e+20` for text.
        return text.contains(".") ? text : text.replacing("e", with: ".0e")
    }
}

extension Scalar: Hashable {
    public static func == (left: Scalar, right: Scalar) -> Bool {
        switch (left, right) {
        // To the data model they are one value.
        case (.null, .null), (.empty, .empty), (.null, .empty), (.empty, .null): true
        case (.boolean(let left), .boolean(let right)): left == right
        case (.integer(let left), .integer(let right)): left == right
        case (.float(let left), .float(let right)): left == right || left.isNaN && right.isNaN
        // Byte by byte: two spellings of one accented letter name two files.
        case (.text(let left), .text(let right)): left.utf8.elementsEqual(right.utf8)
        case (.null, _), (.empty, _), (.boolean, _), (.integer, _), (.float, _), (.text, _): false
        }
    }

    public func hash(into hasher: inout Hasher) {
        switch self {
        case .null, .empty: hasher.combine(0)
        case .boolean(let value): hasher.combine(value)
        case .integer(let value): hasher.combine(value)
        case .float(let value): hasher.combine(value.isNaN ? .infinity : value)
        case .text(let value): hasher.combine(value)
        }
    }
}

extension Substring.UTF8View {
    fileprivate mutating func skipSign() {
        if first == UInt8(ascii: "+") || first == UInt8(ascii: "-") { removeFirst() }
    }

    fileprivate mutating func skipDigits() -> Substring.UTF8View {
        let digits = prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        self = self[digits.endIndex...]
        return digits
    }
}
