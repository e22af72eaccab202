// SPDX-License-Identifier: MIT

import Testing

@testable import Randomness

@Suite struct `The Philox generator` {
    /// The known-answer vectors that Random123 publishes for philox4x32-10.
    @Test(arguments: [
        (
            SIMD4<UInt32>(repeating: 0), SIMD2<UInt32>(repeating: 0),
            SIMD4<UInt32>(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8)
        ),
        (
            SIMD4<UInt32>(repeating: .max), SIMD2<UInt32>(repeating: .max),
            SIMD4<UInt32>(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd)
        ),
    ])
    func `answers the published vectors`(
        counter: SIMD4<UInt32>, key: SIMD2<UInt32>, expected: SIMD4<UInt32>
    ) {
        #expect(Philox.block(counter: counter, key: key) == expected)
    }
}

@Suite struct `A random stream` {
    let key = RandomKey(seed: 7)

    @Test func `is the same whenever it is asked for`() {
        var first = key.stream("augment", epoch: 3, index: 11)
        var second = key.stream("augment", epoch: 3, index: 11)
        #expect((0..<9).map { _ in first.next() } == (0..<9).map { _ in second.next() })
    }

    @Test func `differs with seed, purpose, epoch and index`() {
        var streams = [
            key.stream("a"), RandomKey(seed: 8).stream("a"), key.stream("b"), key.stream("a", epoch: 1),
            key.stream("a", index: 1), key.derived("net").stream("a"),
        ]
        #expect(Set(streams.indices.map { streams[$0].next() }).count == streams.count)
    }

    @Test func `has the moments of its distributions`() {
        var stream = key.stream("moments")
        let count = 40_000
        let uniforms = (0..<count).map { _ in stream.uniform() }
        let normals = (0..<count).map { _ in stream.normal() }
        // Five standard errors: √(1/12/N), √(1/N) and √(2/N).
        let root = Double(count).squareRoot()
        #expect(abs(uniforms.reduce(0, +) / Double(count) - 0.5) < 5 * 0.2887 / root)
        #expect(abs(normals.reduce(0, +) / Double(count)) < 5 / root)
        #expect(abs(normals.map { $0 * $0 }.reduce(0, +) / Double(count) - 1) < 5 * 1.4143 / root)
    }

    /// More than one processor's share of 65,536, from the beginning of a block and from within one.
    @Test(arguments: [(200_001, 0), (65_536, 2), (70_000, 1), (3, 0)])
    func `gives normal numbers together as one by one`(count: Int, drawn: Int) {
        var together = key.stream("normals", epoch: 2)
        var single = together
        for _ in 0..<drawn where together.next() != single.next() { Issue.record("two streams of one name differ") }
        #expect(together.normals(count, times: 0.3) == (0..<count).map { _ in Float(0.3 * single.normal()) })
        #expect(together.next() == single.next())
    }

    @Test(arguments: [0, 1, 2, 17]) func `permutes every number once`(count: Int) {
        var stream = key.stream("permutation")
        #expect(stream.permutation(count).sorted() == Array(0..<count))
    }
}
