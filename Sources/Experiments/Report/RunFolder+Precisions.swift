// SPDX-License-Identifier: MIT

public import Pipeline

extension RunFolder {
    /// What each query of each row came to, by the row's name in the result; nothing for a query that does not count, and no
    /// row of which that was not kept.
    ///
    /// - Complexity: Reads the evidence of all rows, some 100 KB each.
    public func averagePrecisions() throws -> [String: [Double?]] {
        let rows = try ReportedRun(self).rows
        return Dictionary(rows.compactMap { row in row.evidence.map { (row.name, $0.averagePrecisions) } }) { $1 }
    }
}
