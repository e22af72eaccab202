// SPDX-License-Identifier: MIT

import Randomness
import Testing
import Vocabulary

@testable import Data

private let key = RandomKey(seed: 11)

private func cameras(_ numbers: [Int]) -> [Camera] {
    numbers.map { Camera(rawValue: $0) }
}

@Suite struct `A PK sampler's pass` {
    /// Class 0 has camera 0 twice and camera 1 once: an anchor of camera 0 leaves only image 2 to draw, three
    /// times; the anchor 2 leaves images 0 and 1. Class 1 has one camera: partners are its other image. Class
    /// 2 has one image.
    @Test func `of a small set consists of the only groups that are possible`() {
        let sampler = PKSampler(
            labels: [0, 0, 0, 1, 1, 2], cameras: cameras([0, 0, 1, 3, 3, 0]), instances: 4
        )
        for index in 0..<50 {
            var random = key.stream("pass", index: index)
            var rest = sampler.pass(&random)[...]
            #expect(rest.count == 9)
            var classes: Set<Int> = []
            while let anchor = rest.popFirst() {
                switch anchor {
                case 0, 1:
                    #expect(Array(rest.prefix(3)) == [2, 2, 2])
                    classes.insert(0)
                case 2:
                    #expect(rest.prefix(3).allSatisfy { $0 < 2 })
                    classes.insert(0)
                case 3, 4:
                    #expect(Array(rest.prefix(3)) == [7 - anchor, 7 - anchor, 7 - anchor])
                    classes.insert(1)
                default:
                    #expect(anchor == 5)
                    classes.insert(2)
                }
                if anchor != 5 { rest = rest.dropFirst(3) }
            }
            #expect(classes == [0, 1, 2])
        }
    }

    /// Every class has 6 images by 3 cameras, two each: 4 candidates of other cameras, so no repetition.
    @Test func `visits every class once, with distinct partners from other cameras`() {
        let labels = (0..<60).map { $0 / 6 }
        let cameraNumbers = (0..<60).map { $0 % 3 }
        let sampler = PKSampler(labels: labels, cameras: cameras(cameraNumbers), instances: 4)
        var random = key.stream("pass")
        let pass = sampler.pass(&random)
        #expect(pass.count == 40)
        let groups = stride(from: 0, to: 40, by: 4).map { Array(pass[$0..<($0 + 4)]) }
        #expect(Set(groups.map { labels[$0[0]] }).count == 10)
        for group in groups {
            #expect(Set(group.map { labels[$0] }).count == 1)
            #expect(Set(group).count == 4)
            #expect(group.dropFirst().allSatisfy { cameraNumbers[$0] != cameraNumbers[group[0]] })
        }
    }

    /// Three candidates for three places are drawn with replacement: all different in 3!/3³ = 2/9 of the
    /// cases.
    @Test func `draws exactly K − 1 candidates with replacement, as the reference does`() {
        let sampler = PKSampler(labels: [0, 0, 0, 0], cameras: cameras([0, 0, 0, 0]), instances: 4)
        let rounds = 4000
        let distinct = (0..<rounds).count { index in
            var random = key.stream("replacement", index: index)
            return Set(sampler.pass(&random)).count == 4
        }
        // Five standard deviations of a proportion of 2/9 over 4,000 rounds are 0.033.
        #expect(abs(Double(distinct) / Double(rounds) - 2.0 / 9) < 0.033)
    }

    @Test func `draws anchors uniformly`() {
        let sampler = PKSampler(labels: [0, 0, 0, 0, 0], cameras: cameras([0, 1, 2, 3, 4]), instances: 2)
        let rounds = 5000
        var counts = [Int](repeating: 0, count: 5)
        for index in 0..<rounds {
            var random = key.stream("anchors", index: index)
            counts[sampler.pass(&random)[0]] += 1
        }
        // Five standard deviations of a proportion of 1/5 over 5,000 rounds are 0.0283.
        #expect(counts.allSatisfy { abs(Double($0) / Double(rounds) - 0.2) < 0.0283 }, "\(counts)")
    }
}

@Suite struct `An epoch sampler` {
    let labels = (0..<70).map { $0 / 10 }

    private func sampler(shuffles: Bool = false) -> EpochSampler {
        let pk = PKSampler(labels: labels, cameras: cameras((0..<70).map { $0 % 5 }), instances: 4)
        return EpochSampler(.identities(pk), shufflesBatches: shuffles)
    }

    private func batches(_ sampler: EpochSampler, epoch: Int = 0, iterations: Int = 7, size: Int = 8) throws
        -> [[Int]]
    {
        try sampler.batches(epoch: epoch, iterations: iterations, batchSize: size, key: key, purpose: "test")
    }

    /// A pass has 7 classes × 4 = 28 images: 3 batches of 8, and 4 images that are dropped.
    @Test func `starts further passes inside an epoch and drops what a pass leaves over`() throws {
        let batches = try batches(sampler())
        #expect(batches.count == 7)
        #expect(batches.allSatisfy { $0.count == 8 })
        for pass in [0..<3, 3..<6] {
            let classes = batches[pass].flatMap { $0 }.map { labels[$0] }
            #expect(Set(classes).count == 6)
            #expect(Set(classes).allSatisfy { label in classes.count { $0 == label } == 4 })
        }
    }

    @Test func `covers every image at most once in a shuffled pass`() throws {
        let batches = try batches(EpochSampler(.shuffled(count: 20)), iterations: 2, size: 9)
        #expect(Set(batches.flatMap { $0 }).count == 18)
        #expect(batches.flatMap { $0 }.allSatisfy { (0..<20).contains($0) })
    }

    @Test func `gives the same epoch whatever was asked for before, and the beginning of a longer one`()
        throws
    {
        let sampler = sampler()
        #expect(try batches(sampler, epoch: 5) == batches(sampler, epoch: 5))
        #expect(try batches(sampler, epoch: 5) != batches(sampler, epoch: 6))
        #expect(try batches(sampler, epoch: 5, iterations: 4) == Array(batches(sampler, epoch: 5).prefix(4)))
    }

    @Test func `shuffles inside a batch on request, and only there`() throws {
        let ordered = try batches(sampler(), iterations: 3)
        let shuffled = try batches(sampler(shuffles: true), iterations: 3)
        #expect(ordered != shuffled)
        #expect(ordered.map { $0.sorted() } == shuffled.map { $0.sorted() })
    }

    @Test func `reports a pass that fills no batch instead of trying for ever`() {
        #expect(throws: DataError.tooFewImages(purpose: "test", found: 28, needed: 29)) {
            try batches(sampler(), size: 29)
        }
        #expect(
            DataError.tooFewImages(purpose: "adapt.target", found: 28, needed: 64).description
                == "adapt.target: one pass over the data gives 28 images; a batch needs 64"
        )
        #expect(throws: DataError.tooFewImages(purpose: "test", found: 0, needed: 1)) {
            try batches(EpochSampler(.shuffled(count: 0)), size: 1)
        }
    }
}
