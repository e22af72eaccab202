// SPDX-License-Identifier: MIT

internal import Pipeline
internal import Tensor
internal import Training

/// A training's state as a file: tensors as they are, numbers and values as metadata, values by their bits.
extension TrainingState {
    private static let valuePrefix = "value:"
    private static let reportPrefix = "report:"

    init(_ file: Safetensors, epoch: Int, step: Int) throws {
        self.init(epoch: epoch, step: step, tensors: try file.tensors.mapValues { try $0.onDevice() })
        for (key, text) in file.metadata {
            if key.hasPrefix(Self.valuePrefix) {
                values[String(key.dropFirst(Self.valuePrefix.count))] = Self.value(text)
            } else if key.hasPrefix(Self.reportPrefix) {
                reports[String(key.dropFirst(Self.reportPrefix.count))] = Self.value(text)
            } else {
                numbers[key] = Int(text)
            }
        }
    }

    private static func value(_ bits: String) -> Double? { UInt64(bits, radix: 16).map(Double.init(bitPattern:)) }

    var file: Safetensors {
        let reports = reports.map { (Self.reportPrefix + $0.key, String($0.value.bitPattern, radix: 16)) }
        return Safetensors(tensors: tensors, metadata: facts.merging(reports) { first, _ in first })
    }

    /// Numbers and values as text.
    private var facts: [String: String] {
        let values = values.map { (Self.valuePrefix + $0.key, String($0.value.bitPattern, radix: 16)) }
        return numbers.mapValues { String($0) }.merging(values) { first, _ in first }
    }

    /// The SHA-256 of everything that training goes on from.
    ///
    /// - Complexity: One pass over the elements.
    func digest() throws -> ContentDigest {
        var stream = DigestStream()
        stream.add("epoch \(epoch) step \(step)\n")
        for (key, text) in facts.sorted(by: { $0.key < $1.key }) { stream.add("\(key) \(text)\n") }
        for (key, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
            stream.add("\(key) \(tensor.elementType.rawValue) \(tensor.shape)\n")
            stream.add(try tensor.elementBytes())
        }
        return stream.digest
    }
}
