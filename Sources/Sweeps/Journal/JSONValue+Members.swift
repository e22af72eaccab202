// SPDX-License-Identifier: MIT

internal import Pipeline

/// What a value is, where it is that.
extension JSONValue {
    var whole: Int? {
        if case .integer(let value) = self { value } else { nil }
    }

    /// Whole numbers too, as JSON does not tell `1.0` from `1`.
    var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        case .null, .bool, .string, .array, .object: nil
        }
    }

    var text: String? {
        if case .string(let value) = self { value } else { nil }
    }

    var items: [JSONValue]? {
        if case .array(let values) = self { values } else { nil }
    }

    var members: [String: JSONValue]? {
        if case .object(let members) = self { members } else { nil }
    }
}
