// SPDX-License-Identifier: MIT

import Foundation
import Randomness
import Retrieval
import Synchronization
import Testing

@testable import Tensor

// Shapes: a 1×1 convolution of stride 1 on a batch below 16 is, on one thread, a product of OpenBLAS for each image;
// this one is large enough for two threads of it.

/// Runs a body on a thread of its own, as nothing has run there before, and gives what it returns.
private func onNewThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) -> Value {
    let result = Mutex<Value?>(nil)
    let done = DispatchSemaphore(value: 0)
    Thread {
        let value = body()
        result.withLock { $0 = value }
        done.signal()
    }.start()
    done.wait()
    guard let value = result.withLock({ $0 }) else { preconditionFailure("the thread left no value") }
    return value
}

@Suite struct `Threads that compute beside each other` {
    /// The bits of a convolution, a linear layer and the gradients of their weights.
    private func bits() throws -> [Float] {
        func tensor(_ shape: [Int], _ step: Double) throws -> Tensor {
            try Tensor((0..<shape.reduce(1, *)).map { Float(sin(step * Double($0))) }, shape: shape)
        }
        let (kernel, rows) = (try tensor([320, 256, 1, 1], 0.7), try tensor([600, 320], 1.3))
        for weight in [kernel, rows] { try weight.setRequiresGradient(true) }
        let maps = try tensor([4, 256, 5, 3], 0.9).convolved(with: kernel, bias: nil, stride: 1, padding: 0)
        let logits = try maps.globallyAveraged().reshaped([4, 320]).matmul(rows.transposed())
        try logits.squared().sum().backward()
        let gradients = try [kernel, rows].map { try #require(try $0.gradient()).floats() }
        return try maps.floats() + logits.floats() + gradients.flatMap { $0 }
    }

    /// The library of matrix products has one number of threads for the whole process.
    @Test func `a training's bits are the same beside a search as in peace`() throws {
        try Engine.prepare(threads: 1)
        var random = RandomKey(seed: 3).stream("rows")
        let (count, dimension) = (300, 256)
        let features = try Features<Raw>(
            (0..<count * dimension).map { _ in Float(random.normal()) }, count: count, dimension: dimension
        ).normalised()
        let peace = try bits()

        let searches = Atomic<Int>(0)
        let isOver = Atomic<Bool>(false)
        Thread {
            while !isOver.load(ordering: .relaxed) {
                _ = try? squaredDistances(features, features)
                searches.add(1, ordering: .relaxed)
            }
        }.start()
        defer { isOver.store(true, ordering: .relaxed) }
        var (same, tries) = (true, 0)
        while tries < 40 || searches.load(ordering: .relaxed) < 40 {
            same = try bits() == peace && same
            tries += 1
        }
        #expect(same)
    }

    /// libtorch lets a thread take over the process's count as late as at its first loop.
    @Test func `a thread keeps the count that it has asked for, whatever others ask for`() throws {
        let processors = ProcessInfo.processInfo.activeProcessorCount
        let count = onNewThread {
            try? Engine.prepare(threads: processors + 1)
            onNewThread { try? Engine.prepare(threads: processors) }
            _ = try? Tensor.full(1, shape: [1 << 18]).squared().sum().scalar()
            return Engine.threadCount
        }
        #expect(count == processors + 1)
    }

    @Test func `a thread that has asked for nothing keeps the count that it began with`() throws {
        let processors = ProcessInfo.processInfo.activeProcessorCount
        let count = onNewThread {
            let one = try? Tensor([1])
            onNewThread { try? Engine.prepare(threads: processors + 2) }
            _ = try? Tensor.full(1, shape: [1 << 18]).squared().sum().scalar()
            let count = Engine.threadCount
            onNewThread { try? Engine.prepare(threads: processors) }
            return one == nil ? nil : count
        }
        #expect(count != nil && count != processors + 2)
    }
}
