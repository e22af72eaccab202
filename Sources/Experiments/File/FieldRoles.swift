// SPDX-License-Identifier: MIT

/// What a field of an experiment file has an effect on; said once, where the field is declared.
///
/// What enters a stage's key, what `why` compares and what a measurement is remembered under follow from it.
struct FieldRoles: OptionSet, Sendable {
    let rawValue: Int

    /// The stage's result: it enters the stage's key.
    static let result = FieldRoles(rawValue: 1)
    /// What is shown, logged or kept besides: no key depends on it.
    static let reporting = FieldRoles(rawValue: 2)
    /// What stands for something that enters the key in its stead: an earlier stage, datasets, weights.
    static let reference = FieldRoles(rawValue: 4)
    /// What a step takes, or how much it holds.
    static let cost = FieldRoles(rawValue: 8)

    static let all: FieldRoles = [.result, .reporting, .reference, .cost]
}
