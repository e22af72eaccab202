// SPDX-License-Identifier: MIT

/// Something about a dataset that its user should know.
public struct DatasetFinding: Sendable, Equatable {
    /// What is wrong, in the order in which findings are shown.
    public enum Kind: String, Sendable, CaseIterable, Codable {
        /// A split cannot be listed: a name or a line does not fit.
        case unlisted
        /// A list names a file that is not there.
        case missing
        /// A file cannot be read, or is no whole image.
        case damaged
        /// A split holds fewer images than were published: the copy is incomplete.
        case incomplete
        /// Training and test show the same image, or a query is in its own gallery under another camera or
        /// identity.
        case sharedImage = "shared-image"
        /// Training and test show the same people, though the dataset promises others.
        case sharedIdentities = "shared-identities"
        /// No query can be scored under the dataset's protocol.
        case unscorable
        /// A split of the layout is not there at all.
        case absent
        /// A folder of a split holds pictures that are not read, or links that lead nowhere.
        case unread
        /// Training images show nobody of interest.
        case background
        /// A split has more images than were published, or other identities or cameras.
        case counts
        /// A split has one image several times.
        case repeated
        /// Some queries cannot be scored under the dataset's protocol.
        case skippedQueries = "skipped-queries"

        /// Whether the dataset should not be used as it is; the others are worth knowing, and no obstacle.
        public var isError: Bool {
            switch self {
            case .unlisted, .missing, .damaged, .incomplete, .sharedImage, .sharedIdentities, .unscorable: true
            case .absent, .unread, .background, .counts, .repeated, .skippedQueries: false
            }
        }
    }

    public let kind: Kind
    /// Where; several for what is shared.
    public let splits: [DatasetSplit]
    /// The files concerned, where it is about files.
    public let paths: [String]
    /// What was found, in words.
    public let detail: String

    public init(_ kind: Kind, _ splits: [DatasetSplit], paths: [String] = [], _ detail: String) {
        self.kind = kind
        self.splits = splits
        self.paths = paths
        self.detail = detail
    }
}

extension DatasetFinding: CustomStringConvertible {
    public var description: String {
        let severity = kind.isError ? "error" : "warning"
        let places = splits.map(\.rawValue).joined(separator: ", ")
        let files = paths.map { "'\($0)'" }.joined(separator: ", ")
        return "\(severity): \(places): \(files)\(files.isEmpty ? "" : ": ")\(detail)"
    }
}

extension DatasetFinding: Encodable {
    private enum CodingKeys: String, CodingKey {
        case kind, severity, splits, paths, detail
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(kind, forKey: .kind)
        try container.encode(kind.isError ? "error" : "warning", forKey: .severity)
        try container.encode(splits, forKey: .splits)
        try container.encode(paths, forKey: .paths)
        try container.encode(detail, forKey: .detail)
    }
}
