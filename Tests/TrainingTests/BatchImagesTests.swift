// SPDX-License-Identifier: MIT

import Tensor
import Testing
import Vocabulary

@testable import Data
@testable import Training

@Suite struct `A batch as a tensor` {
    /// One image of one row and two pixels in two views, then two such images.
    private let one = Batch(
        views: [[1, 2, 3, 4, 5, 6], [11, 12, 13, 14, 15, 16]], height: 1, width: 2, labels: [0],
        cameras: [Camera(rawValue: 0)], indices: [7])
    private let two = Batch(
        views: [[21, 22, 23, 24, 25, 26, 31, 32, 33, 34, 35, 36], [Float](repeating: 0, count: 12)], height: 1, width: 2,
        labels: [1, 1], cameras: [Camera(rawValue: 0), Camera(rawValue: 1)], indices: [2, 3])

    /// Both pixels' red, both green, both blue.
    @Test func `has a map for each colour`() throws {
        #expect(try one.images().shape == [1, 3, 1, 2])
        #expect(try one.images().floats() == [1, 4, 2, 5, 3, 6])
        #expect(try one.images(view: 1).floats() == [11, 14, 12, 15, 13, 16])
    }

    @Test func `stands before the batch that follows it`() throws {
        let joint = try one.images(followedBy: two)
        #expect(joint.shape == [3, 3, 1, 2])
        #expect(try joint.floats() == [1, 4, 2, 5, 3, 6, 21, 24, 22, 25, 23, 26, 31, 34, 32, 35, 33, 36])
        let apart = try Tensor.concatenated([two.images(view: 1), one.images(view: 1)])
        #expect(try two.images(view: 1, followedBy: one).floats() == apart.floats())
    }

    @Test func `does not stand before images of another size`() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let batches = [(1, 2), (2, 1)].map { height, width in
                Batch(
                    views: [[1, 2, 3, 4, 5, 6]], height: height, width: width, labels: [0],
                    cameras: [Camera(rawValue: 0)], indices: [0])
            }
            _ = try batches[0].images(followedBy: batches[1])
        }
        let text = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) }
        #expect(text?.contains("batches of [1, 1, 2, 3] and [1, 2, 1, 3] do not stand in one") == true)
    }
}
