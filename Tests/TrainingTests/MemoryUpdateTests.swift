// SPDX-License-Identifier: MIT

import Patterns
import Randomness
import Tensor
import Testing

@testable import Training

@Suite struct `An update of a memory` {
    @Test func `mixes row and embedding, and makes the row's length 1 again`() throws {
        // 0.2 · (1, 0) + 0.8 · (0, 1) = (0.2, 0.8), of length √0.68.
        let memory = try Tensor([1, 0, 0.6, 0.8], shape: [2, 2])
        try move(memory, rows: [0], towards: Tensor([0, 1], shape: [1, 2]), momentum: 0.2)
        let length = 0.68.squareRoot()
        try expectClose(memory, [0.2 / length, 0.8 / length, 0.6, 0.8])
    }

    /// Rows one after the other, in double precision.
    private func oneByOne(_ memory: [[Double]], _ rows: [Int], _ embeddings: [[Double]], _ momentum: Double) -> [[Double]] {
        var memory = memory
        for (row, embedding) in zip(rows, embeddings) {
            let mixed = zip(memory[row], embedding).map { momentum * $0 + (1 - momentum) * $1 }
            let length = mixed.reduce(0) { $0 + $1 * $1 }.squareRoot()
            memory[row] = mixed.map { $0 / length }
        }
        return memory
    }

    @Test(arguments: 0..<10) func `comes to the same as one row after the other`(round: Int) throws {
        var stream = RandomKey(seed: 5).stream("update", epoch: 0, index: round)
        let (count, batch, dimension) = (7, 16, 5)
        func values(_ rows: Int) -> [[Double]] {
            (0..<rows).map { _ in (0..<dimension).map { _ in stream.uniform() - 0.5 } }
        }
        let (start, embeddings) = (values(count), values(batch))
        let rows = (0..<batch).map { _ in stream.below(count) }
        #expect(Set(rows).count < batch)
        let memory = try Tensor(start.flatMap { $0.map(Float.init) }, shape: [count, dimension]).converted(to: .float64)
        let given = try Tensor(embeddings.flatMap { $0.map(Float.init) }, shape: [batch, dimension]).converted(to: .float64)
        let (own, seen) = (try memory.doubles(), try given.doubles())
        func cut(_ flat: [Double], _ rows: Int) -> [[Double]] {
            (0..<rows).map { Array(flat[$0 * dimension..<($0 + 1) * dimension]) }
        }
        try move(memory, rows: rows, towards: given, momentum: 0.3)
        let wanted = oneByOne(cut(own, count), rows, cut(seen, batch), 0.3).flatMap { $0 }
        for (value, want) in zip(try memory.doubles(), wanted) { #expect(abs(value - want) < 1e-12) }
    }
}
