// SPDX-License-Identifier: MIT

/// A class or function that a checkpoint of tensors may name. It stands for what we do instead of calling it.
struct KnownClass {
    enum Kind {
        case orderedDictionary
        /// Its default, a class or function, is not needed.
        case defaultDictionary
        case set
        /// Makes bytes from a text of characters below 256.
        case encodedText
        case size
        case device
        case tensor
        case parameter
        case numpyType
        case numpyScalar
        /// The type is nil for a class that leaves it open.
        case storage(StoredElementType?)
        /// A `torch.dtype`.
        case elementType
    }

    /// Module and name, joined by a dot.
    let name: String
    let kind: Kind

    init?(_ name: String) {
        guard let kind = KnownClass.kind(name) else { return nil }
        self.name = name
        self.kind = kind
    }

    private static func kind(_ name: String) -> Kind? {
        switch name {
        case "collections.OrderedDict": .orderedDictionary
        case "collections.defaultdict": .defaultDictionary
        // Python 2's name for builtins, which protocol 2 keeps.
        case "builtins.set", "__builtin__.set", "builtins.frozenset", "__builtin__.frozenset": .set
        case "_codecs.encode": .encodedText
        case "torch.Size": .size
        case "torch.device": .device
        case "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2": .tensor
        // The class itself, as old files have it; PyTorch's restricted reader knows it too.
        case "torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state",
            "torch.nn.parameter.Parameter":
            .parameter
        case "numpy.dtype": .numpyType
        case "numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar": .numpyScalar
        case "torch.storage.TypedStorage": .storage(nil)
        case "torch.storage.UntypedStorage", "torch.UntypedStorage": .storage(.uint8)
        default:
            if let type = StoredElementType.allCases.first(where: { name == "torch.\($0.storageName)" }) {
                .storage(type)
            } else {
                elementTypes.contains(name) ? .elementType : nil
            }
        }
    }

    private static let elementTypes: Set<String> = Set(
        [
            "float64", "float32", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool",
        ].map { "torch.\($0)" })
}

extension StoredElementType {
    /// The name of PyTorch's storage of this type, within its module `torch`.
    var storageName: String {
        switch self {
        case .float64: "DoubleStorage"
        case .float32: "FloatStorage"
        case .float16: "HalfStorage"
        case .bfloat16: "BFloat16Storage"
        case .int64: "LongStorage"
        case .int32: "IntStorage"
        case .int16: "ShortStorage"
        case .int8: "CharStorage"
        case .uint8: "ByteStorage"
        case .bool: "BoolStorage"
        }
    }
}

/// NumPy's name for a number's type, such as `f8`.
struct NumPyType {
    let code: String

    /// - Parameter code: A letter for the kind and the size in bytes.
    init?(_ code: String) {
        guard NumPyType.sizes[code] != nil else { return nil }
        self.code = code
    }

    private static let sizes = [
        "f8": 8, "f4": 4, "i8": 8, "i4": 4, "i2": 2, "i1": 1, "u4": 4, "u2": 2, "u1": 1, "b1": 1,
    ]

    /// The number that little-endian bytes stand for; nil unless there are as many as the type has.
    func number(_ bytes: [UInt8]) -> Unpickler.Node? {
        guard let size = NumPyType.sizes[code], bytes.count == size else { return nil }
        let bits = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        switch code {
        case "f8": return .float(Double(bitPattern: bits))
        case "f4": return .float(Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits))))
        case "b1": return .bool(bits != 0)
        case "u4", "u2", "u1": return .integer(Int(bits))
        default:
            // Signed: the sign bit is moved to the top and back.
            let shift = 64 - 8 * size
            return .integer(Int(Int64(bitPattern: bits << UInt64(shift)) >> Int64(shift)))
        }
    }
}
