// SPDX-License-Identifier: MIT

/// How much of a mean network stays in an update: α_t = min(1 − 1/(t + 1), α).
///
/// The first step copies the student, and for as long as t < α/(1 − α) the mean is a plain running average.
///
/// - Parameters:
///   - step: t, steps taken since training began, 0 at the first.
///   - limit: α in `[0, 1)`, 0.999 in the paper.
/// - SeeAlso: Tarvainen and Valpola, NeurIPS 2017, arXiv:1703.01780, §2; the ramp is the authors' code's.
package func meanNetworkDecay(step: Int, limit: Double) -> Double {
    min(1 - 1 / Double(step + 1), limit)
}
