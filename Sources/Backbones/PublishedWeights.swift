// SPDX-License-Identifier: MIT

/// A file of ImageNet weights as its authors publish it.
public struct PublishedWeights: Sendable, Equatable {
    /// The exact name of the file.
    public let file: String
    /// Who publishes it.
    public let publisher: String
    /// Where, for a person to fetch: nothing is ever downloaded. The name alone where the publisher has a page for all.
    public let address: String
    /// Whether they were trained by a later recipe than those that published re-ID numbers began with.
    public let isOfLaterRecipe: Bool

    fileprivate init(_ file: String, _ publisher: String, below folder: String? = nil, isOfLaterRecipe: Bool = false) {
        self.file = file
        self.publisher = publisher
        address = folder.map { "\($0)/\(file)" } ?? file
        self.isOfLaterRecipe = isOfLaterRecipe
    }

    /// The first eight hexadecimal digits of the file's SHA-256, which its name ends with.
    public var digestPrefix: String {
        String(file.split(separator: "-").last?.prefix { $0 != "." } ?? "")
    }
}

extension Backbone {
    /// Every file that was ever published of this architecture, the ones that the papers used first.
    ///
    /// torchvision's releases up to 0.9 name the first; those since 0.10 the second, of the same published accuracy; those
    /// since 0.13 also a third, `IMAGENET1K_V2`, which was trained by a later recipe and gives other results.
    public var publishedWeights: [PublishedWeights] {
        switch self {
        case .resnet18: Self.torchvision("resnet18-5c106cde", "resnet18-f37072fd")
        case .resnet34: Self.torchvision("resnet34-333f7ec4", "resnet34-b627a593")
        case .resnet50: Self.torchvision("resnet50-19c8e357", "resnet50-0676ba61", later: "resnet50-11ad3fa6")
        case .resnet101: Self.torchvision("resnet101-5d3b4d8f", "resnet101-63fe2227", later: "resnet101-cd907fc2")
        case .resnet18IBNa: Self.instanceBatch("resnet18_ibn_a-2f571257")
        case .resnet50IBNa: Self.instanceBatch("resnet50_ibn_a-d9d0bb7b")
        case .resnet101IBNa: Self.instanceBatch("resnet101_ibn_a-59ea0ac6")
        case .resnext101IBNa: Self.instanceBatch("resnext101_ibn_a-6ace051d")
        case .densenet121IBNa: Self.instanceBatch("densenet121_ibn_a-e4af5cc1")
        case .densenet169IBNa: Self.instanceBatch("densenet169_ibn_a-9f32c161")
        case .resnest50: Self.splitAttention("resnest50-528c19ca")
        case .resnest101: Self.splitAttention("resnest101-22405ba7")
        }
    }

    private static func torchvision(_ names: String..., later: String? = nil) -> [PublishedWeights] {
        (names + [later].compactMap(\.self)).map {
            PublishedWeights(
                "\($0).pth", "torchvision (https://pytorch.org/vision/stable/models.html, or its own download in Python)",
                isOfLaterRecipe: $0 == later)
        }
    }

    private static func instanceBatch(_ name: String) -> [PublishedWeights] {
        [released("\(name).pth", "v1.0", of: "XingangPan/IBN-Net")]
    }

    private static func splitAttention(_ name: String) -> [PublishedWeights] {
        [released("\(name).pth", "weights_step1", of: "zhanghang1989/ResNeSt")]
    }

    private static func released(_ file: String, _ release: String, of repository: String) -> PublishedWeights {
        PublishedWeights(
            file, "release \(release) of \(repository) on GitHub",
            below: "https://github.com/\(repository)/releases/download/\(release)")
    }
}
