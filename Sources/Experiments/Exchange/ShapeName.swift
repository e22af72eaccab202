// SPDX-License-Identifier: MIT

internal import Backbones
internal import Layers

/// The parts of a network's shape, under the names that files of weights have for them.
enum ShapeName: String, CaseIterable {
    case backbone, pooling, embedding, domains
    case imagesPerNormGroup = "images_per_norm_group"

    private static let none = "none"

    /// A shape's part as text; `none` where it has none.
    func text(of shape: NetworkShape) -> String {
        switch self {
        case .backbone: shape.backbone.rawValue
        case .pooling: shape.pooling.rawValue
        case .embedding: shape.embedding.map(String.init) ?? Self.none
        case .domains: shape.domains.rawValue
        case .imagesPerNormGroup: shape.imagesPerNormGroup.map(String.init) ?? Self.none
        }
    }

    /// Whether a text is that of some shape's part.
    func admits(_ text: String) -> Bool {
        switch self {
        case .backbone: Backbone(rawValue: text) != nil
        case .pooling: GlobalPooling.Kind(rawValue: text) != nil
        case .embedding: text == Self.none || Int(text).map { $0 >= 1 } == true
        case .domains: NormalisationDomains(rawValue: text) != nil
        case .imagesPerNormGroup: text == Self.none || Int(text).map { $0 >= 2 } == true
        }
    }

    /// What a file may say of the part, in words.
    var allowed: String {
        switch self {
        case .backbone: Backbone.allCases.map(\.rawValue).joined(separator: ", ")
        case .pooling: GlobalPooling.Kind.allCases.map(\.rawValue).joined(separator: " or ")
        case .embedding: "a length of 1 or more, or \(Self.none)"
        case .domains: NormalisationDomains.allCases.map(\.rawValue).joined(separator: " or ")
        case .imagesPerNormGroup: "2 or more images, or \(Self.none)"
        }
    }
}
