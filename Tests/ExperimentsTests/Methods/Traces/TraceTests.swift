// SPDX-License-Identifier: MIT

import Foundation
import Layers
import Tensor
import Testing

@testable import Experiments
@testable import Training

/// The first steps of every method, against the same steps in plain PyTorch and in double precision. One after another:
/// four networks with their moments and beginnings take more than a gigabyte.
@Suite(.serialized) struct `A training` {
    init() throws { try prepareTracing() }

    @Test(arguments: TracedMethod.allCases)
    func `takes the steps that plain PyTorch takes`(method: TracedMethod) throws {
        try expectSteps(of: method)
    }

    @Test(arguments: [
        Head.linear, .arcface(scale: 64, margin: 0.35), .cosface(scale: 30, margin: 0.4), .am(scale: 30, margin: 0.3),
        .circle(scale: 64, margin: 0.35),
    ])
    func `of every head is among them`(head: Head) throws {
        #expect(try !exactSteps(head.trace).isEmpty)
    }
}

/// A suite of its own, beside the other where there are processors.
@Suite(.serialized) struct `A training by graphs` {
    init() throws { try prepareTracing() }

    /// Whatever a step takes from outside its tensors would be the first step's in all that follow; and a card refuses a
    /// graph in which somebody looks at an element.
    @Test(arguments: TracedMethod.allCases)
    func `takes the same steps where they are a graph that is repeated`(method: TracedMethod) throws {
        let graph = StepGraph(isOn: true, warmUps: 1) { Issue.record("\($0)") }
        // Into the second epoch, to the first step that is repeated there. SPGAN's players meet in the third.
        try expectSteps(of: method, by: graph, first: method == .spgan ? .max : TraceInputs.iterations + 3)
        #expect(graph.isReplaying)
    }
}

/// scripts/check-gpu has a card take them, in processes of their own. A thread computes there when it has been told to.
private func prepareTracing() throws {
    let named = ProcessInfo.processInfo.environment["PASSERBY_DEVICE"].flatMap(Device.init) ?? .cpu
    if named != .cpu { try Engine.prepare(threads: 2, device: named) }
}

private func expectSteps(
    of method: TracedMethod, by graph: StepGraph = StepGraph(isOn: false), first count: Int = .max
) throws {
    let wanted = try exactSteps(method).prefix(count)
    var right = 0
    try method.train(by: graph) { found in
        guard try expectStep(found, #require(wanted.dropFirst(right).first), "\(method), step \(right)") else {
            return false
        }
        right += 1
        return right < count
    }
    #expect(right == wanted.count, "the trace goes on")
}
