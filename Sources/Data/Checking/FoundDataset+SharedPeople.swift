// SPDX-License-Identifier: MIT

extension FoundDataset {
    /// What is to be said of people who are trained on and tested, once for each split of the test. Their images need not be
    /// there.
    ///
    /// - Complexity: One listing of all splits.
    public var sharedPeople: [DatasetFinding] {
        let listings = splits.compactMap { split in (try? listing(split)).map { (split, $0) } }
        return DatasetComparison(edition: edition, listings: listings, outcomes: [:]).identityFindings
    }
}
