// SPDX-License-Identifier: MIT

import Testing

@testable import Configuration

@Suite struct `The distance between two words` {
    @Test(arguments: [
        ("", "", 0), ("abc", "abc", 0), ("abc", "", 3), ("kitten", "sitting", 3), ("ab", "ba", 1),
        ("abcd", "acbd", 1),
        // Two swaps overlap in "ca" → "abc": restricted to edits that do not, it takes three.
        ("ca", "abc", 3), ("iterationz", "iterations", 1), ("epcohs", "epochs", 1),
    ])
    func `counts edits`(left: String, right: String, distance: Int) {
        #expect(editDistance(Array(left), Array(right)) == distance)
    }

    @Test func `equals its definition, is symmetric, and is bounded by the lengths`() {
        var generator = SplitMix(state: 3)
        for _ in 0..<300 {
            let words = (0..<2).map { _ in
                (0..<Int.random(in: 0..<6, using: &generator)).map { _ in
                    Int.random(in: 0..<3, using: &generator)
                }
            }
            let distance = editDistance(words[0], words[1])
            #expect(distance == definition(words[0][...], words[1][...]))
            #expect(distance == editDistance(words[1], words[0]))
            #expect(distance <= max(words[0].count, words[1].count))
        }
    }

    /// The recurrence as it is written down, in exponential time.
    private func definition(_ left: ArraySlice<Int>, _ right: ArraySlice<Int>) -> Int {
        guard let lastLeft = left.last, let lastRight = right.last else {
            return max(left.count, right.count)
        }
        var distance = min(
            definition(left.dropLast(), right) + 1, definition(left, right.dropLast()) + 1,
            definition(left.dropLast(), right.dropLast()) + (lastLeft == lastRight ? 0 : 1))
        if left.dropLast().last == lastRight, right.dropLast().last == lastLeft {
            distance = min(distance, definition(left.dropLast(2), right.dropLast(2)) + 1)
        }
        return distance
    }
}

@Suite struct `The nearest known name` {
    private static let keys = [
        "epochs", "iterations", "method", "head", "k1", "k2", "lambda", "learning_rate",
    ]

    @Test(
        arguments: [
            ("iterationz", "iterations"), ("iter", "iterations"), ("Epochs", "epochs"), ("epoch", "epochs"),
            ("hed", "head"), ("k3", "k1"), ("lambada", "lambda"), ("learning-rate", "learning_rate"),
            ("methdo", "method"),
            ("headings", "head"), ("lr", nil), ("x", nil), ("", nil), ("gamma", nil), ("zzzzzz", nil),
        ] as [(String, String?)])
    func `is the one that was most likely meant`(name: String, meant: String?) {
        #expect(nearest(to: name, among: Self.keys) == meant)
    }

    @Test(arguments: [
        ("lr", "rate"), ("learning_rate", "rate"), ("num_workers", "workers"), ("batch_size", "batch"), ("gpu", "cuda"),
    ])
    func `is what other programs call otherwise, where it is one of the names`(theirs: String, ours: String) {
        #expect(nearest(to: theirs, among: ["cpu", "batch", "cuda", "rate", "lambda", "workers"]) == ours)
        #expect(nearest(to: theirs, among: ["zebra"]) == nil)
    }
}
