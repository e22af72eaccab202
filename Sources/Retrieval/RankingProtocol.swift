// SPDX-License-Identifier: MIT

internal import Vocabulary

/// How a ranking is turned into numbers; every printed number carries its protocol's name.
///
/// Under every protocol identity −1 is junk, a detection that is nobody, and counts on neither side, as in Market-1501's
/// own evaluation and in every reader of datasets; identity 0, background, stays in the gallery.
public enum RankingProtocol: String, Sendable, Codable, CaseIterable {
    /// The whole gallery is ranked; gallery rows of the query's identity *and* camera are left out; average
    /// precision is the mean precision at the hits.
    ///
    /// - SeeAlso: Zheng et al., "Scalable person re-identification: a benchmark", ICCV 2015.
    case market1501
    /// The challenge's own: the ranking is cut to its first 100 rows *before* the query's camera is left out,
    /// and average precision divides by the hits inside the cut. Larger than what textbooks call mAP.
    case visda2020
    /// The same data by the book: no cut, and every match counts.
    case visda2020Textbook = "visda2020-textbook"
    /// Cameras do not count; one gallery row of each identity is drawn, ten times, and the results are
    /// averaged.
    ///
    /// - SeeAlso: Liu et al., "Deep relative distance learning: tell the difference between similar
    ///   vehicles", CVPR 2016.
    case vehicleid

    /// What the protocols that rank the whole gallery differ in; `nil` for the one that draws from it.
    var wholeGallery: WholeGalleryRules? {
        switch self {
        case .market1501: WholeGalleryRules(cut: nil, maximumRank: 100)
        case .visda2020: WholeGalleryRules(cut: 100, maximumRank: 50)
        case .visda2020Textbook: WholeGalleryRules(cut: nil, maximumRank: 50)
        case .vehicleid: nil
        }
    }

    /// Whether a gallery row is what the query looks for; rows of its identity that are not count as nothing at all. Junk
    /// is no match, of junk either.
    public func isMatch(_ row: Sighting, for query: Sighting) -> Bool {
        row.identity == query.identity && row.identity != .junk && wholeGallery?.isJunk(row, for: query) != true
    }

    /// Whether it needs to know which camera saw what.
    public var usesCameras: Bool { wholeGallery != nil }

    /// How far the CMC is reported.
    var maximumRank: Int { wholeGallery?.maximumRank ?? Self.drawnMaximumRank }

    /// How many times a gallery is drawn.
    static let drawCount = 10
    /// How far the CMC of a drawn gallery is reported.
    static let drawnMaximumRank = 50
}

/// The numbers of a protocol that ranks the whole gallery.
struct WholeGalleryRules: Sendable {
    /// Ranks beyond this one are dropped, before rows of the query's camera are.
    let cut: Int?
    /// How far the CMC is reported.
    let maximumRank: Int

    /// Whether a row of the query's identity is left out: its camera saw it there.
    func isJunk(_ row: Sighting, for query: Sighting) -> Bool { row.camera == query.camera }
}
