// SPDX-License-Identifier: MIT

/// A figure that papers' tables have, by its name in `result.json`; there a share in `[0, 1]`, here in percent.
public enum TableFigure: String, Sendable, CaseIterable, Codable, CodingKeyRepresentable {
    case mAP, mINP, top1, top5, top10

    /// What stands above its column.
    public var heading: String {
        switch self {
        case .mAP: "mAP"
        case .mINP: "mINP"
        case .top1: "top-1"
        case .top5: "top-5"
        case .top10: "top-10"
        }
    }
}
