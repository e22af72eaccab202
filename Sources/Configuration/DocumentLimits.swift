// SPDX-License-Identifier: MIT

/// How large a document may become, aliases expanded.
///
/// Nine anchors that each hold ten aliases of the one before make a billion nodes of three hundred bytes.
struct DocumentLimits {
    var nodes = 100_000
    var depth = 100

    /// What is too large about a tree; none where nothing is.
    func problem(of tree: YAMLNode) -> Problem.Kind? {
        let (size, height) = tree.extent
        if height > depth {
            return .unsupported(found: "a value \(height) levels deep", allowed: "\(depth) levels")
        }
        if size > nodes {
            return .unsupported(found: "more than \(nodes) values", allowed: "at most \(nodes)")
        }
        return nil
    }
}

extension YAMLNode {
    /// How many nodes the tree has, keys counted, and how many levels.
    var extent: (size: Int, height: Int) {
        switch value {
        case .scalar:
            (1, 1)
        case .sequence(let items):
            items.map(\.extent).reduce((1, 1)) { ($0.0 + $1.size, max($0.1, $1.height + 1)) }
        case .mapping(let entries):
            entries.map(\.value.extent).reduce((1, 1)) { ($0.0 + 1 + $1.size, max($0.1, $1.height + 1)) }
        }
    }
}
