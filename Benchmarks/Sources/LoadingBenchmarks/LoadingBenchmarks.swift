// SPDX-License-Identifier: MIT

import Data
import Foundation
import Randomness
import Vocabulary

/// Loads the JPEG files of a folder as training does, and prints what it took as one JSON document.
///
/// Everything happens on the calling thread, so that the figures are those of one core.
@main
struct LoadingBenchmarks {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard arguments.count == 4, let mode = arguments.first.flatMap(Mode.init(rawValue:)),
            let epochs = arguments.dropFirst(2).first.flatMap({ Int($0) }), epochs > 0
        else {
            let modes = Mode.allCases.map(\.rawValue).joined(separator: " | ")
            throw Misuse(message: "LoadingBenchmarks (\(modes)) IMAGES EPOCHS CACHE")
        }
        let rest = Array(arguments.dropFirst())
        let report = try mode.run(imagesIn: rest[0], epochs: epochs, cacheFolder: rest[2])
        print(String(decoding: try JSONEncoder().encode(report), as: UTF8.self))
    }
}

/// The command was not given what it needs.
struct Misuse: Error, CustomStringConvertible {
    let message: String
    var description: String { message }
}

/// What the measured epochs took.
struct Report: Encodable {
    var images = 0
    /// Wall time.
    var seconds = 0.0
    /// Processor time of the process over the same stretch.
    var processorSeconds = 0.0
    /// A sum over all values of the batches: proof that they were made, and the same for every mode.
    var sum = 0.0
}

/// Where decoded images come from.
enum Mode: String, CaseIterable {
    /// The files, every time.
    case plain
    /// Memory, which an epoch that is not measured filled.
    case memory
    /// A mapped file, which an epoch that is not measured, or an earlier process, filled.
    case disk

    private func cache(in folder: String) throws -> ImageCache? {
        switch self {
        case .plain: nil
        case .memory: .memory(DecodedImages(byteLimit: 4 << 30))
        case .disk: .disk(try DecodedImageFile(folder: folder, byteLimit: 4 << 30))
        }
    }

    func run(imagesIn folder: String, epochs: Int, cacheFolder: String) throws -> Report {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".jpg") }.sorted()
        let samples = names.map { Sample(path: "\(folder)/\($0)", camera: Camera(rawValue: 0)) }
        let transform = Transform(height: 256, width: 128, flip: true, padding: 10, erasing: RandomErasing())
        let loader = Loader(
            samples: samples, transform: transform, workers: 0, key: RandomKey(seed: 1), purpose: "benchmark",
            cache: try cache(in: cacheFolder))
        let sampler = EpochSampler(.shuffled(count: samples.count))
        func pass(_ epoch: Int, _ report: inout Report) throws {
            let batchSize = min(64, samples.count)
            let sequence = try loader.epoch(
                epoch, by: sampler, iterations: samples.count / batchSize, batchSize: batchSize)
            while let batch = try sequence.next() {
                report.images += batch.count
                report.sum += Double(batch.pixels[batch.pixels.count / 2])
            }
        }
        var unmeasured = Report()
        try pass(0, &unmeasured)
        var report = Report()
        let clock = ContinuousClock()
        let (start, processorStart) = (clock.now, processorSeconds())
        for epoch in 1...epochs { try pass(epoch, &report) }
        report.seconds = (clock.now - start) / .seconds(1)
        report.processorSeconds = processorSeconds() - processorStart
        return report
    }

    private func processorSeconds() -> Double {
        var usage = rusage()
        getrusage(RUSAGE_SELF.rawValue, &usage)
        return [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) * 1e-6 }
    }
}
