// SPDX-License-Identifier: MIT

/// What the numbers of a sweep's file may be.
enum SweepLimits {
    /// Also the points of a grid.
    static let trials = 1...100_000
    static let hours = 0.001...100_000
    static let replicas = 1...100
    static let startup = 1...100_000
    static let candidates = 1...10_000
    static let epochs = 1...1_000_000
    static let reduction = 2...100
    static let seed = 0...Int.max
    static let choices = 1...1000
    /// Values that a grid divides a range into.
    static let points = 2...1000
    /// Ends of a range: what sums and products of a few of them can hold.
    static let number = -1e30...1e30
    /// Ends of a range of whole numbers: 2⁵³, up to which a coordinate tells each from the next.
    static let wholeNumber = -9_007_199_254_740_992...9_007_199_254_740_992
}
