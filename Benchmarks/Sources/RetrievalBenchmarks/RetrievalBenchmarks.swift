// SPDX-License-Identifier: MIT

import Foundation
import Retrieval
import Vocabulary

// Shapes: N rows · D dimensions · Q queries · G gallery rows.

/// Runs one case on rows that `retrieval.py` wrote, and prints what it took as one JSON document.
///
/// A case is a process of its own, so that its peak of memory is its own too.
@main
struct RetrievalBenchmarks {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard let name = arguments.first, let measured = Case(rawValue: name) else {
            let names = Case.allCases.map(\.rawValue).joined(separator: " | ")
            throw Misuse(message: "RetrievalBenchmarks (\(names)) features.f32 D [Q] [labels.i64]")
        }
        let report = try measured.run(Array(arguments.dropFirst()))
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        print(String(decoding: try encoder.encode(report), as: UTF8.self))
    }
}

/// The command was not given what it needs.
struct Misuse: Error, CustomStringConvertible {
    let message: String
    var description: String { message }
}

/// What a case took, and what it found.
struct Report: Encodable {
    /// Wall time without reading the rows.
    var seconds = 0.0
    /// Processor time of all threads over the same stretch.
    var processorSeconds = 0.0
    /// The largest resident size of the process, its input included.
    var peakBytes = 0
    /// The kernels of the matrix library.
    var coreType = MatrixLibrary.current.coreType
    /// Multiplications and additions a second, for the case `rate`.
    var operationsPerSecond: Double?
    /// Clusters, outliers, mAP: to be compared with the twin's.
    var found: [String: Double] = [:]

    /// Measures a stretch of work.
    mutating func measure<Value>(_ body: () throws -> Value) rethrows -> Value {
        let clock = ContinuousClock()
        let (start, processorStart) = (clock.now, processorTime())
        let value = try body()
        seconds = (clock.now - start) / .seconds(1)
        processorSeconds = processorTime() - processorStart
        peakBytes = residentPeak()
        return value
    }

    /// The process's own peak; `ru_maxrss` would include that of the process which started it.
    private func residentPeak() -> Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return (line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
    }

    private func processorTime() -> Double {
        let usage = usage()
        return [usage.ru_utime, usage.ru_stime].reduce(0) {
            $0 + Double($1.tv_sec) + Double($1.tv_usec) * 1e-6
        }
    }

    private func usage() -> rusage {
        var usage = rusage()
        getrusage(RUSAGE_SELF.rawValue, &usage)
        return usage
    }
}
