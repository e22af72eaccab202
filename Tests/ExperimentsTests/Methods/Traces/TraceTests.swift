// SPDX-License-Identifier: MIT

import Layers
import Testing

@testable import Experiments
@testable import Training

/// The first steps of every method, against the same steps in plain PyTorch and in double precision. One after another:
/// four networks with their moments and beginnings take more than a gigabyte.
@Suite(.serialized) struct `A training` {
    @Test(arguments: TracedMethod.allCases)
    func `takes the steps that plain PyTorch takes`(method: TracedMethod) throws {
        let wanted = try exactSteps(method)
        var right = 0
        try method.train { found in
            guard try expectStep(found, #require(wanted.dropFirst(right).first), "\(method), step \(right)") else {
                return false
            }
            right += 1
            return true
        }
        #expect(right == wanted.count, "the trace goes on")
    }

    @Test(arguments: [
        Head.linear, .arcface(scale: 64, margin: 0.35), .cosface(scale: 30, margin: 0.4), .am(scale: 30, margin: 0.3),
        .circle(scale: 64, margin: 0.35),
    ])
    func `of every head is among them`(head: Head) throws {
        #expect(try !exactSteps(head.trace).isEmpty)
    }
}
