// SPDX-License-Identifier: MIT

public import Reporting
public import Retrieval
public import Tensor

/// What can be wrong with a feature file.
public enum FeatureFileError: ReportedError, Equatable {
    /// `found` are the names that the file has instead, where somebody has looked.
    case missing(path: String, tensor: String, found: [String] = [])
    /// `found` in words, as not every type of a NumPy file has a name here.
    case wrongType(path: String, tensor: String, found: String, allowed: [StoredElementType])
    case misshapen(path: String, tensor: String, found: [Int], expected: String)
    /// A row of embeddings that has no direction, or a value that is not finite.
    case unusable(path: String, tensor: String, reason: RetrievalError)
    /// An identity below −1.
    case unknownIdentity(path: String, tensor: String, row: Int, found: Int)
    /// There is nobody on one side.
    case onlyJunk(path: String, tensor: String)
    /// A submission needs a line for every query.
    case junkQueries(path: String, count: Int)

    public var exitKind: ExitKind { .badData }

    public var description: String {
        switch self {
        case .missing(let path, let tensor, let found):
            "\(path): no tensor '\(tensor)'" + (found.isEmpty ? "" : " among \(Self.list(found))")
                + "; a feature file has features [N, D], ids [N] and cameras [N], a retrieval file has the same under 'query.' "
                + "and 'gallery.'"
        case .wrongType(let path, let tensor, let found, let allowed):
            "\(path): '\(tensor)' holds \(found); allowed: \(allowed.map { "\($0)" }.joined(separator: ", "))"
        case .misshapen(let path, let tensor, let found, let expected):
            "\(path): '\(tensor)' is \(found); allowed: \(expected)"
        case .unusable(let path, let tensor, let reason):
            "\(path): '\(tensor)': \(reason)"
        case .unknownIdentity(let path, let tensor, let row, let found):
            "\(path): '\(tensor)', row \(row) is \(found); allowed: 0 or more, or -1 for junk"
        case .onlyJunk(let path, let tensor):
            "\(path): '\(tensor)' holds nothing but -1, which is junk; at least one row of somebody is needed"
        case .junkQueries(let path, let count):
            "\(path): \(counted(count, "query is", "queries are")) junk (identity -1); a submission file has a line for every query"
        }
    }
    private static func list(_ names: [String]) -> String {
        names.prefix(8).joined(separator: ", ") + (names.count > 8 ? " and \(names.count - 8) more" : "")
    }
}
