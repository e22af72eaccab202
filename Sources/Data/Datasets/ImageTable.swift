// SPDX-License-Identifier: MIT

internal import Vocabulary

/// A table of a user's images: a CSV file with the columns `path`, `id`, `camera` and `split`, in any order.
///
/// Paths are relative to the table's folder unless they begin with a slash. `id` is a whole number from 0, −1 for junk, or
/// empty for training images of which nobody knows whom they show; `camera` is a number from 0; `split` is `train`,
/// `query` or `gallery`.
enum ImageTable {
    static let name = "images.csv"
    static let columns = ["path", "id", "camera", "split"]
    private static let splits: [DatasetSplit] = [.train, .query, .gallery]

    /// The path of something below a dataset's folder; where the dataset is given as a table, that table.
    static func located(_ name: String, in folder: String) -> String {
        name == self.name && isTable(folder) ? folder : joined(folder, name)
    }

    /// Whether a user means a table by this path.
    static func isTable(_ path: String) -> Bool {
        FileEnding.csv.isOf(path) && exists(path) && !isFolder(path)
    }

    /// The rows of each split, in the order of the table, cameras as they are numbered there.
    ///
    /// - Throws: ``DataError/unreadable(path:reason:)``, ``DataError/malformedLine(file:line:found:expected:)``,
    ///   ``DataError/noImages(folder:)``.
    static func read(_ path: String) throws(DataError) -> [DatasetSplit: DatasetListing] {
        let table = try CSVFile(path: path)
        let places = columns.map { table.header.firstIndex(of: $0) }
        guard table.header.count == columns.count, !places.contains(nil) else {
            throw .malformedLine(
                file: path, line: 1, found: table.header.joined(separator: ","),
                expected: "the columns \(columns.joined(separator: ",")), and no others, with commas between them")
        }
        var images: [DatasetSplit: [DatasetImage]] = [:]
        var junk: [DatasetSplit: Int] = [:]
        for record in table.records {
            let fields = places.map { record.fields[$0 ?? 0] }
            let (split, image) = try row(fields, at: .init(file: path, line: record.line))
            images[split, default: []] += image.map { [$0] } ?? []
            junk[split, default: 0] += image == nil ? 1 : 0
        }
        guard !images.isEmpty else { throw .noImages(folder: path) }
        return Dictionary(
            uniqueKeysWithValues: images.map { split, images in
                (split, DatasetListing(images, junkCount: junk[split] ?? 0))
            })
    }

    /// A whole number, also as programs write one in a column with gaps: `12.0`.
    private static func whole(_ text: String) -> Int? {
        Int(text.hasSuffix(".0") ? text.dropLast(2) : text[...])
    }

    /// One row; no image for junk.
    private static func row(
        _ fields: [String], at place: DatasetImage.Place
    ) throws(DataError) -> (split: DatasetSplit, image: DatasetImage?) {
        func malformed(_ expected: String) -> DataError {
            .malformedLine(
                file: place.file, line: place.line, found: fields.joined(separator: ","), expected: expected)
        }
        guard let split = DatasetSplit(rawValue: fields[3]), splits.contains(split) else {
            throw malformed("one of \(splits.map(\.rawValue).joined(separator: ", ")) as split")
        }
        guard !fields[0].isEmpty else { throw malformed("a path") }
        guard let camera = whole(fields[2]), camera >= 0 else { throw malformed("a whole number from 0 as camera") }
        let identity = whole(fields[1])
        guard identity ?? -2 >= FileNamePattern.junk || fields[1].isEmpty && split == .train else {
            throw malformed("a whole number from 0 as id, -1 for junk" + (split == .train ? ", or nothing" : ""))
        }
        if identity == FileNamePattern.junk { return (split, nil) }
        let folder = String(place.file.dropLast(lastComponent(place.file).count))
        let path = fields[0].hasPrefix("/") || folder.isEmpty ? fields[0] : joined(folder, fields[0])
        return (split, DatasetImage(path: path, identity: identity, camera: camera, place: place))
    }
}
