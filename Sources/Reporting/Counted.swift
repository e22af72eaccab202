// SPDX-License-Identifier: MIT

/// A number with its noun, as a sentence has them: `1 row`, `2 rows`.
///
/// - Parameters:
///   - count: 0 or more.
///   - singular: The noun for one.
///   - plural: The noun for any other number; left out, `queries` for `query` and an `s` behind all others.
public func counted(_ count: Int, _ singular: String, _ plural: String? = nil) -> String {
    if count == 1 { return "1 \(singular)" }
    return "\(count) \(plural ?? (singular.hasSuffix("y") ? "\(singular.dropLast())ies" : "\(singular)s"))"
}
