// SPDX-License-Identifier: MIT

/// One field in which two JSON trees differ.
public struct JSONDifference: Sendable, Equatable, CustomStringConvertible {
    /// The field, keys joined by dots: `stages.train.settings.iterations`.
    public let path: String
    /// The value on record; nil where the field was absent.
    public let recorded: JSONValue?
    /// The value asked for; nil where the field is absent.
    public let requested: JSONValue?

    public var description: String {
        if let part = dataPart(at: path) { return "data: the \(part) differ" }
        let recorded = recorded?.canonicalText ?? "absent"
        let requested = requested?.canonicalText ?? "absent"
        return "\(path): \(recorded) on record, \(requested) asked for"
    }
}

/// The part of the datasets that a field of a plan is the digest of, or nil. Digests tell a person nothing.
func dataPart(at path: String) -> Substring? {
    let beginning = "\(StagePlan.data)."
    return path.hasPrefix(beginning) ? path.dropFirst(beginning.count) : nil
}

extension JSONValue {
    /// The fields in which this tree, the one on record, differs from the one asked for, in order of path.
    ///
    /// Objects are compared key by key and arrays of equal length element by element; everything else whole.
    public func differences(from requested: JSONValue, at path: String = "") -> [JSONDifference] {
        switch (self, requested) {
        case (.object(let old), .object(let new)):
            return Set(old.keys).union(new.keys).sorted().flatMap { key -> [JSONDifference] in
                let place = path.isEmpty ? key : path + "." + key
                guard let oldValue = old[key], let newValue = new[key] else {
                    return [JSONDifference(path: place, recorded: old[key], requested: new[key])]
                }
                return oldValue.differences(from: newValue, at: place)
            }
        case (.array(let old), .array(let new)) where old.count == new.count:
            return zip(old, new).enumerated().flatMap { index, pair in
                pair.0.differences(from: pair.1, at: "\(path)[\(index)]")
            }
        default:
            let isSame = self == requested
            return isSame ? [] : [JSONDifference(path: path, recorded: self, requested: requested)]
        }
    }
}
