// SPDX-License-Identifier: MIT

import Patterns
import Testing

@testable import Tensor
@testable import Training

@Suite struct `The decay of a mean network` {
    @Test(arguments: [
        (0, 0), (1, 0.5), (2, 2.0 / 3), (9, 0.9), (998, 998.0 / 999), (999, 0.999), (1000, 0.999),
        (100_000, 0.999),
    ])
    func `rises to its limit`(step: Int, wanted: Double) {
        #expect(abs(meanNetworkDecay(step: step, limit: 0.999) - wanted) < 1e-15)
    }

    /// As printed by the reference code.
    @Test(arguments: [(2, 0.666667), (998, 0.998999)])
    func `is the reference code's to six decimals`(step: Int, wanted: Double) {
        #expect(abs(meanNetworkDecay(step: step, limit: 0.999) - wanted) < 5e-7)
    }

    @Test func `copies the student bit for bit at the first step`() throws {
        let mean = try Tensor([0.1, -7, 3e8], shape: [3])
        let student = try Tensor([0.3, 1e-8, -5], shape: [3])
        let decay = meanNetworkDecay(step: 0, limit: 0.999)
        try Tensor.moveAverages([mean], towards: [student], weight: 1 - decay)
        #expect(try mean.floats() == student.floats())
    }

    /// Students 4, 8, 3, 9 have the running averages 4, 6, 5, 6.
    @Test func `makes a plain average of all students at first`() throws {
        let mean = try Tensor([100], shape: [1])
        for (step, (student, wanted)) in [(4, 4), (8, 6), (3, 5), (9, 6)].enumerated() {
            try Tensor.moveAverages(
                [mean], towards: [Tensor([Float(student)], shape: [1])],
                weight: 1 - meanNetworkDecay(step: step, limit: 0.999))
            try expectClose(mean, [Double(wanted)])
        }
    }

    /// With α = 0.5 from the second step on: 0.5·4 + 0.5·8 = 6, then 0.5·6 + 0.5·2 = 4.
    @Test func `forgets exponentially once at its limit`() throws {
        let mean = try Tensor([4], shape: [1])
        for (step, (student, wanted)) in [(4, 4), (8, 6), (2, 4)].enumerated() {
            try Tensor.moveAverages(
                [mean], towards: [Tensor([Float(student)], shape: [1])],
                weight: 1 - meanNetworkDecay(step: step, limit: 0.5))
            try expectClose(mean, [Double(wanted)])
        }
    }
}
