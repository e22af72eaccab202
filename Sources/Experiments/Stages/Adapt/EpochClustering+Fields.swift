// SPDX-License-Identifier: MIT

internal import Configuration
internal import Training

/// The keys of every method that leaves its clustering to the experiment: the word `clustering`, and those of what it
/// chooses.
extension EpochClustering {
    private enum Kind: String, CaseIterable {
        case dbscan, kmeans
    }

    private var kind: Kind {
        switch self {
        case .dbscan: .dbscan
        case .kMeans: .kmeans
        }
    }

    /// - Parameter density: DBSCAN's numbers of the method, where it is chosen and they are left out.
    static func fields(_ density: Density) -> [Field<Self>] {
        let choice = Field<Self>(
            key: "clustering", roles: .result,
            meaning:
                "How pseudo labels are found: by density, where outliers have none, or by k-means, where all images have one.",
            form: .word(Kind.allCases.map(\.rawValue), orMatching: nil),
            read: { mapping, part in
                guard let kind = mapping.optional("clustering", .choice(Kind.self))?.value, kind != part.kind else { return }
                switch kind {
                case .dbscan: part = .dbscan(density)
                case .kmeans: part = .kMeans(Means())
                }
            },
            write: { part, _ in YAMLNode(part.kind.rawValue) })
        return [choice]
            + Density.fields.map { field in
                field.inside(
                    "clustering", Kind.dbscan.rawValue, initially: density,
                    { if case .dbscan(let density) = $0 { density } else { nil } }, EpochClustering.dbscan)
            }
            + Means.fields.map { field in
                field.inside(
                    "clustering", Kind.kmeans.rawValue, initially: Means(),
                    { if case .kMeans(let means) = $0 { means } else { nil } },
                    EpochClustering.kMeans)
            }
    }
}

extension EpochClustering.Density {
    fileprivate static var fields: [Field<Self>] {
        [
            .neighbours(\.neighbours), .expansion(\.expansion),
            Field(
                "eps", .result, \.radius,
                meaning: KeyMeaning(
                    "The radius of DBSCAN: images nearer than this belong together. `{nearest: SHARE}` finds it before the first epoch.",
                    symbol: "ε"), .radius
            ) { YAMLNode($0) },
            .minimumPoints(\.minimumPoints),
        ]
    }
}

extension EpochClustering.Means {
    fileprivate static var fields: [Field<Self>] {
        [
            .integer(
                "clusters", .result, \.clusters, Limits.clusters,
                meaning: KeyMeaning("Clusters that k-means makes.", unit: "clusters")),
            .integer(
                "runs", .result, \.runs, Limits.clusteringRuns,
                meaning: KeyMeaning("Runs of k-means from different beginnings, of which the best counts.", unit: "runs")),
        ]
    }
}

extension ValueReader where Value == EpochClustering.Radius {
    /// A number, or `{nearest: SHARE}`.
    fileprivate static var radius: ValueReader {
        let number = ValueReader<Double>.number(Limits.radius)
        let share = KeyDescription(
            "nearest", .number(Limits.pairShare),
            meaning: "The share of all pairs of images, the nearest ones, whose mean distance is the radius.",
            isRequired: true)
        let nearest = ValueReader<Double>.mapping([share]) { $0.required("nearest", .number(Limits.pairShare))?.value }
        let form = ValueForm.either([number.form, nearest.form])
        return ValueReader(expected: "\(number.expected), or {nearest: \(Limits.pairShare.lowerBound) to 1}", form: form) {
            node, keyPath, collector in
            if case .mapping = node.value {
                return nearest.value(node, at: keyPath, collector).map { .nearest(share: $0) }
            }
            return number.value(node, at: keyPath, collector).map { .fixed($0) }
        }
    }
}

extension YAMLNode {
    fileprivate init(_ radius: EpochClustering.Radius) {
        switch radius {
        case .fixed(let value): self.init(value)
        case .nearest(let share): self.init(["nearest": YAMLNode(share)])
        }
    }
}
