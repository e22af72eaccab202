// SPDX-License-Identifier: MIT

internal import Pages
internal import Pipeline

/// What made all this.
struct ProvenanceSection {
    private let run: ReportedRun

    init(_ run: ReportedRun) { self.run = run }

    var section: Page.Section {
        guard let made = run.result?.provenance else {
            return Page.Section("provenance", "Provenance", [.element(.p, "Nobody kept what made this result.")])
        }
        let request = made.request
        let facts: [(String, String)] =
            [
                ("program", "passerby \(request.version)" + Self.text(request.revision)),
                ("command", request.command.joined(separator: " ")),
                ("experiment", request.file + Self.text(request.fileRevision)),
                ("seed", "\(made.seed)"), ("threads", "\(made.threads)"), ("host", made.host),
            ] + made.machine.sorted { $0.key < $1.key }.map { ($0.key.replacing("_", with: " "), $0.value) }
            + [("data", "\(run.plan.dataDigest)")]
        return Page.Section(
            "provenance", "Provenance", [Table(["", ""], facts.map { [.text($0), .text($1)] }).html])
    }

    private static func text(_ revision: Revision?) -> String { revision.map { " (\($0))" } ?? "" }
}
