// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Pipeline

@Suite struct `A file that is put in place whole` {
    /// Each of eight writers at a time, a page of its own; whoever reads sees one of them from beginning to end.
    @Test func `may be written by many at a time where they share it`() throws {
        let scratch = try Scratch(isInMemory: true)
        let url = scratch.url.appendingPathComponent("page.html")
        let pages = (0..<8).map { Data(repeating: UInt8($0), count: 100_000) }
        let failures = Failures()
        DispatchQueue.concurrentPerform(iterations: pages.count * 20) { number in
            do {
                let page = pages[number % pages.count]
                try DurableFile.replace(url, with: page, isLasting: false, isShared: true)
                if try !pages.contains(Data(contentsOf: url)) { failures.add("a torn page") }
            } catch {
                failures.add("\(error)")
            }
        }
        #expect(failures.texts == [])
        #expect(names(in: scratch.url) == ["page.html"])
    }

    private final class Failures: @unchecked Sendable {
        private let lock = NSLock()
        private var found: [String] = []

        var texts: [String] { lock.withLock { found } }

        func add(_ text: String) { lock.withLock { found.append(text) } }
    }
}
