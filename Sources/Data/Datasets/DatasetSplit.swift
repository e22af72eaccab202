// SPDX-License-Identifier: MIT

/// A part of a dataset that is listed on its own.
public enum DatasetSplit: String, Sendable, CaseIterable, Codable {
    /// What networks are trained on.
    case train
    /// What is looked for when a network is scored, and where: the benchmark that papers report.
    case query, gallery
    /// VisDA-2020's test set, whose identities only the organisers know.
    case testQuery = "test-query"
    case testGallery = "test-gallery"
    /// VehicleID's medium and large test sets; ``query`` and ``gallery`` are the small one, of 800.
    case query1600 = "query-1600"
    case gallery1600 = "gallery-1600"
    case query2400 = "query-2400"
    case gallery2400 = "gallery-2400"

    /// The gallery in which these queries are looked for; nil for what holds no queries.
    public var gallery: DatasetSplit? {
        switch self {
        case .query: .gallery
        case .testQuery: .testGallery
        case .query1600: .gallery1600
        case .query2400: .gallery2400
        case .train, .gallery, .testGallery, .gallery1600, .gallery2400: nil
        }
    }
}
