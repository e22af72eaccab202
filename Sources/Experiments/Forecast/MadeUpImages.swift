// SPDX-License-Identifier: MIT

internal import Data
internal import Foundation
internal import Pipeline
internal import Vocabulary

/// A few image files that stand for a whole dataset, removed with the value: what a step takes does not depend on what
/// the images show.
final class MadeUpImages {
    private static let fileCount = 16
    let source: [LabelledImage]
    let target: [UnlabelledImage]
    private let folder: URL

    /// - Parameters:
    ///   - identities: As many as the source has, for the classifier's sake.
    ///   - count: Images that there are at least in each domain.
    init(height: Int, width: Int, identities: Int, instances: Int, count: Int) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("passerby-\(UUID().uuidString)")
        self.folder = folder
        let files = (0..<Self.fileCount).map { folder.appendingPathComponent("\($0).jpg") }
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            for (number, file) in files.enumerated() {
                let pixels = (0..<height * width * 3).map { UInt8(truncatingIfNeeded: $0 / 24 * 7 + number * 31) }
                let image = Image(width: width, height: height, pixels: pixels)
                try Foundation.Data(image.jpeg(quality: 90)).write(to: file)
            }
        } catch let error as DataError {
            throw error
        } catch {
            throw PipelineError.inputOutput(
                operation: "write", path: folder.path, reason: error.localizedDescription)
        }
        let path = { (index: Int) in files[index % files.count].path }
        source = (0..<max(identities * instances, count)).map { index in
            LabelledImage(
                path: path(index), identity: Identity(rawValue: index / instances % identities),
                camera: Camera(rawValue: index % 2))
        }
        target = (0..<count).map { UnlabelledImage(path: path($0), camera: Camera(rawValue: $0 % 2)) }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }
}
