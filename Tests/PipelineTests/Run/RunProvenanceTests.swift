// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Pipeline

@Suite struct `What made a result` {
    private let request = RunRequest(
        version: "1.2.3", revision: Revision(commit: String(repeating: "ab", count: 20), changed: true),
        command: ["passerby", "run", "x", "seed=7"], overrides: ["seed=7"], file: "experiments/x.yaml",
        fileRevision: Revision(commit: String(repeating: "cd", count: 20), changed: false))
    private let conditions = RunConditions(threads: 2, facts: ["libtorch": "2.13.0", "kernels": "Haswell", "device": "cpu"])

    @Test func `is one line at the foot of a table`() {
        let text = "\(RunProvenance(request, seed: 7, under: conditions))"
        #expect(
            text == "passerby 1.2.3 (abababababab, changed) · libtorch 2.13.0 · kernels Haswell · device cpu · threads 2 · "
                + "seed 7 · experiments/x.yaml (cdcdcdcdcdcd) · seed=7")
    }

    @Test func `has these members in result.json`() throws {
        let value = try JSONValue(encoding: RunProvenance(request, seed: 7, under: conditions))
        guard case .object(let members) = value else {
            Issue.record("no object: \(value)")
            return
        }
        #expect(members["seed"] == 7 && members["threads"] == 2 && members["host"] == .string(ThisProcess.host))
        #expect(members["machine"] == ["libtorch": "2.13.0", "kernels": "Haswell", "device": "cpu"])
        #expect(
            members["request"] == [
                "version": "1.2.3", "revision": ["commit": .string(String(repeating: "ab", count: 20)), "changed": true],
                "command": ["passerby", "run", "x", "seed=7"], "overrides": ["seed=7"], "file": "experiments/x.yaml",
                "file_revision": ["commit": .string(String(repeating: "cd", count: 20)), "changed": false],
            ])
    }

    /// Those from before it was kept.
    @Test func `is missing from older results, which are read all the same`() throws {
        let old = #"{"experiment": "x", "run": "r", "status": "completed", "stages": [], "rows": []}"#
        #expect(try JSONFile.decoder().decode(RunResult.self, from: Data(old.utf8)).provenance == nil)
    }
}
