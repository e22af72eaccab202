// SPDX-License-Identifier: MIT

import Testing

@testable import Training

@Suite struct `The agreement of two precisions` {
    /// (3, 4) and (4, 3) have the cosine 24/25; lengths do not count.
    @Test func `is the cosine of each image's pair`() {
        let cosines = PrecisionAgreement.cosines(of: [3, 4, 1, 0], with: [8, 6, 2, 0], dimension: 2)
        #expect(cosines == [0.96, 1])
        let agreement = PrecisionAgreement(pooled: [1, 1], embeddings: cosines)
        #expect(agreement.least == 0.96 && agreement.mean == 0.98)
        #expect(agreement.strangers == 0)
    }

    /// As memory holds it that nobody has written.
    @Test(arguments: [Float.nan, .infinity, 0, -1e12])
    func `counts an image that is not finite, has no direction or another one`(value: Float) {
        let cosines = PrecisionAgreement.cosines(of: [value, value, 1, 1], with: [1, 1, 1, 1], dimension: 2)
        let (after, before) = (
            PrecisionAgreement(pooled: [1, 1], embeddings: cosines), PrecisionAgreement(pooled: cosines, embeddings: [1, 1])
        )
        #expect(after.strangers == 1 && before.strangers == 1)
        #expect(!(after.least >= PrecisionAgreement.leastEmbedding))
        #expect(!(after.mean >= PrecisionAgreement.leastEmbedding))
        #expect(!(before.leastBeforeNeck >= PrecisionAgreement.leastPooled))
        #expect((after + before).strangers == 2)
    }

    @Test func `allows more after the neck than before it`() {
        #expect(PrecisionAgreement(pooled: [0.999], embeddings: [0.91]).strangers == 0)
        #expect(PrecisionAgreement(pooled: [0.99], embeddings: [0.99]).strangers == 1)
        #expect(PrecisionAgreement(pooled: [0.999], embeddings: [0.89]).strangers == 1)
    }
}
