// SPDX-License-Identifier: MIT

package import Tensor

/// How fast libtorch multiplies matrices on a card, in multiplications and additions a second.
package struct CardRates: Encodable, Equatable {
    /// The card's number, as in `cuda:0`.
    package let number: Int
    package let fp32: Double?
    package let tf32: Double?
    package let bf16: Double?
    /// Why a rate is not there: another process may have the card's memory.
    package let problem: String?

    /// Measures for a second or two.
    package init(_ number: Int) { self.init(number) { try Engine.measuredMatrixRate(in: $0, on: .cuda(number)) } }

    package init(_ number: Int, measure: (TrainingPrecision) throws -> Double) {
        var (rates, problems) = ([TrainingPrecision: Double](), [String]())
        for precision in TrainingPrecision.allCases {
            do {
                rates[precision] = try measure(precision)
            } catch {
                problems.append("\(error)")
            }
        }
        self.number = number
        (fp32, tf32, bf16) = (rates[.fp32], rates[.tf32], rates[.bf16])
        problem = problems.first
    }
}

extension CardRates: CustomStringConvertible {
    package var description: String {
        let rates = [("fp32", fp32), ("tf32", tf32), ("bf16", bf16)].compactMap { name, rate in
            rate.map { "\(gigas($0)) GFLOP/s in \(name)" }
        }
        return "cuda:\(number) " + (rates + [problem].compactMap { $0 }).joined(separator: ", ")
    }
}
