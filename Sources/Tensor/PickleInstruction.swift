// SPDX-License-Identifier: MIT

/// The instructions of pickle protocols 2 to 5 that plain values and tensors need, by what they are about.
///
/// Names and codes are those of Python's `pickletools`. Left out: the text forms of protocols 0 and 1, the extension
/// registry, and buffers outside the pickle.
enum PickleInstruction {
    /// Pushes a value that stands in the pickle.
    enum Literal: UInt8 {
        case none = 0x4E, true_ = 0x88, false_ = 0x89
        case binInt = 0x4A, binInt1 = 0x4B, binInt2 = 0x4D, long1 = 0x8A, long4 = 0x8B, binFloat = 0x47
        case shortBinString = 0x55, binString = 0x54
        case shortBinUnicode = 0x8C, binUnicode = 0x58, binUnicode8 = 0x8D
        case shortBinBytes = 0x43, binBytes = 0x42, binBytes8 = 0x8E, byteArray8 = 0x96
    }

    /// Makes or fills a container.
    enum Container: UInt8 {
        case emptyList = 0x5D, append = 0x61, appends = 0x65, list = 0x6C
        case emptyTuple = 0x29, tuple1 = 0x85, tuple2 = 0x86, tuple3 = 0x87, tuple = 0x74
        case emptyDict = 0x7D, dict = 0x64, setItem = 0x73, setItems = 0x75
        case emptySet = 0x8F, addItems = 0x90, frozenSet = 0x91
    }

    /// Moves what is there already.
    enum Stack: UInt8 {
        case mark = 0x28, pop = 0x30, popMark = 0x31, dup = 0x32
        case binGet = 0x68, longBinGet = 0x6A, binPut = 0x71, longBinPut = 0x72, memoize = 0x94
    }

    /// Names a class, or makes and changes objects.
    enum Object: UInt8 {
        case global = 0x63, stackGlobal = 0x93, reduce = 0x52, newObject = 0x81, newObjectWithNames = 0x92
        case build = 0x62, binPersistentId = 0x51
    }

    /// Stands around the rest.
    enum Frame: UInt8 {
        case proto = 0x80, frame = 0x95, stop = 0x2E
    }
}
