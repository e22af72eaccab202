// SPDX-License-Identifier: MIT

/// A number with its noun, as a sentence has them: `1 row`, `2 rows`.
///
/// - Parameters:
///   - count: 0 or more.
///   - singular: The noun for one.
///   - plural: The noun for any other number; with an `s` where it is left out.
public func counted(_ count: Int, _ singular: String, _ plural: String? = nil) -> String {
    "\(count) \(count == 1 ? singular : plural ?? singular + "s")"
}
