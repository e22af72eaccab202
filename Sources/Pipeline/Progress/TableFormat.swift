// SPDX-License-Identifier: MIT

/// How a table is written.
public enum TableFormat: String, Sendable, CaseIterable {
    case text, markdown, csv, latex
}
