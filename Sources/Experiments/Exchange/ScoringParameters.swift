// SPDX-License-Identifier: MIT

internal import Pipeline
package import Retrieval

/// All that decides what a ranking scores, beside the embeddings.
package struct ScoringParameters: Sendable, Equatable {
    package let rankingProtocol: RankingProtocol
    /// Whether each image's embedding was averaged with its mirror image's; nil where that is not known, as of a feature
    /// file.
    package let flip: Bool?
    /// How much of the camera network's distances was subtracted; nil for none.
    package let cameraWeight: Double?
    /// Nil for none.
    package let reRanking: PostProcessing.ReRanking?

    /// A sentence of what distances are of.
    package var text: String {
        var parts = ["every row brought to length 1 (L2), then compared by cosine"]
        if let cameraWeight { parts.append("\(cameraWeight) × the cameras' distances subtracted") }
        if let reRanking {
            parts.append(
                "re-ranked with k1=\(reRanking.neighbours), k2=\(reRanking.expansion), lambda=\(reRanking.originalWeight)")
        }
        return parts.joined(separator: "; ")
    }
}

extension ScoringParameters: Encodable {
    private enum Key: String, CodingKey {
        case rankingProtocol = "protocol"
        case normalisation, distance, flip
        case cameraWeight = "camera_weight"
        case reRanking = "rerank"
    }

    /// What was not done is `null`; only what nobody knows is left out.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(rankingProtocol, forKey: .rankingProtocol)
        try container.encode("l2", forKey: .normalisation)
        try container.encode("cosine", forKey: .distance)
        try container.encodeIfPresent(flip, forKey: .flip)
        try container.encode(cameraWeight, forKey: .cameraWeight)
        // Under the keys that an experiment file has.
        try container.encode(reRanking.map { JSONValue($0.entries()) }, forKey: .reRanking)
    }
}
