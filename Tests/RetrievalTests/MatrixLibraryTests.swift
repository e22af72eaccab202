// SPDX-License-Identifier: MIT

import Machine
import Testing

@testable import Retrieval

@Suite struct `The matrix library` {
    @Test func `names its kernels and measures them, and its products are exact`() {
        #expect(!MatrixLibrary.current.coreType.isEmpty)
        let rate = MatrixLibrary.current.measuredRate(repetitions: 1)
        #expect(rate.best > 1e8)
        #expect(rate.isRight)
    }

    #if arch(x86_64)
    @Test func `is offered kernels that the instructions allow, whoever made the processor`() {
        let wide = ["avx2", "fma", "avx512f", "avx512dq", "avx512cd", "avx512bw", "avx512vl"]
        #expect(MatrixLibrary.candidates(for: InstructionSet(flags: wide)).first == "SkylakeX")
        #expect(!MatrixLibrary.candidates(for: InstructionSet(flags: ["avx2", "fma"])).contains("SkylakeX"))
        #expect(MatrixLibrary.candidates(for: InstructionSet(flags: ["avx2", "fma"])).first == "Haswell")
        #expect(MatrixLibrary.candidates(for: InstructionSet(flags: [])) == ["Nehalem"])
    }
    #endif
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

    /// Noise, of which many rows share some neighbour and few are near.
    @Test func `has room for the pairs that are held, whether near or all below distance 1`() throws {
        let features = try clusteredRows(count: 800, identities: 800, dimension: 32, seed: 11).normalised()
        let jaccard = ClusteringJaccard(neighbours: 6, expansion: 6)
        // A column and a distance, both ways, at least.
        let bytes = { (radius: Float) in try jaccard.distances(of: features, within: radius).pairCount * 2 * 8 }
        let result = { MemoryForecast.clustering(count: 800, dimension: 32, neighbours: 6, holding: $0).result }
        #expect(try bytes(0.9) < result(.near))
        #expect(try result(.near) < bytes(1) && bytes(1) < result(.belowOne))
    }

    @Test(arguments: [(300, 300), (2000, 400)])
    func `counts as pairs below distance 1 those of shared neighbours, and all of few rows`(count: Int, pairs: Int) {
        let forecast = MemoryForecast.clustering(count: count, dimension: 8, neighbours: 4, holding: .belowOne)
        #expect(forecast.result == count * pairs * 24)
    }

    @Test func `of re-ranking holds the result, and no table of all pairs`() {
        let forecast = MemoryForecast.reRanking(
            queryCount: 3368, galleryCount: 15913, dimension: 2048, neighbours: 30)
        #expect(forecast.result == 3368 * 15913 * 4)
        #expect(forecast.total < 19281 * 19281 * 4)
    }
}
