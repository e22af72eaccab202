// SPDX-License-Identifier: MIT

internal import Methods
internal import Pipeline
internal import Tensor

/// A training's state as a file: tensors as they are, numbers and values as metadata, values by their bits.
extension TrainingState {
    private static let valuePrefix = "value:"

    init(_ file: Safetensors, epoch: Int, step: Int) {
        self.init(epoch: epoch, step: step, tensors: file.tensors)
        for (key, text) in file.metadata {
            if key.hasPrefix(Self.valuePrefix), let bits = UInt64(text, radix: 16) {
                values[String(key.dropFirst(Self.valuePrefix.count))] = Double(bitPattern: bits)
            } else if let number = Int(text) {
                numbers[key] = number
            }
        }
    }

    var file: Safetensors { Safetensors(tensors: tensors, metadata: metadata) }

    private var metadata: [String: String] {
        let values = values.map { (Self.valuePrefix + $0.key, String($0.value.bitPattern, radix: 16)) }
        return numbers.mapValues { String($0) }.merging(Dictionary(uniqueKeysWithValues: values)) { first, _ in first }
    }

    /// The SHA-256 of everything.
    ///
    /// - Complexity: One pass over the elements.
    func digest() throws -> ContentDigest {
        var stream = DigestStream()
        stream.add("epoch \(epoch) step \(step)\n")
        for (key, text) in metadata.sorted(by: { $0.key < $1.key }) { stream.add("\(key) \(text)\n") }
        for (key, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
            stream.add("\(key) \(tensor.elementType.rawValue) \(tensor.shape)\n")
            stream.add(try tensor.elementBytes())
        }
        return stream.digest
    }
}
