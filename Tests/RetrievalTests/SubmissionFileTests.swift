// SPDX-License-Identifier: MIT

import Testing

@testable import Retrieval

@Suite struct `A submission file` {
    @Test func `has one line per query, nearest first, five digits each`() throws {
        let distances = try DistanceMatrix([0.3, 0.1, 0.2, 0.5, 0.5, 0.4], rowCount: 2, columnCount: 3)
        let file = SubmissionFile(ranking: distances)
        #expect(file.text == "00001 00002 00000\n00002 00000 00001\n")
    }
}

@Suite struct `A submission file of many gallery rows` {
    @Test func `holds the first hundred, ties by index`() throws {
        // Distance 0 for every second row: 75 of 150 rows, then the odd ones from 1 up.
        let distances = try DistanceMatrix((0..<150).map { Float($0 % 2) }, rowCount: 1, columnCount: 150)
        let expected = (0..<75).map { 2 * $0 } + (0..<25).map { 2 * $0 + 1 }
        #expect(SubmissionFile(ranking: distances).rankings == [expected])
    }
}
