// SPDX-License-Identifier: MIT

extension SyntheticWorld {
    /// What each parameter may be by itself; see ``problems()`` for what they may be together.
    public enum Limits {
        public static let sourceIdentities = 1...700
        public static let targetIdentities = 1...99_999
        /// Three digits in the index files.
        public static let validationIdentities = 1...999
        public static let testIdentities = 1...9999
        public static let images = 1...9999
        /// Two at least, so that every query has a match by another camera.
        public static let gallery = 2...9999
        /// Images of people who are seen once, or of nobody.
        public static let loneImages = 0...99_999
        public static let sourceCameras = 1...12
        public static let targetCameras = 2...Target.cameraNumbers.count
        public static let queries = 1...Target.cameraNumbers.count
        public static let width = 16...512
        public static let height = 32...1024
        public static let gap = 0.0...1.5
        public static let effect = 0.0...2
    }
}
