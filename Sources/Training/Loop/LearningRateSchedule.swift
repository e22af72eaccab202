// SPDX-License-Identifier: MIT

/// Linear warm-up, then a factor of 0.1 at each milestone.
///
/// - SeeAlso: Luo et al., CVPRW 2019, arXiv:1903.07071, eq. 1; the warm-up begins at a hundredth of the rate.
public struct StepSchedule: Sendable, Equatable {
    public var rate: Double
    /// Epochs of warm-up; 0 for none.
    public var warmup: Int
    /// Zero-based epochs from which on the rate is a tenth of what it was.
    public var milestones: [Int]

    public init(rate: Double, warmup: Int, milestones: [Int]) {
        self.rate = rate
        self.warmup = warmup
        self.milestones = milestones
    }

    /// The rate of a zero-based epoch.
    public func rate(epoch: Int) -> Double {
        let passed = milestones.count { epoch >= $0 }
        let decayed = (0..<passed).reduce(rate) { value, _ in value * 0.1 }
        guard epoch < warmup else { return decayed }
        let progress = Double(epoch) / Double(warmup)
        return decayed * (0.01 * (1 - progress) + progress)
    }
}

/// A constant rate, then a linear fall that would reach zero one epoch after the last.
///
/// The factor of zero-based epoch e is 1 − max(0, e + 1 − constant) / (decaying + 1), as in the authors' code; the
/// report prints the denominator without the + 1.
public struct LinearDecaySchedule: Sendable, Equatable {
    public var rate: Double
    public var constant: Int
    public var decaying: Int

    public init(rate: Double, constant: Int, decaying: Int) {
        self.rate = rate
        self.constant = constant
        self.decaying = decaying
    }

    /// The rate of a zero-based epoch.
    public func rate(epoch: Int) -> Double {
        rate * (1 - Double(max(0, epoch + 1 - constant)) / Double(decaying + 1))
    }
}
