// SPDX-License-Identifier: MIT

internal import Pages
internal import Pipeline

/// With which settings, and which of them came from the command line.
struct SettingSection {
    private let run: ReportedRun

    init(_ run: ReportedRun) { self.run = run }

    var section: Page.Section {
        let request = run.result?.provenance?.request
        let file = request.map { "Values come from \($0.file), or are defaults" } ?? "Where values came from was not kept"
        let overrides = request?.overrides ?? []
        let table =
            overrides.isEmpty
            ? [] : [Table(["setting", "value", "from"], overrides.map { Self.cells(of: $0) }).html]
        let remark = overrides.isEmpty ? "\(file)." : "\(file), but for these:"
        let resolved = HTML.element(
            .details, [],
            [.element(.summary, "All settings, and where each comes from"), .element(.pre, run.experiment)])
        return Page.Section("settings", "Settings", [.element(.p, remark)] + table + [resolved])
    }

    private static func cells(of override: String) -> [Table.Cell] {
        let parts = override.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        return [.text(parts[0]), .text(parts.count > 1 ? parts[1] : ""), .text("command line")]
    }
}
