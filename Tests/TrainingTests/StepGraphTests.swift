// SPDX-License-Identifier: MIT

import Testing

@testable import Tensor
@testable import Training

@Suite struct `A step's graph` {
    private func vector(_ values: Float...) throws -> Tensor { try Tensor(values, shape: [values.count]) }

    /// Calls of the body: two of warming up, one that is remembered, and none after.
    @Test func `gives steps as they are at first, and repeats one from there on`() throws {
        let graph = StepGraph(isOn: true, warmUps: 2)
        var calls = 0
        let squares = try (1...5).map { step in
            try graph([vector(Float(step), -1)]) { inputs in
                calls += 1
                return try inputs[0].squared()
            }.floats()
        }
        #expect(squares == [[1, 1], [4, 1], [9, 1], [16, 1], [25, 1]])
        #expect(calls == 3)
    }

    @Test func `gives every step as it is where it is off`() throws {
        let graph = StepGraph(isOn: false)
        var calls = 0
        for _ in 0..<5 { try graph([]) { _ in calls += 1 } }
        #expect(calls == 5)
        #expect(!graph.isReplaying)
    }

    /// d/dw (wx)² = 2wx²: 4 and 36 at w = 2. Between them w moves by hand to 3, which makes 6, 54 and 96.
    @Test func `finds gradients of parameters as they are by now`() throws {
        let graph = StepGraph(isOn: true, warmUps: 0)
        let weight = try vector(2)
        try weight.setRequiresGradient(true)
        var gradients: [Float] = []
        for (x, w) in [(Float(1), Float(2)), (3, 2), (1, 3), (3, 3), (4, 3)] {
            try weight.copy(from: vector(w))
            try graph([vector(x)]) { inputs in
                weight.dropGradient()
                try (weight * inputs[0]).squared().sum().backward()
            }
            gradients += try #require(try weight.gradient()).floats()
        }
        #expect(gradients == [4, 36, 6, 54, 96])
    }

    /// y = 2x, then d(3yg)/dw = 3xg at g = y + 1, which is made in between: 3·1·3, 3·2·5, 3·3·7 and 3·4·9.
    @Test func `has parts, of which a later one goes on with what an earlier one left`() throws {
        let graph = StepGraph(isOn: true, warmUps: 1)
        let weight = try vector(2)
        try weight.setRequiresGradient(true)
        var gradients: [Float] = []
        for x in [Float(1), 2, 3, 4] {
            let product = try graph([vector(x)]) { try weight * $0[0] }
            let direction = try vector(product.detached().floats()[0] + 1)
            try graph(part: 1, [direction]) { inputs in
                weight.dropGradient()
                try (3 * product * inputs[0]).sum().backward()
            }
            gradients += try #require(try weight.gradient()).floats()
        }
        #expect(gradients == [9, 30, 63, 108])
        #expect(graph.isReplaying)
    }

    /// Three of two elements, of which the second is remembered; then two of one as they are before one is.
    @Test func `warms up for a batch of another size too`() throws {
        let graph = StepGraph(isOn: true, warmUps: 1)
        var calls = 0
        for count in [2, 2, 2, 1, 1, 1] {
            _ = try graph([Tensor([Float](repeating: 1, count: count), shape: [count])]) { inputs in
                calls += 1
                return try inputs[0].sum()
            }
        }
        #expect(calls == 4 && graph.isReplaying)
    }

    @Test func `remembers a batch of another size anew, and everything when it is renewed`() throws {
        let graph = StepGraph(isOn: true, warmUps: 0)
        var calls = 0
        func sum(_ values: Float...) throws -> Float {
            try graph([Tensor(values, shape: [values.count])]) { inputs in
                calls += 1
                return try inputs[0].sum()
            }.scalar()
        }
        #expect(try [sum(1, 2), sum(3, 4), sum(1, 2, 3), sum(4, 5, 6), sum(7)] == [3, 7, 6, 15, 7])
        #expect(calls == 3)
        graph.renew()
        #expect(try [sum(2), sum(3)] == [2, 3])
        #expect(calls == 4)
    }

    /// Kernels have been chosen by then: one step as it is gives memory to gradients of new tensors. They are chosen anew for a
    /// batch of another size.
    @Test func `takes one step as it is once it is renewed, and all of them for another size`() throws {
        let graph = StepGraph(isOn: true, warmUps: 3)
        func stepsToReplay(_ count: Int) throws -> Int {
            for step in 1...9 {
                _ = try graph([Tensor([Float](repeating: 1, count: count), shape: [count])]) { try $0[0].sum() }
                if graph.isReplaying { return step }
            }
            return 0
        }
        #expect(try stepsToReplay(2) == 5)
        graph.renew()
        #expect(try stepsToReplay(2) == 3)
        #expect(try stepsToReplay(4) == 5)
    }

    /// Nothing was chosen in steps that were not taken.
    @Test func `takes all steps as they are where it is renewed before it remembers one`() throws {
        let graph = StepGraph(isOn: true, warmUps: 3)
        let input = try Tensor([Float(1)], shape: [1])
        _ = try graph([input]) { try $0[0].sum() }
        graph.renew()
        for _ in 0..<4 {
            _ = try graph([input]) { try $0[0].sum() }
            #expect(!graph.isReplaying)
        }
        _ = try graph([input]) { try $0[0].sum() }
        #expect(graph.isReplaying)
    }

    /// The number of the step is the remembered one's; the same as an input would not be.
    @Test func `repeats numbers that are no tensors as they were`() throws {
        let graph = StepGraph(isOn: true, warmUps: 0)
        let found = try (1...3).map { step in try graph([vector(10)]) { try $0[0] * Double(step) }.scalar() }
        #expect(found == [10, 10, 10])
    }

    /// What no card could repeat.
    enum Unrepeatable: CaseIterable {
        case look, question, givenElements

        func callAsFunction(_ tensor: Tensor) throws {
            switch self {
            case .look: _ = try tensor.floats()
            case .question: _ = try tensor.isFinite()
            case .givenElements: _ = try Tensor([1])
            }
        }
    }

    @Test(arguments: Unrepeatable.allCases)
    func `goes on without, and says why once, where a step cannot be repeated`(body: Unrepeatable) throws {
        var warnings: [String] = []
        let graph = StepGraph(isOn: true, warmUps: 0) { warnings.append($0) }
        var calls = 0
        for value in [Float(2), 3, 4] {
            let doubled = try graph([vector(value)]) { inputs in
                try body(inputs[0])
                calls += 1
                return try 2 * inputs[0]
            }
            #expect(try doubled.floats() == [2 * value])
        }
        #expect(calls == 3 && !graph.isReplaying)
        #expect(warnings.count == 1)
        #expect(warnings.first?.hasPrefix("steps are not repeated as a graph: ") == true)
        #expect(warnings.first?.contains("cannot be part of a graph") == true)
    }

    /// d/dw (wx)² = 2wx²: 16, 36 and 64 at w = 2. The part that cannot be repeated is done again after its gradients were
    /// found.
    @Test func `goes on where a later part cannot be repeated`() throws {
        let graph = StepGraph(isOn: true, warmUps: 0)
        let weight = try vector(2)
        try weight.setRequiresGradient(true)
        var gradients: [Float] = []
        for x in [Float(2), 3, 4] {
            let square = try graph([vector(x)]) { try (weight * $0[0]).squared() }
            try graph(part: 1, [vector(1)]) { inputs in
                weight.dropGradient()
                try (square * inputs[0]).sum().backward(keepingGraph: graph.isCapturing)
                gradients += try #require(try weight.gradient()).floats()
            }
        }
        #expect(gradients == [16, 36, 64] && !graph.isReplaying)
    }

    /// What goes wrong in a step that is not about graphs is nobody else's to handle.
    @Test func `hands on other errors`() throws {
        let graph = StepGraph(isOn: true, warmUps: 0)
        #expect(throws: MethodError.noSource) { try graph([]) { _ in throw MethodError.noSource } }
        #expect(try graph([vector(1)]) { try $0[0] + 1 }.floats() == [2])
    }
}
