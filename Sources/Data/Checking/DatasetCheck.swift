// SPDX-License-Identifier: MIT

import Foundation
internal import Reporting
import Vocabulary

/// What a look at every image of a dataset found.
public struct DatasetCheck: Sendable, Equatable, Encodable {
    /// What one split holds.
    public struct Split: Sendable, Equatable, Encodable {
        public let name: DatasetSplit
        public let images: Int
        /// Different identities, background counted as one; nil where the dataset does not say who is seen.
        public let identities: Int?
        public let cameras: Int
        /// Images of nobody of interest, among ``images``.
        public let background: Int
        /// Files that are left out as junk, not among ``images``.
        public let junk: Int
        /// What it should hold; several where published numbers differ, none where nothing is published.
        public let published: [PublishedCounts]
    }

    public let dataset: Dataset
    /// The layout's name.
    public let layout: String
    public let folder: String
    /// The splits that are there and could be listed.
    public let splits: [Split]
    /// What is wrong, errors first.
    public let findings: [DatasetFinding]
    /// How many files were read this time.
    public let readCount: Int
    /// How many were known from an earlier check, and have not changed since.
    public let rememberedCount: Int
    /// Why the next check will have to read everything again; nil where it will not.
    public let memoryProblem: String?

    /// Whether something is wrong that makes the dataset unfit for use.
    public var hasErrors: Bool { findings.contains(where: \.kind.isError) }

    /// The same with what others found who know more of datasets than their files.
    public func adding(_ more: [DatasetFinding]) -> DatasetCheck {
        let all = findings + more
        return DatasetCheck(
            dataset: dataset, layout: layout, folder: folder, splits: splits,
            findings: DatasetFinding.Kind.allCases.flatMap { kind in all.filter { $0.kind == kind } },
            readCount: readCount, rememberedCount: rememberedCount, memoryProblem: memoryProblem)
    }
}

extension FoundDataset {
    /// Lists every split, reads and decodes every image, and holds the dataset against what was published.
    ///
    /// An incomplete or damaged copy, a list that cannot be read, and training data that show what is tested are
    /// errors. Splits that are not there, pictures that are not read, background in training, more images than
    /// published, other numbers of people or cameras, and repeated images are not: whoever trains only, or works with
    /// images of an odd release, knows why. Counts of a drawn world in a published layout are held against nothing.
    ///
    /// - Parameters:
    ///   - memoryFile: Where the results of reading are kept, so that another check reads only files whose size or
    ///     time of change differ; nil to read everything and keep nothing.
    ///   - progress: Told, on the calling thread, how many of how many files are done; what it throws ends the check.
    /// - Complexity: time of decoding each image once, on all cores; memory O(images) for their rows.
    public func check(
        memoryFile: String? = nil, progress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
    ) rethrows -> DatasetCheck {
        var listings: [(split: DatasetSplit, listing: DatasetListing)] = []
        var findings = absentSplits
        var unlisted: [(reason: String, splits: [DatasetSplit])] = []
        for split in splits {
            do throws(DataError) {
                listings.append((split, try listing(split)))
            } catch .noImages where edition.mayLackSplits {
                findings.append(DatasetFinding(.absent, [split], "no images"))
            } catch {
                // Splits that are listed together cannot be listed for one reason.
                if unlisted.last?.reason == "\(error)" {
                    unlisted[unlisted.count - 1].splits.append(split)
                } else {
                    unlisted.append(("\(error)", [split]))
                }
            }
        }
        findings += unlisted.map { DatasetFinding(.unlisted, $0.splits, $0.reason) }
        let (inspection, memoryProblem) = try inspected(
            paths(of: listings.map(\.listing)), memoryFile: memoryFile, progress: progress)
        let comparison = DatasetComparison(edition: edition, listings: listings, outcomes: inspection.outcomes)
        let summaries = listings.map { summary(of: $0.split, $0.listing) }
        findings += comparison.findings + summaries.flatMap(\.findings) + unread + background(summaries)
        return DatasetCheck(
            dataset: dataset, layout: layout, folder: folder, splits: summaries,
            findings: DatasetFinding.Kind.allCases.flatMap { kind in findings.filter { $0.kind == kind } },
            readCount: inspection.readCount,
            rememberedCount: inspection.outcomes.count - inspection.readCount - inspection.unopenedCount,
            memoryProblem: memoryProblem)
    }

    /// Pictures in the folders of the splits that are not read.
    private var unread: [DatasetFinding] {
        edition.splits.filter { $0.missing(in: folder).isEmpty }.flatMap { split in
            split.imageFolders.flatMap { name in
                let place = name.isEmpty ? folder : joined(folder, name)
                // What cannot be read at all was found when the split was listed.
                let leftOut = (try? ImageWalk(place, isDeep: split.isDeep))?.leftOut ?? []
                return leftOut.map { DatasetFinding(.unread, [split.split], paths: [place], $0) }
            }
        }
    }

    /// Nobody, among the people that are trained on.
    private func background(_ splits: [DatasetCheck.Split]) -> [DatasetFinding] {
        guard let nobody = edition.background, edition.split(.train)?.hasIdentities == true else { return [] }
        return splits.filter { $0.name == .train && $0.background > 0 }.map { split in
            let shown = "\(counted(split.background, "image")) with the identity \(nobody.rawValue)"
            return DatasetFinding(
                .background, [.train],
                "\(shown): nobody of interest by this dataset's definition, left out where it is a source")
        }
    }

    /// What the layout has and the folder has not; drawn worlds promise nothing.
    private var absentSplits: [DatasetFinding] {
        guard !isDrawn else { return [] }
        return edition.splits.compactMap { definition in
            let missing = definition.missing(in: folder)
            return missing.isEmpty ? nil : DatasetFinding(.absent, [definition.split], paths: missing, "not there")
        }
    }

    /// Every file once, in the order of the rows.
    private func paths(of listings: [DatasetListing]) -> [String] {
        var seen: Set<String> = []
        return listings.flatMap(\.images).map(\.path).filter { seen.insert($0).inserted }
    }

    private func inspected(
        _ paths: [String], memoryFile: String?, progress: (Int, Int) throws -> Void
    ) rethrows -> (FileInspection, memoryProblem: String?) {
        let memory = memoryFile.map { CheckMemory(readingFrom: $0, folder: folder) } ?? CheckMemory(folder: folder)
        var inspection = FileInspection(memory)
        var saved = memory
        var problem: String?
        func save(_ memory: CheckMemory) {
            guard let memoryFile, memory.entries != saved.entries else { return }
            do {
                try memory.write(to: memoryFile)
                saved = memory
            } catch {
                problem = "'\(memoryFile)' cannot be written: \(error.localizedDescription)"
            }
        }
        var unsaved = 0
        try inspection.inspect(paths) { done, memory in
            try progress(done, paths.count)
            // A check that is stopped goes on about where it was.
            unsaved += 1
            if unsaved.isMultiple(of: 64) { save(memory) }
        }
        save(inspection.memory)
        return (inspection, problem)
    }

    private func summary(of split: DatasetSplit, _ listing: DatasetListing) -> DatasetCheck.Split {
        let images = listing.images
        let identities = images.compactMap(\.identity)
        return DatasetCheck.Split(
            name: split, images: images.count,
            identities: identities.count == images.count ? Set(identities).count : nil,
            cameras: Set(images.map(\.camera)).count,
            background: edition.background.map { nobody in identities.count { $0 == nobody } } ?? 0,
            junk: listing.junkCount, published: isDrawn ? [] : published(split))
    }

    /// Whether the folder is part of a synthetic world, which has a published layout and sizes of its own.
    var isDrawn: Bool {
        [folder, "\(folder)/.."].contains { exists(joined($0, SyntheticWorld.descriptionName)) }
    }
}

extension DatasetCheck.Split {
    /// How the split differs from the published counts that it is nearest to.
    fileprivate var findings: [DatasetFinding] {
        let differences = published.map { difference(from: $0) }
        guard !differences.contains(where: \.isEmpty), let nearest = published.first,
            let difference = differences.first
        else { return [] }
        let isIncomplete = published.compactMap(\.images).min().map { images < $0 } ?? false
        return [
            DatasetFinding(
                isIncomplete ? .incomplete : .counts, [name],
                "\(difference.joined(separator: ", ")); published are \(nearest)")
        ]
    }

    private func difference(from published: PublishedCounts) -> [String] {
        let pairs = [
            ("image", images as Int?, published.images), ("identity", identities, published.identities),
            ("camera", cameras, published.cameras),
        ]
        return pairs.compactMap { what, found, expected in
            guard let found, let expected, found != expected else { return nil }
            return counted(found, what)
        }
    }
}
