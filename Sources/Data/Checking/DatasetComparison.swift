// SPDX-License-Identifier: MIT

internal import Reporting
import Vocabulary

/// What the rows of a dataset's splits say when they are held against each other and against their files.
struct DatasetComparison {
    /// A row and the split it is in.
    private struct Place {
        let split: DatasetSplit
        let image: DatasetImage
    }

    let edition: DatasetEdition
    let listings: [(split: DatasetSplit, listing: DatasetListing)]
    let outcomes: [String: FileInspection.Outcome]

    var findings: [DatasetFinding] {
        fileFindings + imageFindings + identityFindings
    }

    /// Files that are not there or cannot be used, once for each split that has them.
    private var fileFindings: [DatasetFinding] {
        places.compactMap { place in
            switch outcomes[place.image.path] {
            case .read(.whole), nil:
                return nil
            case .read(.damaged(let reason)):
                return DatasetFinding(.damaged, [place.split], paths: [place.image.path], reason)
            case .unreadable(let reason):
                guard let line = place.image.place, !exists(place.image.path) else {
                    return DatasetFinding(
                        .damaged, [place.split], paths: [place.image.path], "cannot be read: \(reason)")
                }
                return DatasetFinding(
                    .missing, [place.split], paths: [place.image.path], "not there, and listed in \(line.file):\(line.line)")
            }
        }
    }

    /// Contents that several rows have.
    private var imageFindings: [DatasetFinding] {
        var rows: [FileVerdict.Content: [Place]] = [:]
        var order: [FileVerdict.Content] = []
        for place in places {
            guard case .read(.whole(let content)) = outcomes[place.image.path] else { continue }
            if rows[content] == nil { order.append(content) }
            rows[content, default: []].append(place)
        }
        return order.compactMap { rows[$0] }.filter { $0.count > 1 }.flatMap(findings(of:))
    }

    /// What is to be said of rows with one content.
    private func findings(of rows: [Place]) -> [DatasetFinding] {
        let training = rows.filter { $0.split == .train }
        let tested = rows.filter { $0.split != .train }
        if let first = training.first, let second = tested.first {
            return [shared([first, second], "the same image is trained on and tested")]
        }
        for query in rows {
            guard let gallery = query.split.gallery else { continue }
            let seen = rows.first { $0.split == gallery && !isLeftOut($0.image, for: query.image) }
            if let seen {
                return [shared([query, seen], "a query is in its gallery, and no protocol leaves it out there")]
            }
        }
        return DatasetSplit.allCases.compactMap { split in
            let same = rows.filter { $0.split == split }
            guard same.count > 1 else { return nil }
            let identities = Set(same.compactMap(\.image.identity)).sorted()
            let names = identities.map { String($0.rawValue) }.joined(separator: ", ")
            return DatasetFinding(
                .repeated, [split], paths: same.map(\.image.path),
                "the same image" + (identities.count > 1 ? ", as identities \(names)" : ""))
        }
    }

    /// Where there are cameras, a gallery image of the query's identity and camera counts in no protocol.
    private func isLeftOut(_ gallery: DatasetImage, for query: DatasetImage) -> Bool {
        edition.hasCameras && query.identity != nil && gallery.identity == query.identity
            && gallery.camera == query.camera
    }

    private func shared(_ rows: [Place], _ detail: String) -> DatasetFinding {
        DatasetFinding(.sharedImage, rows.map(\.split), paths: rows.map(\.image.path), detail)
    }

    /// People that are trained on and tested.
    var identityFindings: [DatasetFinding] {
        guard edition.numbering == .shared else { return [] }
        let trained = identities(of: .train)
        return listings.map(\.split).compactMap { split in
            let common = split == .train ? [] : trained.intersection(identities(of: split)).sorted()
            guard !common.isEmpty else { return nil }
            let names = common.prefix(5).map { String($0.rawValue) }.joined(separator: ", ")
            return DatasetFinding(
                .sharedIdentities, [.train, split],
                "\(counted(common.count, "identity")) \(common.count == 1 ? "is" : "are") trained on and tested: "
                    + "\(names)\(common.count > 5 ? ", …" : "")")
        }
    }

    private func identities(of split: DatasetSplit) -> Set<Identity> {
        let rows = listings.first { $0.split == split }?.listing.images ?? []
        return Set(rows.compactMap(\.identity)).subtracting(edition.background.map { [$0] } ?? [])
    }

    private var places: [Place] {
        listings.flatMap { split, listing in listing.images.map { Place(split: split, image: $0) } }
    }
}
