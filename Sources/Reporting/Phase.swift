// SPDX-License-Identifier: MIT

/// What a stage under way is at.
public enum Phase: String, Sendable, CaseIterable {
    /// Images become embeddings.
    case embedding
    /// The nearest neighbours of embeddings are looked for.
    case searching
    /// Embeddings become clusters, by their neighbours.
    case clustering
    /// Networks take steps.
    case training
    /// Queries and gallery are embedded and scored.
    case evaluating
    /// Images become images of the other domain.
    case translating

    /// What is counted meanwhile, in the plural.
    public var unit: String {
        switch self {
        case .embedding, .evaluating, .translating: "images"
        case .searching, .clustering: "rows"
        case .training: "steps"
        }
    }
}
