// SPDX-License-Identifier: MIT

import Randomness
import Testing

@testable import Experiments
@testable import Tensor
@testable import Training

/// Images of one value each, `[N, 1, 1, 1]`.
private func images(_ values: [Float]) throws -> Tensor { try Tensor(values, shape: [values.count, 1, 1, 1]) }

@Suite struct `An image pool` {
    private let key = RandomKey(seed: 7)

    @Test func `keeps and returns all images until it is full, and draws nothing for them`() throws {
        let pool = ImagePool(capacity: 4)
        var random = key.stream("pool")
        var untouched = random
        #expect(try pool.query(images([1, 2]), &random).floats() == [1, 2])
        #expect(try pool.query(images([3, 4]), &random).floats() == [3, 4])
        #expect(try pool.state()["images"]?.floats() == [1, 2, 3, 4])
        #expect(random.next() == untouched.next())
    }

    /// A number above ½ chooses a remembered image, the next number which; the new one takes its place.
    @Test func `once full returns what its stream says, and remembers the new image in that place`() throws {
        let pool = ImagePool(capacity: 3)
        var random = key.stream("pool")
        var witness = random
        var remembered: [Float] = [1, 2, 3]
        _ = try pool.query(images(remembered), &random)
        var replacements = 0
        for batch in 0..<50 {
            let fresh = [Float(2 * batch + 4), Float(2 * batch + 5)]
            let wanted = fresh.map { image in
                guard witness.uniform() > 0.5 else { return image }
                let place = witness.below(3)
                replacements += 1
                defer { remembered[place] = image }
                return remembered[place]
            }
            #expect(try pool.query(images(fresh), &random).floats() == wanted)
            #expect(try pool.state()["images"]?.floats() == remembered)
        }
        // Half of a hundred, give or take five standard deviations of 5.
        #expect((25...75).contains(replacements))
    }

    @Test func `of no capacity returns every image`() throws {
        let pool = ImagePool(capacity: 0)
        var random = key.stream("pool")
        for _ in 0..<8 { #expect(try pool.query(images([5, 6]), &random).floats() == [5, 6]) }
        #expect(try pool.state().isEmpty)
    }

    @Test func `passes no gradient on`() throws {
        let fakes = try images([1, 2])
        try fakes.setRequiresGradient(true)
        var random = key.stream("pool")
        #expect(try !ImagePool(capacity: 1).query(fakes * 3, &random).requiresGradient)
    }

    @Test func `goes on from its state`() throws {
        let (pool, copy) = (ImagePool(capacity: 2), ImagePool(capacity: 2))
        var random = key.stream("pool")
        _ = try pool.query(images([1, 2, 3, 4, 5]), &random)
        try copy.load(pool.state())
        var again = random
        #expect(try pool.query(images([6, 7, 8]), &random).floats() == copy.query(images([6, 7, 8]), &again).floats())
        #expect(try pool.state()["images"]?.floats() == copy.state()["images"]?.floats())
    }
}
