// SPDX-License-Identifier: MIT

/// What other programs call the same thing: no edit leads from one name to the other.
private let usualNames = [
    "lr": "rate", "learning_rate": "rate", "num_workers": "workers", "batch_size": "batch", "gpu": "cuda",
]

/// The known name that a misspelt one most likely means.
///
/// The name that other programs give it counts first. Else a candidate counts when one name begins with the other, or when
/// at most two edits (one for short names) turn one into the other; case is ignored. The fewest edits win, then the earlier
/// candidate.
///
/// - Complexity: O(candidates × length²).
public func nearest(to name: String, among candidates: [String]) -> String? {
    let wanted = Array(name.lowercased().unicodeScalars)
    guard !wanted.isEmpty else { return nil }
    if let usual = usualNames[name.lowercased()], candidates.contains(usual) { return usual }
    var best: (candidate: String, distance: Int)?
    for candidate in candidates {
        let known = Array(candidate.lowercased().unicodeScalars)
        let shorter = min(wanted.count, known.count)
        let isPrefix = shorter >= 2 && wanted.prefix(shorter) == known.prefix(shorter)
        // A pair of short names differs by two edits whatever they are.
        let limit = min(2, max(wanted.count, known.count) / 2)
        guard isPrefix || abs(wanted.count - known.count) <= limit else { continue }
        let distance = editDistance(wanted, known)
        guard isPrefix || distance <= limit else { continue }
        if distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.candidate
}

/// The fewest insertions, deletions, substitutions and swaps of neighbours that turn one text into the other,
/// where no part is edited twice (Damerau and Levenshtein's distance, restricted: "optimal string
/// alignment").
///
/// - Complexity: time O(left × right), memory O(right).
func editDistance<Element: Equatable>(_ left: [Element], _ right: [Element]) -> Int {
    var twoAbove: [Int] = []
    var above = Array(0...right.count)
    for row in left.indices {
        var current = [row + 1]
        for column in right.indices {
            var cost = min(
                above[column + 1] + 1,
                current[column] + 1,
                above[column] + (left[row] == right[column] ? 0 : 1)
            )
            let hasBefore = row > 0 && column > 0
            if hasBefore, left[row] == right[column - 1], left[row - 1] == right[column] {
                cost = min(cost, twoAbove[column - 1] + 1)
            }
            current.append(cost)
        }
        (twoAbove, above) = (above, current)
    }
    return above[right.count]
}
