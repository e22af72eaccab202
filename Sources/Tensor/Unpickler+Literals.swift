// SPDX-License-Identifier: MIT

extension Unpickler {
    /// The value that follows an instruction.
    mutating func literal(_ literal: PickleInstruction.Literal) throws -> Node {
        switch literal {
        case .none: .none
        case .true_: .bool(true)
        case .false_: .bool(false)
        case .binInt: .integer(Int(Int32(truncatingIfNeeded: try pickle.number(4))))
        case .binInt1: .integer(try pickle.number(1))
        case .binInt2: .integer(try pickle.number(2))
        case .long1: integer(try pickle.bytes(pickle.number(1)))
        case .long4: integer(try counted(4))
        case .binFloat: .float(Double(bitPattern: try pickle.bytes(8).reduce(0) { $0 << 8 | UInt64($1) }))
        case .shortBinUnicode: try text(1)
        case .binUnicode: try text(4)
        case .binUnicode8: try text(8)
        case .shortBinBytes: .bytes(try counted(1))
        case .binBytes: .bytes(try counted(4))
        case .binBytes8, .byteArray8: .bytes(try counted(8))
        // Python 2 did not tell text from bytes.
        case .shortBinString: textOrBytes(try counted(1))
        case .binString: textOrBytes(try counted(4))
        }
    }

    /// Bytes behind their number, which takes `length` bytes itself.
    private mutating func counted(_ length: Int) throws -> [UInt8] {
        try pickle.bytes(pickle.number(length))
    }

    private mutating func text(_ length: Int) throws -> Node {
        guard let text = String(validating: try counted(length), as: UTF8.self) else {
            throw malformed("a text that is not UTF-8 before byte \(pickle.position)")
        }
        return .text(text)
    }

    private func textOrBytes(_ bytes: [UInt8]) -> Node {
        String(validating: bytes, as: UTF8.self).map(Node.text) ?? .bytes(bytes)
    }

    /// Two's complement, the least significant byte first; no bytes are zero.
    private func integer(_ bytes: [UInt8]) -> Node {
        guard bytes.count <= 8 else { return .wideInteger(bytes) }
        let sign: UInt64 = (bytes.last ?? 0) & 0x80 == 0 ? 0 : .max
        return .integer(Int(truncatingIfNeeded: bytes.reversed().reduce(sign) { $0 << 8 | UInt64($1) }))
    }
}
