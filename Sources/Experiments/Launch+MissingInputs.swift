// SPDX-License-Identifier: MIT

internal import Data
internal import Pipeline
internal import Reporting

/// Several files or datasets that an experiment needs and this machine does not have.
struct MissingInputsError: ReportedError {
    /// One for each.
    let errors: [any ReportedError]

    var exitKind: ExitKind { .missing }

    var description: String {
        "\(counted(errors.count, "input")) are not on this machine:\n" + errors.map { "\($0)" }.joined(separator: "\n")
    }

    /// The error as one of something that is not on this machine; nothing where it is another.
    static func missing(_ error: any Error) -> (any ReportedError)? {
        switch error {
        case let error as MissingInputsError: error
        case let error as DataError:
            if case .missingFolder = error { error } else { nil }
        case let error as InitialWeightsError:
            if case .notFound = error { error } else { nil }
        case let error as NetworkFileError:
            if case .noFile = error { error } else { nil }
        default: nil
        }
    }
}

extension Launch {
    /// Has an error of one missing input name all others too, so that they need not be brought one by one.
    ///
    /// - Throws: ``MissingInputsError`` where several are missing, else what the body throws.
    func tellingOfAllMissing<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch {
            guard let first = MissingInputsError.missing(error) else { throw error }
            let others = missingInputs.filter { "\($0)" != "\(first)" }
            let errors = [first] + others
            throw errors.count > 1 ? MissingInputsError(errors: errors) : error
        }
    }

    private var missingInputs: [any ReportedError] {
        let settings = experiment.settings
        var errors: [any ReportedError] = []
        func look(_ body: () throws -> Void) {
            do { try body() } catch { errors += [MissingInputsError.missing(error)].compactMap(\.self) }
        }
        for backbone in experiment.backbonesBegun {
            look { _ = try initialWeights(of: backbone) }
        }
        look { _ = try experiment.digestsOfNetworkFiles() }
        guard settings.data.drawnWorld == nil else { return errors }
        for (dataset, path) in [
            settings.data.source.map { ($0.dataset, $0.path) }, (settings.data.target.dataset, settings.data.target.path),
        ].compactMap(\.self) {
            look { _ = try dataset.find(in: path.map(absolutePath) ?? settings.data.root(in: dataFolder)) }
        }
        return errors
    }
}
