// SPDX-License-Identifier: MIT

public import Reporting

/// What a dataset folder, an index file or an image file can get wrong.
///
/// Payloads are values; the text that a person reads is made in ``description``.
public enum DataError: Error, Equatable, Sendable {
    /// The file cannot be opened or read; `reason` is the system's.
    case unreadable(path: String, reason: String)
    /// The file's first bytes are those of neither JPEG nor PNG.
    case notAnImage(path: String, firstBytes: [UInt8])
    /// The file ends before its picture does.
    case truncated(path: String, reason: String)
    /// The decoder refuses the file, or would have had to invent some of its pixels.
    case corrupt(path: String, reason: String)
    /// The encoder refuses the picture.
    case notEncodable(width: Int, height: Int, reason: String)

    /// None of the folders in which the dataset could be exists.
    case missingFolder(dataset: String, lookedFor: [String], layouts: [String])
    /// A split that the dataset has in no edition.
    case noSuchSplit(dataset: String, split: String, allowed: [String])
    /// The folder, or those below it, hold nothing but pictures of formats that are not read.
    case foreignFormats(folder: String, found: [String])
    /// The folder could be the dataset's by its layout, and has the name of another's.
    case namedOtherwise(folder: String, dataset: String, other: String)
    /// The folder, or the index file of the folder, has no image.
    case noImages(folder: String)
    /// An index file lists an image that is not there.
    case missingImage(path: String, listedIn: String, line: Int)
    /// A line of an index file does not have the columns it should have.
    case malformedLine(file: String, line: Int, found: String, expected: String)
    /// A file name does not say what the dataset's names say.
    case malformedName(path: String, expected: String)
    /// An identity that the dataset does not have; `path` is the image.
    case unknownIdentity(path: String, found: Int, allowed: String)
    /// A camera that the dataset does not have; `path` is the image, or the index file and line.
    case unknownCamera(path: String, found: Int, allowed: [Int])

    /// The dataset does not say who is seen in the images of the split.
    case noIdentities(dataset: String, split: String)

    /// One pass over the images does not fill one batch.
    case tooFewImages(purpose: String, found: Int, needed: Int)

    /// A file holds something else than when it was read first.
    case changed(path: String)

    /// The folder or file of decoded images cannot be made, opened, locked or written; `reason` is the system's.
    case unusableCache(path: String, reason: String)
    /// Images that cannot be read were to be replaced, and there is none that can.
    case noGoodImages(purpose: String, count: Int, first: String)
}

extension DataError: ReportedError {
    public var exitKind: ExitKind {
        switch self {
        case .missingFolder, .namedOtherwise, .unusableCache: .missing
        case .noSuchSplit: .usage
        case .unreadable, .notAnImage, .truncated, .corrupt, .notEncodable, .noImages, .foreignFormats, .missingImage,
            .malformedLine, .malformedName, .unknownIdentity, .unknownCamera, .noIdentities, .tooFewImages, .noGoodImages,
            .changed:
            .badData
        }
    }

    public var description: String {
        switch self {
        case .unreadable(let path, let reason):
            "cannot read '\(path)': \(reason)"
        case .notAnImage(let path, let firstBytes):
            "'\(path)' is neither a JPEG nor a PNG file: it begins with \(hexadecimal(firstBytes))"
        case .truncated(let path, let reason):
            "'\(path)' is truncated: \(reason)"
        case .corrupt(let path, let reason):
            "'\(path)' is a damaged image: \(reason)"
        case .notEncodable(let width, let height, let reason):
            "cannot encode an image of \(width) × \(height) pixels: \(reason)"
        case .missingFolder(let dataset, let lookedFor, let layouts):
            (["no \(dataset) found. Looked for:"] + lookedFor.map { "  '\($0)'" } + ["Accepted:"]
                + layouts.map { "  \($0)" }).joined(separator: "\n")
        case .noSuchSplit(let dataset, let split, let allowed):
            "\(dataset) has no split '\(split)'; allowed: \(allowed.joined(separator: ", "))"
        case .foreignFormats(let folder, let found):
            "no images in '\(folder)': \(found.joined(separator: "; "))"
        case .namedOtherwise(let folder, let dataset, let other):
            "'\(folder)' has a layout of \(dataset) and the name of another dataset: say '\(other)' if it is that one, or "
                + "give the folder another name"
        case .noImages(let folder):
            "no images in '\(folder)'"
        case .missingImage(let path, let index, let line):
            "\(index):\(line): lists '\(path)', which does not exist"
        case .malformedLine(let file, let line, let found, let expected):
            "\(file):\(line): expected \(expected), found '\(found)'"
        case .malformedName(let path, let expected):
            "the file name of '\(path)' should be \(expected)"
        case .unknownIdentity(let path, let found, let allowed):
            "\(path): identity \(found); allowed: \(allowed)"
        case .unknownCamera(let path, let found, let allowed):
            "\(path): camera \(found); allowed: \(allowed.map(String.init).joined(separator: ", "))"
        case .noIdentities(let dataset, let split):
            "\(dataset) does not say who is seen in its \(split) images"
        case .tooFewImages(let purpose, let found, let needed):
            "\(purpose): one pass over the data gives \(found) images; a batch needs \(needed)"
        case .changed(let path):
            "'\(path)' holds something else than when this run began, and a result belongs to what the images hold: put it back "
                + "and go on with --resume from the last state before, or begin anew"
        case .unusableCache(let path, let reason):
            "cannot keep decoded images in '\(path)': \(reason)"
        case .noGoodImages(let purpose, let count, let first):
            "\(purpose): none of the \(count) images can be read; the first: \(first)"
        }
    }
}

extension DataError {
    /// What is wrong with an image, for where its path is shown already.
    var reason: String {
        switch self {
        case .unreadable(_, let reason), .truncated(_, let reason), .corrupt(_, let reason): reason
        case .notAnImage(_, let firstBytes):
            "it is neither a JPEG nor a PNG file: it begins with \(hexadecimal(firstBytes))"
        default: description
        }
    }
}

private func hexadecimal(_ bytes: [UInt8]) -> String {
    guard !bytes.isEmpty else { return "nothing (the file is empty)" }
    return bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
}
