// SPDX-License-Identifier: MIT

import ArgumentParser
import Experiments
import Foundation
import Programs
import Retrieval
import Tensor
import Testing

@testable import passerby

private let home = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

@Suite struct `The page about feature files` {
    private let text: String
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("features-\(UUID().uuidString)")

    init() throws {
        text = try String(contentsOf: home.appendingPathComponent("docs/features.md"), encoding: .utf8)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    /// The page's blocks of a language, empty for none, in their order.
    private func blocks(_ language: String) -> [String] {
        let fences = text.split(separator: "```", omittingEmptySubsequences: false).enumerated()
        return fences.filter { $0.offset % 2 == 1 && $0.element.hasPrefix("\(language)\n") }
            .map { String($0.element.dropFirst(language.count + 1)) }
    }

    private static let python = Python(with: "safetensors[numpy]", "0.8.0")

    @Test func `has commands that are understood`() throws {
        let commands = blocks("sh").flatMap { $0.split(separator: "\n") }.filter { $0.hasPrefix("./passerby ") }
        #expect(!commands.isEmpty)
        for command in commands {
            let words = command.split(separator: " ").dropFirst().map(String.init)
            #expect(throws: Never.self, "\(command)") { _ = try Passerby.parseAsRoot(words) }
        }
    }

    @Test func `names every protocol`() {
        for name in RankingProtocol.allCases.map(\.rawValue) { #expect(text.contains("| `\(name)`"), "\(name)") }
    }

    /// The page's program writes both files; they and the page's own words agree in every figure.
    @Test(.needs(python)) func `writes files from Python that score what the page says`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let program = try #require(blocks("python").first)
        let written = try Self.python.run(["-c", program], in: folder)
        #expect(written.code == 0, "\(written.messages)")
        let files = ["features.npz", "features.safetensors"].map { folder.appendingPathComponent($0).path }
        let scores = folder.appendingPathComponent("queries.csv").path
        let shown = blocks("")
        for file in files {
            let command = try Metrics.parse(["--features", file, "--per-query", scores])
            #expect(try Metrics.text(command.metrics(), command.scoring().parameters) + "\n" == shown[0], "\(file)")
            #expect(try String(contentsOfFile: scores, encoding: .utf8) == shown[1], "\(file)")
        }
    }

    /// What Python reads is what was written.
    @Test(.needs(python)) func `reads labels in Python that cluster has written`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let rows: [Float] = [1, 0, 1, 0.01, 0, 1, 0.01, 1]
        let (features, labels) = (
            folder.appendingPathComponent("f.npz").path, folder.appendingPathComponent("labels.npz").path
        )
        try NumPyArchive.write([("features", Tensor(rows, shape: [4, 2]))], to: features)
        try Cluster.parse(["--features", features, "--kmeans", "2", "--out", labels, "--json"]).run()
        let program = try #require(blocks("python").last) + "\nprint(labels.dtype, *labels)\n"
        let found = try Self.python.run(["-c", program], in: folder)
        #expect(found.code == 0, "\(found.messages)")
        let ours = try #require(try NumPyArchive(readingFrom: labels).tensor("labels")).integers()
        #expect(found.output == "int64 \(ours.map(String.init).joined(separator: " "))\n")
        #expect(ours[0] == ours[1] && ours[2] == ours[3] && ours[0] != ours[2])
    }

    /// Rows, both orders of indices and every width, stored and compressed, against a search that NumPy makes itself.
    @Test(.needs(python)) func `scores what NumPy scores, whatever form the arrays have`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let written = try Self.python.run(["-c", Self.program], in: folder)
        #expect(written.code == 0, "\(written.messages)")
        let expected = try JSONDecoder().decode([String: Double].self, from: Data(written.output.utf8))
        for name in ["plain.npz", "narrow.npz", "turned.npz", "st.safetensors"] {
            let found = try Metrics.parse(["--features", folder.appendingPathComponent(name).path]).metrics()
            for (key, value) in [("mAP", found.mAP), ("mINP", found.mINP), ("top1", found.top1)] {
                #expect(abs(value - (expected[key] ?? -1)) < Self.closeness, "\(key) of \(name)")
            }
            #expect(found.skippedCount == Int(expected["skipped"] ?? -1))
        }
    }

    /// Means of 30 doubles, each of a few divisions.
    private static let closeness = 1e-9

    /// Angles far enough apart that no width changes an order.
    private static let program = """
        import json, numpy as np
        from safetensors.numpy import save_file
        angles = np.array([(37 * i) % 360 for i in range(90)]) + np.arange(90) / 90
        rows = np.stack([np.cos(np.radians(angles)), np.sin(np.radians(angles))], 1) * (1 + np.arange(90) % 3)[:, None]
        ids, cameras = np.arange(90) * 7 % 13, np.arange(90) % 4
        query, gallery = slice(0, 30), slice(30, 90)
        parts = {f"{name}.{key}": value[part] for name, part in [("query", query), ("gallery", gallery)]
                 for key, value in [("features", rows), ("ids", ids), ("cameras", cameras)]}
        np.savez("plain.npz", **parts)
        narrow = {key: value.astype(np.float32 if "features" in key else np.int32) for key, value in parts.items()}
        np.savez_compressed("narrow.npz", **narrow)
        np.savez_compressed("turned.npz", **{key: np.asfortranarray(value) for key, value in parts.items()})
        save_file(narrow, "st.safetensors")
        unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        aps, inps, tops, skipped = [], [], [], 0
        for q in range(30):
            order = 30 + np.argsort(-(unit[gallery] @ unit[q]), kind="stable")
            order = [g for g in order if not (ids[g] == ids[q] and cameras[g] == cameras[q])]
            hits = [rank for rank, g in enumerate(order, 1) if ids[g] == ids[q]]
            if not hits:
                skipped += 1
                continue
            aps.append(np.mean([number / rank for number, rank in enumerate(hits, 1)]))
            inps.append(len(hits) / hits[-1])
            tops.append(hits[0] == 1)
        print(json.dumps({"mAP": np.mean(aps), "mINP": np.mean(inps), "top1": float(np.mean(tops)), "skipped": skipped}))
        """
}
