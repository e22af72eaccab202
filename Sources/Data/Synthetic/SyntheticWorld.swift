// SPDX-License-Identifier: MIT

private import Randomness

/// A drawn world of pedestrians in two domains: a clean labelled source and a target seen by poor cameras.
///
/// The source has PersonX's layout and the target VisDA-2020's, as real JPEG files, so that the readers of
/// the real datasets read it. Everything is a pure function of these parameters: equal worlds have equal
/// bytes.
///
/// Goals, in order: the same bytes every time; a domain gap that direct transfer cannot cross; people who
/// stay recognisable within the target by clothing and shape; a few hundred images a second.
public struct SyntheticWorld: Sendable, Codable, Equatable {
    /// The labelled domain: clean renders in plain surroundings.
    public struct Source: Sendable, Codable, Equatable {
        /// People; `1...700`, PersonX's range.
        public var identities: Int
        /// Images of each person, dealt to the cameras in turn; positive.
        public var imagesPerIdentity: Int
        /// Cameras; `1...12`, PersonX's range.
        public var cameras: Int

        /// A source of the usual size, but for what is named.
        public init(identities: Int = 60, imagesPerIdentity: Int = 18, cameras: Int = 6) {
            self.identities = identities
            self.imagesPerIdentity = imagesPerIdentity
            self.cameras = cameras
        }
    }

    /// The unlabelled domain: a training set whose names tell nothing, and a validation set with queries and
    /// gallery.
    public struct Target: Sendable, Codable, Equatable {
        /// The camera numbers of VisDA-2020, which has no camera 3.
        public static let cameraNumbers = [1, 2, 4, 5, 6]

        /// People of the training set; positive.
        public var trainingIdentities: Int
        /// Least images of a training identity; positive.
        public var minimumImagesPerIdentity: Int
        /// Most images of a training identity; not below the least.
        public var maximumImagesPerIdentity: Int
        /// Training images of people who are seen only once.
        public var singletons: Int
        /// People of the validation set, whom training does not show; `1...999`, as the index files have
        /// three digits.
        public var validationIdentities: Int
        /// Queries of each validation identity, each from another camera; at most ``cameras``.
        public var queriesPerIdentity: Int
        /// Gallery images of each validation identity; at least 2, so that every query has a match in another
        /// camera.
        public var galleryPerIdentity: Int
        /// Gallery images under identity 0: bare background, bad detections, strangers.
        public var distractors: Int
        /// Cameras in use, the first of ``cameraNumbers``; `2...5`.
        public var cameras: Int
        /// People of a test set whom nothing names, seen as often as those of the validation set; `1...9999`, or nil for a
        /// world without one, whose bytes and description do not know of test sets.
        public var testIdentities: Int?

        /// A target of the usual size, but for what is named.
        public init(
            trainingIdentities: Int = 60, minimumImagesPerIdentity: Int = 4,
            maximumImagesPerIdentity: Int = 12,
            singletons: Int = 40, validationIdentities: Int = 40, queriesPerIdentity: Int = 2,
            galleryPerIdentity: Int = 8, distractors: Int = 60, cameras: Int = 5, testIdentities: Int? = nil
        ) {
            self.trainingIdentities = trainingIdentities
            self.minimumImagesPerIdentity = minimumImagesPerIdentity
            self.maximumImagesPerIdentity = maximumImagesPerIdentity
            self.singletons = singletons
            self.validationIdentities = validationIdentities
            self.queriesPerIdentity = queriesPerIdentity
            self.galleryPerIdentity = galleryPerIdentity
            self.distractors = distractors
            self.cameras = cameras
            self.testIdentities = testIdentities
        }

        /// Images of the validation set or the test set for each of its people, queries and gallery.
        var imagesPerSoughtIdentity: Int { queriesPerIdentity + galleryPerIdentity }
    }

    /// The labelled domain.
    public var source: Source
    /// The unlabelled domain.
    public var target: Target
    /// Width of the image files in pixels; `16...512`.
    public var width: Int
    /// Height of the image files in pixels; `32...1024`.
    public var height: Int
    /// How far the target is from the source; `0...1.5`, where 0 renders the target as the source is
    /// rendered.
    public var gap: Double
    /// Share of each effect in the gap.
    public var effects: GapEffects
    /// What everything is drawn from.
    public var seed: UInt64

    /// A world of the usual size at the usual gap, but for what is named; see ``problems()`` for what is
    /// possible.
    public init(
        source: Source = Source(), target: Target = Target(), width: Int = 64, height: Int = 128,
        gap: Double = 1,
        effects: GapEffects = GapEffects(), seed: UInt64 = 1
    ) {
        self.source = source
        self.target = target
        self.width = width
        self.height = height
        self.gap = gap
        self.effects = effects
        self.seed = seed
    }

    /// The number of image files that ``write(to:progress:)`` writes.
    ///
    /// - Precondition: ``problems()`` is empty.
    /// - Complexity: O(training identities), since the seed draws how many images each one has.
    public var imageCount: Int {
        let sought = target.validationIdentities + (target.testIdentities ?? 0)
        return source.identities * source.imagesPerIdentity
            + trainingImageCounts.reduce(target.singletons, +) + sought * target.imagesPerSoughtIdentity + target.distractors
    }

    /// How many images each training identity of the target has, the singletons left out.
    var trainingImageCounts: [Int] {
        let span = target.maximumImagesPerIdentity - target.minimumImagesPerIdentity + 1
        return (0..<target.trainingIdentities).map { identity in
            var random = key.stream("training.count", index: identity)
            return target.minimumImagesPerIdentity + random.below(span)
        }
    }
}
