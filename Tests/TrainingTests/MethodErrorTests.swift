// SPDX-License-Identifier: MIT

import Training
import Testing

@Suite struct `Too few clusters` {
    /// 18 of 209 images are outliers: the others lie in two clusters, which were many. 150 of 209 were near to nobody.
    @Test(arguments: [
        (18, "most images were merged: a smaller clustering radius"),
        (104, "most images were merged: a smaller clustering radius"),
        (105, "most images lie apart: a larger clustering radius"),
        (209, "most images lie apart: a larger clustering radius"),
    ])
    func `come with the advice that fits the outliers`(outliers: Int, advice: String) {
        let error = MethodError.tooFewClusters(found: 2, needed: 4, outliers: outliers, images: 209, epoch: 0)
        #expect(
            error.description == "clustering before epoch 1 found 2 clusters, 4 are needed to fill a batch "
                + "(\(outliers) of 209 images are outliers); \(advice), more pre-training or smaller batches may help")
    }
}

@Suite struct `Too few pairs` {
    @Test func `are told with the share, the images and what may help`() {
        #expect(
            MethodError.noRadius(share: 0.0016, images: 20).description
                == "clustering takes its radius from the nearest 0.0016 of all pairs that lie apart, and of 20 images that is "
                + "not one; allowed: a larger share, a number as radius, or more images")
    }
}
