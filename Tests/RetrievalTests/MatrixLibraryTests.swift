// SPDX-License-Identifier: MIT

import Testing

@testable import Retrieval

@Suite struct `The matrix library` {
    struct Processor: Sendable {
        let coreType: String
        let isAMD, hasAVX512: Bool
        let recommended: String?
    }

    static let processors = [
        Processor(coreType: "Haswell", isAMD: true, hasAVX512: true, recommended: "SkylakeX"),
        Processor(coreType: "Zen", isAMD: true, hasAVX512: true, recommended: "SkylakeX"),
        Processor(coreType: "SkylakeX", isAMD: true, hasAVX512: true, recommended: nil),
        Processor(coreType: "Cooperlake", isAMD: true, hasAVX512: true, recommended: nil),
        Processor(coreType: "Zen", isAMD: true, hasAVX512: false, recommended: nil),
        Processor(coreType: "Haswell", isAMD: false, hasAVX512: false, recommended: nil),
    ]

    @Test(arguments: processors)
    func `is told other kernels only where an AMD processor runs too narrow ones`(processor: Processor) {
        let library = MatrixLibrary(
            coreType: processor.coreType, isAMD: processor.isAMD, hasAVX512: processor.hasAVX512,
            threadCount: 2)
        #expect(library.recommendedCoreType == processor.recommended)
    }

    @Test func `names its kernels and measures them`() {
        #expect(!MatrixLibrary.current.coreType.isEmpty)
        #expect(MatrixLibrary.current.measuredRate(repetitions: 1).best > 1e8)
    }

}

@Suite struct `A memory forecast` {
    @Test func `is the sum of its parts and grows with the rows`() {
        let small = MemoryForecast.clustering(count: 1000, dimension: 64, neighbours: 20)
        let large = MemoryForecast.clustering(count: 2000, dimension: 64, neighbours: 20)
        #expect(small.features == 1000 * 64 * 4)
        let parts: [Int] = [small.features, small.neighbours, small.encoding, small.result, small.scratch]
        #expect(small.total == parts.reduce(0, +))
        #expect(large.total > small.total)
    }

    @Test func `of re-ranking holds the result, and no table of all pairs`() {
        let forecast = MemoryForecast.reRanking(
            queryCount: 3368, galleryCount: 15913, dimension: 2048, neighbours: 30)
        #expect(forecast.result == 3368 * 15913 * 4)
        #expect(forecast.total < 19281 * 19281 * 4)
    }
}
