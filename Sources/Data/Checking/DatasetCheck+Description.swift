// SPDX-License-Identifier: MIT

internal import Reporting

extension DatasetCheck: CustomStringConvertible {
    /// The check as a person reads it: a table of the splits, then at most ``shownOfEachKind`` findings of each kind.
    public var description: String {
        let title = "\(dataset.definition.title) (\(layout)) in \(folder)"
        let standing = dataset.definition.standing == .withdrawn ? ["withdrawn by its authors"] : []
        let memory = memoryProblem.map { ["not remembered: \($0)"] } ?? []
        let files = "\(counted(readCount, "image")) read, \(rememberedCount) unchanged since the last check"
        return ([title] + standing + table + shownFindings + memory + [files, verdict]).joined(separator: "\n")
    }

    /// How many findings of a kind are printed; all of them are in ``findings``.
    static let shownOfEachKind = 20

    private var verdict: String {
        let errors = findings.count { $0.kind.isError }
        let warnings = findings.count - errors
        return errors + warnings == 0
            ? "nothing wrong" : "\(counted(errors, "error")), \(counted(warnings, "warning"))"
    }

    private var shownFindings: [String] {
        DatasetFinding.Kind.allCases.flatMap { kind in
            let all = findings.filter { $0.kind == kind }
            let hidden = all.count - Self.shownOfEachKind
            let rest = hidden > 0 ? ["\(kind.isError ? "error" : "warning"): and \(hidden) more of this kind"] : []
            return all.prefix(Self.shownOfEachKind).map(\.description) + rest
        }
    }

    /// Found numbers, each followed by the published one where there is one.
    private var table: [String] {
        guard !splits.isEmpty else { return [] }
        let head = ["split", "images", "identities", "cameras", "background", "junk"]
        let rows = splits.map { split in
            let published = split.published.first
            return [
                split.name.rawValue,
                number(split.images, published?.images),
                number(split.identities, published?.identities),
                number(split.cameras, published?.cameras),
                String(split.background), String(split.junk),
            ]
        }
        let widths = head.indices.map { column in ([head] + rows).map { $0[column].count }.max() ?? 0 }
        return ([head] + rows).map { row in
            row.indices.map { column in
                let padding = String(repeating: " ", count: widths[column] - row[column].count)
                return column == 0 ? row[column] + padding : padding + row[column]
            }.joined(separator: "  ")
        }
    }

    private func number(_ found: Int?, _ published: Int?) -> String {
        let found = found.map(String.init) ?? "-"
        return published.map { "\(found) of \($0)" } ?? found
    }
}
