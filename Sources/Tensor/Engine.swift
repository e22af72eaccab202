// SPDX-License-Identifier: MIT

internal import CTorch

/// libtorch as a part of this process.
public enum Engine {
    /// Sets the process up for training: freed memory is kept, and so many threads compute.
    ///
    /// Call once, before the first tensor is made.
    public static func prepare(threads: Int) throws {
        pt_keep_freed_memory()
        try check("prepare", [], pt_set_thread_count(Int32(threads)))
    }

    public static var threadCount: Int { Int(pt_thread_count()) }
    public static var version: String { String(cString: pt_version()) }
}
