// SPDX-License-Identifier: MIT

private import Foundation
private import Machine

extension SyntheticWorld {
    /// The file that says what was drawn; a folder that has it holds a whole world.
    static let descriptionName = "world.json"

    /// Draws the whole world into a folder, on all cores.
    ///
    /// The images are written into a sibling, `root.partial-…`, which is moved in one step when all are done:
    /// whenever `root` holds a `world.json`, it holds the whole world. A folder that already holds this world
    /// is left as it is; several processes may write the same world at once. A killed process leaves its
    /// sibling, which nothing reads and which may be removed.
    ///
    /// - Parameters:
    ///   - root: The folder to make; its parents are made too.
    ///   - progress: Told from the calling thread how many images of how many are written.
    /// - Throws: ``SyntheticWorldError``: `impossible` parameters, a `differentWorld` at `root`, something
    ///   else that has `occupied` it, an `unreadable` description there, or an `unwritable` path.
    /// - Complexity: time O(images · pixels), some 1 ms for an image of 64 × 128 pixels; memory O(images) for
    ///   the list.
    public func write(to root: String, progress: ((Int, Int) -> Void)? = nil) throws {
        let world = try validated()
        // "data/world/" must not have its unfinished sibling inside itself.
        let root = root.last == "/" ? String(root.dropLast()) : root
        guard try !world.isWritten(at: root) else {
            progress?(imageCount, imageCount)
            return
        }
        let folder = root + SyntheticWorld.partial + UUID().uuidString.prefix(8)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try world.fill(folder, progress)
        guard rename(folder, root) != 0 else { return }
        let reason = String(cString: strerror(errno))
        // Another process may have finished the same world in the meantime.
        guard try world.isWritten(at: root) else {
            throw SyntheticWorldError.unwritable(path: root, reason: reason)
        }
    }

    /// Whether `root` holds exactly this world; throws where something else is in the way.
    func isWritten(at root: String) throws -> Bool {
        var isFolder = ObjCBool(false)
        guard FileManager.default.fileExists(atPath: root, isDirectory: &isFolder) else { return false }
        guard isFolder.boolValue else { throw SyntheticWorldError.occupied(path: root) }
        let description = root + "/" + SyntheticWorld.descriptionName
        guard FileManager.default.fileExists(atPath: description) else {
            let contents = try reading(root) { try FileManager.default.contentsOfDirectory(atPath: root) }
            guard contents.isEmpty else { throw SyntheticWorldError.occupied(path: root) }
            return false
        }
        let found = try reading(description) {
            try JSONDecoder().decode(
                WorldFile.self, from: Data(contentsOf: URL(fileURLWithPath: description)))
        }
        guard found == WorldFile(world: self) else { throw SyntheticWorldError.differentWorld(path: root) }
        return true
    }

    private func fill(_ folder: String, _ progress: ((Int, Int) -> Void)?) throws {
        for part in parts {
            let path = "\(folder)/\(part.folder)"
            try writing(path) {
                try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            }
        }
        for (name, content) in try listings() {
            try writing("\(folder)/\(name)") {
                try content.write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
            }
        }
        try writeImages(into: folder, progress)
    }

    private func writeImages(into folder: String, _ progress: ((Int, Int) -> Void)?) throws {
        let photographer = Photographer(self)
        let shots = parts.flatMap(shots(of:))
        // Small enough to tell of progress several times a second.
        let batch = 128
        for start in stride(from: 0, to: shots.count, by: batch) {
            let end = min(start + batch, shots.count)
            let failures = Workers.all.map(end - start) { offset -> (any Error)? in
                let shot = shots[start + offset]
                let path = "\(folder)/\(shot.path)"
                do {
                    let file = try photographer.file(of: shot)
                    try writing(path) { try Data(file).write(to: URL(fileURLWithPath: path)) }
                    return nil
                } catch {
                    return error
                }
            }
            if let error = failures.lazy.compactMap({ $0 }).first { throw error }
            progress?(end, shots.count)
        }
    }

    /// The text files of the layouts, by path below the root.
    private func listings() throws -> [(name: String, content: Data)] {
        func index(_ part: Shot.Part) -> Data {
            lines(shots(of: part)) { shot in
                "\(shot.name) \(shot.camera) \(padded(shot.identity, 3)) \(padded(shot.index, 4))"
            }
        }
        func positions(_ part: Shot.Part) -> Data {
            // Two spaces, as the published lists have.
            lines(shots(of: part)) { "\($0.name)  \(padded($0.index, part == .testQuery ? 4 : 5))" }
        }
        let test =
            target.testIdentities == nil
            ? []
            : [
                ("index_test_query.txt", positions(.testQuery)), ("index_test_gallery.txt", positions(.testGallery)),
            ]
        return test + [
            (
                "target_training/label_target_training.txt",
                lines(shots(of: .training)) { "\($0.name) \($0.camera)" }
            ),
            ("index_validation_query.txt", index(.query)),
            ("index_validation_gallery.txt", index(.gallery)),
            (SyntheticWorld.descriptionName, try WorldFile(world: self).encoded()),
        ]
    }

    private func lines(_ shots: [Shot], _ line: (Shot) -> String) -> Data {
        Data(shots.map { line($0) + "\n" }.joined().utf8)
    }
}

/// The content of `world.json`.
private struct WorldFile: Codable, Equatable {
    /// To be raised whenever the same parameters give other bytes.
    var generator = 1
    var world: SyntheticWorld

    func encoded() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return try encoder.encode(self) + Data("\n".utf8)
    }
}

/// Runs a file operation; what it throws becomes an error that names the path.
private func writing(_ path: String, _ body: () throws -> Void) throws {
    do { try body() } catch { throw SyntheticWorldError.unwritable(path: path, reason: reason(error)) }
}

private func reading<Value>(_ path: String, _ body: () throws -> Value) throws -> Value {
    do { return try body() } catch { throw SyntheticWorldError.unreadable(path: path, reason: reason(error)) }
}

/// What the system said of a file; the path stands beside it.
private func reason(_ error: any Error) -> String {
    guard let error = error as? CocoaError else { return "\(error)" }
    return (error.underlying as? POSIXError)?.localizedDescription ?? error.localizedDescription
}
