// SPDX-License-Identifier: MIT

import Retrieval
import Testing

@testable import Training

private func figures(_ mAP: Double) -> RankingFigures {
    RankingFigures(
        RankingMetrics(
            rankingProtocol: .market1501, mAP: mAP, mINP: mAP / 4,
            cmc: [mAP / 2, mAP / 3 + 0.2, 0.5, 0.5, 0.6, 0.6, 0.6, 0.6, 0.6, 0.7],
            queryCount: 1, skippedCount: 0))
}

private func epoch(_ number: Int, _ mAPs: [Double], _ score: Double?) -> EvaluatedEpochs.Epoch {
    EvaluatedEpochs.Epoch(number: number, networks: mAPs.map(figures), score: score)
}

@Suite struct `The epochs of an adaptation` {
    /// Scored after the third, sixth, … epoch: best by labels is the second network's sixth, without them the ninth.
    private let epochs = EvaluatedEpochs([
        epoch(2, [0.3, 0.2], 0.1), epoch(5, [0.5, 0.6], 0.4), epoch(8, [0.55, 0.4], 0.7), epoch(11, [0.4, 0.45], 0.6),
    ])

    @Test func `are picked as the last, the best by labels and the best without them`() {
        let last = epochs.last(of: 12)
        #expect(last?.epoch.number == 11 && last?.network == 0 && last?.figures == figures(0.4))
        #expect(epochs.labelFree?.epoch.number == 8 && epochs.labelFree?.network == 0)
        #expect(epochs.labelFree?.figures == figures(0.55))
        #expect(epochs.oracle?.epoch.number == 5 && epochs.oracle?.network == 1 && epochs.oracle?.figures == figures(0.6))
    }

    /// Whatever validation says: a pick without labels may not follow it.
    @Test func `are picked without labels by their score alone`() {
        let other = EvaluatedEpochs(epochs.epochs.map { epoch($0.number, [0.9 - 0.05 * Double($0.number), 0], $0.score) })
        #expect(other.labelFree?.epoch.number == 8)
    }

    @Test func `of which several are equally good give the first by labels, and the last without`() {
        let equal = EvaluatedEpochs([epoch(0, [0.3], 0.5), epoch(1, [0.5], 0.7), epoch(2, [0.5], 0.7), epoch(3, [0.4], 0.6)])
        #expect(equal.oracle?.epoch.number == 1 && equal.labelFree?.epoch.number == 2)
    }

    @Test func `that wait for a score are not picked without labels`() {
        var epochs = EvaluatedEpochs([epoch(0, [0.3], nil), epoch(3, [0.2], nil)])
        #expect(epochs.labelFree == nil && epochs.oracle?.epoch.number == 0)
        #expect(epochs.waitsForScore(3) && !epochs.waitsForScore(1))
        epochs.setScore(0.4, of: 3)
        epochs.setScore(0.9, of: 1)
        #expect(epochs.labelFree?.epoch.number == 3 && !epochs.waitsForScore(3) && epochs.epochs.count == 2)
    }

    @Test func `of which none was scored give no pick`() {
        let none = EvaluatedEpochs()
        #expect(none.last(of: 1) == nil && none.oracle == nil && none.labelFree == nil)
    }

    /// Whoever goes on with a training may have it scored less often.
    @Test func `have no last one where training went on after it without a score`() {
        #expect(epochs.last(of: 13) == nil && epochs.last(of: 3)?.epoch.number == 2)
    }

    @Test func `count once where one was scored before an interruption and after it`() {
        var epochs = epochs
        epochs.add(epoch(11, [0.41, 0.42], nil))
        #expect(epochs.epochs.map(\.number) == [2, 5, 8, 11] && epochs.last(of: 12)?.figures == figures(0.41))
        epochs.add(epoch(5, [0.1, 0.1], nil))
        #expect(epochs.epochs.map(\.number) == [2, 5])
    }

    @Test func `are kept to the last bit, and are no part of what training goes on from`() {
        var epochs = epochs
        epochs.add(epoch(100, [1.0 / 3, 2.0 / 3], nil))
        var state = TrainingState(epoch: 101)
        epochs.store(in: &state)
        #expect(EvaluatedEpochs(state) == epochs)
        #expect(state.tensors.isEmpty && state.numbers.isEmpty && state.values.isEmpty)
    }

    @Test func `have no mINP where a kept state is of before it was kept`() {
        var state = TrainingState(epoch: 12)
        epochs.store(in: &state)
        state.reports["evaluated/5/network1/mINP"] = nil
        let found = EvaluatedEpochs(state).epochs
        #expect(found.map(\.number) == [2, 5, 8, 11])
        #expect(found[1].networks.map(\.mINP) == [nil, 0.15])
    }

    @Test func `are left out where a kept state has a part of them only`() {
        var state = TrainingState(epoch: 12)
        epochs.store(in: &state)
        state.reports["evaluated/5/network1/top5"] = nil
        #expect(EvaluatedEpochs(state).epochs.map(\.number) == [2, 8, 11])
    }
}

@Suite struct `The schedule of evaluations` {
    @Test(arguments: [(3, [2, 5, 8, 9]), (5, [4, 9]), (20, [9]), (1, Array(0..<10)), (0, [])])
    func `is every so many epochs and the last`(interval: Int, epochs: [Int]) {
        let schedule = EvaluationSchedule(every: interval, of: 10)
        #expect((0..<10).filter { schedule.includes($0) } == epochs)
        #expect(schedule.countBeforeLast == max(0, epochs.count - 1) && schedule.isEmpty == epochs.isEmpty)
    }
}
