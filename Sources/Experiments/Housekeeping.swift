// SPDX-License-Identifier: MIT

public import Foundation
internal import Data
internal import Pipeline

/// What lies on the device and no run needs; all of it can be made again.
public struct Housekeeping {
    /// One thing.
    public struct Item: Sendable, Encodable {
        public let description: String
        public let path: String
        public let bytes: Int
        fileprivate let kind: Kind

        fileprivate enum Kind {
            /// An entry of the store.
            case stored(StageKey)
            case world
            case other
        }

        private enum CodingKeys: String, CodingKey {
            case description, path, bytes
        }
    }

    private let logs: URL
    private let data: URL
    private let cache: URL

    /// - Parameters:
    ///   - data: The folder in which worlds are drawn.
    ///   - cache: Where runs share decoded images.
    public init(logs: URL, data: URL, cache: URL) {
        self.logs = logs
        self.data = data
        self.cache = cache
    }

    /// Days after which a cache counts as forgotten.
    private static let patience = 30.0

    /// Stages in the store that no run holds, what killed processes left of runs and stages, drawn worlds that no run has,
    /// and decoded images that nobody has used for long.
    public func unneeded() throws -> [Item] {
        let stages = RunCatalogue(logs: logs).orphans().map { orphan in
            Item(
                description: "result of \(orphan.stage), which no run holds",
                path: StageStore(logs: logs).folder.appendingPathComponent("\(orphan.key)").path, bytes: orphan.bytes,
                kind: .stored(orphan.key))
        }
        let litter = RunCatalogue(logs: logs).litter().map {
            Item(
                description: "what a command that was killed has left", path: $0.path, bytes: DurableFile.bytes(below: $0),
                kind: .other)
        }
        return try stages + litter + worlds() + caches()
    }

    /// - Returns: Whether it went: somebody may have taken it up meanwhile.
    public func remove(_ item: Item) throws -> Bool {
        switch item.kind {
        case .stored(let key): return try RunCatalogue(logs: logs).release(key)
        case .world: return try SyntheticWorld.remove(at: item.path)
        case .other:
            do {
                try FileManager.default.removeItem(atPath: item.path)
            } catch let error as CocoaError where error.code == .fileNoSuchFile {
                return false
            }
            return true
        }
    }

    /// None while the plan of some run cannot be read.
    private func worlds() throws -> [Item] {
        let folder = data.appendingPathComponent(DataChoice.worlds)
        let names = (try? DurableFile.names(in: folder)) ?? []
        let catalogue = RunCatalogue(logs: logs)
        var digests: Set<ContentDigest> = []
        for run in try catalogue.list() {
            // A plan that cannot be read may name any of them.
            guard let plan = try? catalogue.folder(run.run).plan() else { return [] }
            digests.insert(plan.dataDigest)
        }
        return names.sorted().map { folder.appendingPathComponent($0) }.filter { world in
            DataChoice.digests(ofWorld: world.lastPathComponent).isDisjoint(with: digests)
                && !SyntheticWorld.isBeingDrawn(world.path)
        }.map {
            Item(
                description: "drawn world that no run has", path: $0.path, bytes: DurableFile.bytes(below: $0), kind: .world)
        }
    }

    private func caches() -> [Item] {
        let names = (try? DurableFile.names(in: cache)) ?? []
        let limit = Date().addingTimeInterval(-Self.patience * 86_400)
        return names.sorted().map { cache.appendingPathComponent($0) }.filter { file in
            let attributes = try? FileManager.default.attributesOfItem(atPath: file.path)
            return (attributes?[.modificationDate] as? Date).map { $0 < limit } ?? false
        }.map {
            Item(
                description: "decoded images that nobody has used for \(Int(Self.patience)) days", path: $0.path,
                bytes: DurableFile.bytes(below: $0), kind: .other)
        }
    }
}
