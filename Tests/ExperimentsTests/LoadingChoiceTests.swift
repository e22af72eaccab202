// SPDX-License-Identifier: MIT

import Data
import Testing

@testable import Experiments

@Suite struct `A cache of decoded images` {
    @Test func `in memory takes a quarter of what this process can get`() throws {
        guard case .memory(let images)? = try CacheChoice.memory.cache(in: "/nowhere", free: 4004) else {
            Issue.record("no images are kept in memory")
            return
        }
        #expect(images.byteLimit == 1001)
    }

    @Test func `is none where none is asked for`() throws {
        let cache = try CacheChoice.off.cache(in: "/nowhere", free: 4004)
        #expect(cache.map { _ in true } == nil)
    }
}
