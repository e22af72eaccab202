// SPDX-License-Identifier: MIT

/// The epochs of an adaptation after which its networks are scored: every so many, and the last.
package struct EvaluationSchedule: Sendable, Equatable {
    /// Epochs from one score to the next; 0 for none at all.
    package let interval: Int
    package let epochs: Int

    package init(every interval: Int, of epochs: Int) {
        self.interval = interval
        self.epochs = epochs
    }

    package var isEmpty: Bool { interval == 0 }

    /// Whether networks are scored after a zero-based epoch.
    package func includes(_ epoch: Int) -> Bool {
        !isEmpty && ((epoch + 1) % interval == 0 || epoch + 1 == epochs)
    }

    /// How often they are, but after the last epoch.
    package var countBeforeLast: Int { isEmpty ? 0 : (epochs - 1) / interval }
}
