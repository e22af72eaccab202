// SPDX-License-Identifier: MIT

public import Data
public import Retrieval

/// A dataset whose training images have identities.
public struct SourceDataset: RawRepresentable, Sendable, Equatable {
    public let dataset: Dataset

    static let personx = SourceDataset(dataset: .personx)

    private init(dataset: Dataset) {
        self.dataset = dataset
    }

    public init?(rawValue: String) {
        guard let dataset = Dataset(rawValue: rawValue), dataset.definition.canBeSource else { return nil }
        self.dataset = dataset
    }

    public var rawValue: String { dataset.rawValue }
}

extension SourceDataset: CaseIterable {
    /// Those that are suggested: a withdrawn one is accepted, and named only by who wants it.
    public static var allCases: [SourceDataset] {
        Dataset.available.compactMap { SourceDataset(rawValue: $0.rawValue) }
    }

    /// An expression of those that are accepted and not suggested.
    static var withdrawn: String? { expression(of: Dataset.withdrawn.compactMap { Self(rawValue: $0.rawValue)?.rawValue }) }
}

/// A dataset with training images, queries and a gallery.
public struct TargetDataset: RawRepresentable, Sendable, Equatable {
    public let dataset: Dataset

    static let visdaTarget = TargetDataset(dataset: .visdaTarget)

    private init(dataset: Dataset) {
        self.dataset = dataset
    }

    public init?(rawValue: String) {
        guard let dataset = Dataset(rawValue: rawValue), dataset.definition.canBeTarget else { return nil }
        self.dataset = dataset
    }

    public var rawValue: String { dataset.rawValue }
}

extension TargetDataset: CaseIterable {
    /// Those that are suggested, as in ``SourceDataset/allCases``.
    public static var allCases: [TargetDataset] {
        Dataset.available.compactMap { TargetDataset(rawValue: $0.rawValue) }
    }

    /// As ``SourceDataset/withdrawn``.
    static var withdrawn: String? { expression(of: Dataset.withdrawn.compactMap { Self(rawValue: $0.rawValue)?.rawValue }) }
}

private func expression(of names: [String]) -> String? {
    names.isEmpty ? nil : "^(\(names.joined(separator: "|")))$"
}

extension Dataset {
    fileprivate static var withdrawn: [Dataset] { allCases.filter { !available.contains($0) } }

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
