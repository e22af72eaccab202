// SPDX-License-Identifier: MIT

/// Which experiments stand behind a table's rows.
public enum TablePreset: String, Sendable, CaseIterable, Codable {
    /// Those of the publication, on its data.
    case paper
    /// Their twins on a drawn world, in minutes; what they come to says nothing of the published numbers.
    case synthetic
}
