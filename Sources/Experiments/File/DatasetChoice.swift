// SPDX-License-Identifier: MIT

public import Data
public import Retrieval

/// A dataset that can be what an experiment takes one for.
public protocol DatasetRole: RawRepresentable<String>, CaseIterable, Sendable, Equatable {
    var dataset: Dataset { get }
    /// Images of the user's own.
    static var folder: Self { get }
    /// An expression of the names that are accepted and not suggested; nothing for none.
    static var withdrawn: String? { get }
}

/// A dataset whose training images have identities.
public struct SourceDataset: DatasetRole {
    public let dataset: Dataset

    static let personx = SourceDataset(dataset: .personx)
    public static let folder = SourceDataset(dataset: .folder)

    private init(dataset: Dataset) {
        self.dataset = dataset
    }

    public init?(rawValue: String) {
        guard let dataset = Dataset(rawValue: rawValue), dataset.definition.canBeSource else { return nil }
        self.dataset = dataset
    }
}

/// A dataset with training images, queries and a gallery.
public struct TargetDataset: DatasetRole {
    public let dataset: Dataset

    static let visdaTarget = TargetDataset(dataset: .visdaTarget)
    public static let folder = TargetDataset(dataset: .folder)

    private init(dataset: Dataset) {
        self.dataset = dataset
    }

    public init?(rawValue: String) {
        guard let dataset = Dataset(rawValue: rawValue), dataset.definition.canBeTarget else { return nil }
        self.dataset = dataset
    }
}

extension DatasetRole {
    public var rawValue: String { dataset.rawValue }

    /// Those that are suggested: a withdrawn one is accepted, and named only by who wants it.
    public static var allCases: [Self] { Dataset.available.compactMap { Self(rawValue: $0.rawValue) } }

    public static var withdrawn: String? {
        expression(of: Dataset.withdrawn.compactMap { Self(rawValue: $0.rawValue)?.rawValue })
    }
}

private func expression(of names: [String]) -> String? {
    names.isEmpty ? nil : "^(\(names.joined(separator: "|")))$"
}

extension Dataset {
    fileprivate static var withdrawn: [Dataset] { allCases.filter { !available.contains($0) } }

    /// Why a protocol cannot score it: one that leaves out images of the query's camera would leave out all that have none.
    /// Nothing where it can.
    func conflict(with rankingProtocol: RankingProtocol) -> String? {
        guard rankingProtocol.usesCameras, !definition.hasCameras else { return nil }
        let allowed = RankingProtocol.allCases.filter { !$0.usesCameras }.map(\.rawValue).joined(separator: ", ")
        return "'\(rawValue)' does not say which camera took an image, so '\(rankingProtocol.rawValue)' cannot score it; "
            + "allowed: \(allowed)"
    }

    /// The protocol under which the dataset's published numbers were measured.
    public var rankingProtocol: RankingProtocol {
        switch self {
        case .visdaTarget: .visda2020
        case .vehicleid: .vehicleid
        case .market1501, .msmt17, .personx, .personxSDA, .personxSPGAN, .dukemtmc, .veri, .vehiclex, .folder:
            .market1501
        }
    }
}
