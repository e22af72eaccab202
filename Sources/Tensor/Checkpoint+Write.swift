// SPDX-License-Identifier: MIT

internal import CTorch

extension Checkpoint {
    /// Writes a checkpoint as the field's programs do: `{'state_dict': …, FIELD: …}`, in PyTorch's zip format.
    ///
    /// `torch.load` reads it, with `weights_only` too. Equal contents give equal bytes. The file appears whole or not
    /// at all, and is on the device when this returns.
    ///
    /// - Throws: ``TensorError/unwritable(path:reason:)``. What was under the path before is then still there.
    /// - Complexity: memory for one tensor at a time.
    public func write(to path: String) throws {
        try write(to: path, firstWide: 0xFFFF_FFFF)
    }

    /// - Parameter firstWide: See ``ZipWriter``.
    func write(to path: String, firstWide: Int) throws {
        try Checkpoint.write(entries.map { $0.tensor.stored(as: $0.name) }, fields: fields, to: path, firstWide: firstWide)
    }

    static func write(
        _ entries: [StoredTensors.Entry], fields: [String: Field], to path: String, firstWide: Int = 0xFFFF_FFFF
    ) throws {
        precondition(fields[Checkpoint.usualKey] == nil, "a field is named '\(Checkpoint.usualKey)'")
        precondition(Set(entries.map(\.name)).count == entries.count, "two tensors have one name")
        let file = try OutputFile(path: path)
        var archive = ZipWriter(file, firstWide: firstWide)
        try archive.add("archive/data.pkl", pickled(entries, fields))
        try archive.add("archive/byteorder", Array("little".utf8))
        for (key, entry) in entries.enumerated() {
            try archive.add("archive/data/\(key)", entry.bytes())
        }
        // The version of the format for files without programs.
        try archive.add("archive/version", Array("3\n".utf8))
        let identity = [archive.digest.names, archive.digest.contents].map { number in
            String(repeating: "0", count: 20 - String(number).count) + String(number)
        }
        try archive.add("archive/.data/serialization_id", Array(identity.joined().utf8))
        try archive.finish()
        try file.finish()
    }

    private static func pickled(_ entries: [StoredTensors.Entry], _ fields: [String: Field]) -> [UInt8] {
        var pickler = Pickler()
        pickler.put(.emptyDict)
        pickler.put(.mark)
        pickler.put(Checkpoint.usualKey)
        pickler.putEmptyOrderedDictionary()
        pickler.put(.mark)
        for (key, entry) in entries.enumerated() {
            pickler.put(entry.name)
            pickler.putTensor(String(key), entry.type, shape: entry.shape)
        }
        pickler.put(.setItems)
        for (name, field) in fields.sorted(by: { $0.key < $1.key }) {
            pickler.put(name)
            switch field {
            case .integer(let number): pickler.put(number)
            case .number(let number): pickler.put(number)
            case .text(let text): pickler.put(text)
            }
        }
        pickler.put(.setItems)
        return pickler.finish()
    }
}

extension Tensor {
    /// The type that a file gives the elements as they are.
    var storedType: StoredElementType {
        guard let type = StoredElementType(rawValue: elementType.rawValue) else {
            preconditionFailure("no file holds elements of type \(elementType)")
        }
        return type
    }

    /// The elements in row-major order, each as it is in memory.
    public func elementBytes() throws -> [UInt8] {
        let size = byteCount
        return try [UInt8](unsafeUninitializedCapacity: size) { buffer, initialisedCount in
            if let start = buffer.baseAddress {
                try check("elements", [self], pt_copy_to_bytes(handle, start, Int64(size)))
            }
            initialisedCount = size
        }
    }
}
