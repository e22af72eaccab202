// SPDX-License-Identifier: MIT

import Reporting
import Testing

@testable import Training
@testable import Tensor

/// Collects what is reported.
private final class Notebook: TrainingScope {
    private(set) var records: [String] = []

    func restore() -> TrainingState? { nil }
    func endEpoch(_ state: TrainingState) {}
    func endStep(_ state: () throws -> TrainingState) {}
    func pause(_ state: () throws -> TrainingState) {}
    func finish(_ state: TrainingState) {}
    func record(_ name: String, _ value: Double, epoch: Int) { records.append("\(name) \(value) in \(epoch)") }
    func begin(epochs: Int, iterations: Int, at epoch: Int, step: Int) {
        records.append("\(epochs) epochs of \(iterations) steps, from \(epoch).\(step)")
    }
}

@Suite struct `A loss meter` {
    private func scalar(_ value: Float) throws -> Tensor { try Tensor([value], shape: []) }

    /// (1 + 2 + 6) / 3 = 3 and (0.5 + 0 + 1) / 3 = 0.5, by name.
    @Test func `reports each loss's mean over the epoch's steps`() throws {
        var meter = LossMeter(epoch: 4)
        for (triplet, identity) in [(Float(1), Float(0.5)), (2, 0), (6, 1)] {
            try meter.add(["triplet": scalar(triplet), "identity": scalar(identity)])
        }
        #expect(meter.step == 3)
        let notebook = Notebook()
        try meter.report(to: notebook)
        #expect(notebook.records == ["loss/identity 0.5 in 4", "loss/triplet 3.0 in 4"])
    }

    /// (1 + 3) / 2 = 2 and (0.5 + 1.5) / 2 = 1; then (0.5 + 1.5 + 4) / 3 = 2.
    @Test func `shows each loss's last value and its mean until now`() throws {
        var meter = LossMeter(epoch: 0)
        #expect(meter.readings.isEmpty)
        try meter.add(["triplet": scalar(1), "identity": scalar(0.5)])
        try meter.add(["triplet": scalar(3), "identity": scalar(1.5)])
        #expect(
            meter.readings == [
                LossReading(name: "identity", latest: 1.5, mean: 1), LossReading(name: "triplet", latest: 3, mean: 2),
            ])
        // Of a step without it a loss has its mean.
        try meter.add(["identity": scalar(4)])
        #expect(
            meter.readings == [
                LossReading(name: "identity", latest: 4, mean: 2), LossReading(name: "triplet", latest: 2, mean: 2),
            ])
    }

    @Test func `reports the rate of an epoch's steps, where there is one`() throws {
        let notebook = Notebook()
        try LossMeter(epoch: 3).report(to: notebook, rate: 3.5e-4)
        #expect(notebook.records == ["learning_rate 0.00035 in 3"])
    }

    /// (1 + 3) / 2 = 2, one of the two before the interruption.
    @Test func `goes on in the middle of an epoch`() throws {
        var first = LossMeter(epoch: 2)
        try first.add(["camera": scalar(1)])
        var second = LossMeter(try first.state())
        try second.add(["camera": scalar(3)])
        let notebook = Notebook()
        notebook.begin(epochs: 5, iterations: 10, from: second)
        try second.report(to: notebook)
        #expect(notebook.records == ["5 epochs of 10 steps, from 2.2", "loss/camera 2.0 in 2"])
    }

    /// (1 + 5) / 2 = 3 of two steps of four, (1 + 2 + 3 + 4) / 4 = 2.5, 7 of the last two; and the state says so.
    @Test func `takes the mean of a loss over the steps that had it, also after an interruption`() throws {
        let steps: [[String: Float]] = [
            ["cycle": 1, "real": 1], ["real": 2], ["cycle": 5, "real": 3, "late": 6], ["real": 4, "late": 8],
        ]
        for interruption in 0...steps.count {
            var meter = LossMeter(epoch: 0)
            for (index, losses) in steps.enumerated() {
                if index == interruption { meter = LossMeter(try meter.state()) }
                try meter.add(losses.mapValues(scalar))
            }
            let notebook = Notebook()
            try LossMeter(meter.state()).report(to: notebook)
            #expect(notebook.records == ["loss/cycle 3.0 in 0", "loss/late 7.0 in 0", "loss/real 2.5 in 0"])
        }
    }

    /// What a checkpoint of any other method holds.
    @Test func `notes nothing but sums where every step has every loss`() throws {
        var meter = LossMeter(epoch: 0)
        for _ in 0..<3 { try meter.add(["camera": scalar(2)]) }
        #expect(try meter.state().values == ["loss/camera": 6])
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity])
    func `stops at a loss that is no number`(value: Float) throws {
        var meter = LossMeter(epoch: 1)
        try meter.add(["cycle": scalar(1)])
        let error = MethodError.notFinite(loss: "cycle", epoch: 1, step: 1)
        #expect(throws: error) { try meter.add(["cycle": scalar(value)]) }
        #expect(meter.step == 1)
        #expect(
            error.description
                == "the cycle loss of epoch 2, step 2 is not a finite number; a smaller learning rate may help")
    }
}
