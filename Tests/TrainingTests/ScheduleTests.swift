// SPDX-License-Identifier: MIT

import Testing

@testable import Training

@Suite struct `A schedule` {
    /// The report's: ten epochs from a hundredth of 3.5e-4 on, a tenth from epoch 40 on, a hundredth from epoch 70 on.
    /// Epoch 1: 3.5e-4 · (0.01 · 0.9 + 0.1) = 3.5e-4 · 0.109; epoch 9: 3.5e-4 · (0.01 · 0.1 + 0.9) = 3.5e-4 · 0.901.
    @Test(arguments: [
        (0, 3.5e-6), (1, 3.815e-5), (2, 7.28e-5), (9, 3.1535e-4), (10, 3.5e-4), (39, 3.5e-4), (40, 3.5e-5), (69, 3.5e-5),
        (70, 3.5e-6), (119, 3.5e-6),
    ])
    func `in steps warms up, and falls at its milestones`(epoch: Int, wanted: Double) {
        let schedule = StepSchedule(rate: 3.5e-4, warmup: 10, milestones: [40, 70])
        #expect(abs(schedule.rate(epoch: epoch) - wanted) <= 1e-12 * wanted)
    }

    @Test func `without a warm-up begins with the whole rate`() {
        #expect(StepSchedule(rate: 2, warmup: 0, milestones: []).rate(epoch: 0) == 2)
        #expect(StepSchedule(rate: 2, warmup: 0, milestones: [0]).rate(epoch: 0) == 2 * 0.1)
    }

    /// Epoch 3 of a warm-up of 4: 0.01 · ¼ + ¾ = 0.7525 of the tenth that the milestone left.
    @Test func `may fall within its warm-up`() {
        let schedule = StepSchedule(rate: 1, warmup: 4, milestones: [2])
        #expect(abs(schedule.rate(epoch: 3) - 0.07525) < 1e-15)
    }

    /// The report's for translation: constant for epochs 0 … 49, then 50/51, … and 1/51 in epoch 99, the last.
    @Test(arguments: [(0, 51), (1, 51), (49, 51), (50, 50), (51, 49), (98, 2), (99, 1)])
    func `that decays falls linearly, and is not zero in the last epoch`(epoch: Int, fiftyFirsts: Int) {
        let schedule = LinearDecaySchedule(rate: 2e-4, constant: 50, decaying: 50)
        let wanted = 2e-4 * Double(fiftyFirsts) / 51
        #expect(abs(schedule.rate(epoch: epoch) - wanted) <= 1e-15)
    }
}
