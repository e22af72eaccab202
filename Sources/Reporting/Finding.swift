// SPDX-License-Identifier: MIT

/// What a training has come to by now, for people who watch it.
public enum Finding: Sendable, Equatable {
    /// Its losses, in their order.
    case losses([LossReading])
    /// The clusters that it learns from, in words.
    case clusters(String)
    /// A score, as a fraction in `[0, 1]`: what it is called, the latest and the best.
    case score(name: String, latest: Double, best: Double)
}

/// A loss within an epoch.
public struct LossReading: Sendable, Equatable {
    /// The loss's name among those of its method.
    public let name: String
    /// That of the last step that had it.
    public let latest: Double
    /// The mean over the epoch's steps that had it.
    public let mean: Double

    public init(name: String, latest: Double, mean: Double) {
        self.name = name
        self.latest = latest
        self.mean = mean
    }
}
