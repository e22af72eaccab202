// SPDX-License-Identifier: MIT

import Foundation
import Retrieval
import Tensor
import Testing

@testable import Training

/// A process computes on one device: each test has a process of its own.
@Suite(.enabled(if: hasCard, "there is no NVIDIA card here that libtorch computes on")) struct `On a card` {
    @Test func `a search finds what the processor's finds`() async {
        await #expect(processExitsWith: .success) {
            try Engine.prepare(threads: 1, device: .cuda(0))
            var search = DeviceSearch()
            search.distancesHeld = 95 * 7
            let found = try search.neighbours(of: signs(95), width: 20, progress: nil)
            #expect(found == (try NearestNeighbours(count: 20).among(signs(95))))
            guard case .delegated = SearchStrategy.onDevice else {
                Issue.record("\(SearchStrategy.onDevice)")
                return
            }
        }
    }

    /// A factor of TF32 has 11 bits: distances would be off by some 1e-4.
    @Test func `a search takes whole factors where training takes TF32`() async {
        await #expect(processExitsWith: .success) {
            try Engine.prepare(threads: 1, device: .cuda(0), precision: .tf32)
            let features = try drawnRows()
            try expectExactDistances(DeviceSearch().neighbours(of: features, width: 12, progress: nil), of: features)
        }
    }

    /// A million GiB.
    @Test func `memory is counted, and what it does not suffice for is an error`() async {
        await #expect(processExitsWith: .success) {
            try Engine.prepare(threads: 1, device: .cuda(0))
            let tensor = try Tensor.full(1, shape: [1 << 20])
            #expect(try #require(try Engine.peakCardBytes()) >= tensor.byteCount)
            let error = #expect(throws: TensorError.self) { try Tensor.full(1, shape: [1 << 24, 1 << 24]) }
            guard case .outOfMemory("full", _, _) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(try Tensor.full(1, shape: [2]).sum().scalar() == 2)
        }
    }
}

/// The driver is looked for first: loading libtorch's CUDA library takes a second and half a GiB.
private let hasCard =
    FileManager.default.fileExists(atPath: "/proc/driver/nvidia/version") && ((try? Engine.cardCount()) ?? 0) > 0
