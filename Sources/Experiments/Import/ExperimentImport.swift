// SPDX-License-Identifier: MIT

internal import Configuration

/// An experiment file made of somebody else's command line or configuration, with all that it could not take over.
public struct ExperimentImport: Sendable, Equatable {
    /// The file: what was left out and what nobody wrote stand in its header.
    public let text: String
    /// Options that have no place here, each with why.
    public let leftOut: [String]
    /// Values that nobody wrote, each with where it is from.
    public let unwritten: [String]

    /// Reads a command line of SpCL, Cluster Contrast, MMT or the VisDA-2020 solution.
    ///
    /// - Parameter words: As they are typed there; one word with blanks is taken apart.
    /// - Throws: ``ImportError``.
    public init(command words: [String]) throws {
        let command = try CommandLineSource(words)
        let program = try ImportedProgram.find(command)
        try self.init(program, command.source(program.options))
    }

    /// Reads an OpenUnReID `config.yaml`.
    ///
    /// - Parameter path: The file.
    /// - Throws: ``ImportError``; `ConfigurationError` where the file is no YAML.
    public init(configuration path: String) throws {
        let document = try Document.load(path)
        let program = try ImportedProgram.openUnReID(document, file: path)
        try self.init(program, ImportSource(document, file: path, program.options))
    }

    init(_ program: ImportedProgram, _ source: ImportSource) throws {
        let problems = ProblemCollector()
        let options = ImportedOptions(source, program.options, reportingTo: problems)
        var draft = ImportDraft()
        draft.set("description", YAMLNode("\(program.repository)'s \(program.name), imported"))
        program.compose(options, &draft)
        draft.setMissing("data.location.folder", "data", reason: "where datasets lie here")
        let experiment = try Self.experiment(draft, problems.problems, program, options.labels)
        guard draft.document["data"]?["target"] != nil else { throw ImportError.undecodable("it names no target") }
        leftOut = draft.leftOut
        unwritten = draft.unwritten
        text = Self.header(program, source, draft) + draft.document.yamlText
        let again = try Self.reading(text)
        guard again.document.yamlText == experiment.document.yamlText else {
            throw ImportError.undecodable("its text says something else than it")
        }
    }

    /// What the draft says to our own reader, which knows every range and rule.
    private static func experiment(
        _ draft: ImportDraft, _ problems: [Problem], _ program: ImportedProgram, _ labels: [SourceSpan: String]
    ) throws(ImportError) -> Experiment {
        var found = problems
        do {
            let experiment = try Experiment(draft.document, name: "imported")
            guard !problems.isEmpty else { return experiment }
        } catch let error as ConfigurationError {
            // After a problem with an option its key is missing, which is no second one.
            found += error.problems.filter { problems.isEmpty || labels[$0.span] != nil }
        } catch {
            throw .undecodable("\(error)")
        }
        if let ours = found.first(where: { !problems.contains($0) && (labels[$0.span] == nil || $0.kind.isUnknownKey) }) {
            throw .undecodable("\(ours)")
        }
        throw .refused(found.map { line($0, program, labels) })
    }

    private static func reading(_ text: String) throws(ImportError) -> Experiment {
        do {
            return try Experiment(Document.parse(text, file: "imported.yaml"), name: "imported")
        } catch {
            throw .undecodable("\(error)")
        }
    }

    private static func line(_ problem: Problem, _ program: ImportedProgram, _ labels: [SourceSpan: String]) -> String {
        let isTyped = ["command", "default"].contains(problem.span.file)
        let label = labels[problem.span].map { isTyped ? $0 : "\(problem.span): \($0)" }
        let place = label.map { "\($0): " } ?? ""
        switch problem.kind {
        case .unknownKey(let found, let allowed, let nearest):
            let hint = nearest.map { "did you mean '\($0)'? " } ?? ""
            let beside = allowed.filter { section($0) == section(found) }
            return "\(place)no option of \(program.repository)'s \(program.name); \(hint)allowed: "
                + (beside.isEmpty ? allowed : beside).joined(separator: ", ")
        case .missing(let key, let expected):
            return "\(place)\(key) is needed: \(expected)"
        default:
            return place + problem.kind.description + (problem.keyPath.isEmpty ? "" : " (\(problem.keyPath))")
        }
    }

    /// The mapping that a key of a configuration is in.
    private static func section(_ key: String) -> Substring { key.prefix(upTo: key.lastIndex(of: ".") ?? key.startIndex) }

    // MARK: The header

    private static func header(_ program: ImportedProgram, _ source: ImportSource, _ draft: ImportDraft) -> String {
        let lines =
            ["Imported from \(program.repository): \(source.title)"]
            + list("Not taken over:", draft.leftOut) + list("Not written there:", draft.unwritten)
            + ["What the methods here do otherwise: \(program.pages.joined(separator: ", "))"]
        return lines.map { "# \(comment($0))\n" }.joined()
    }

    private static func list(_ title: String, _ lines: [String]) -> [String] {
        lines.isEmpty ? [] : [title] + lines.map { "  \($0)" }
    }

    /// A line that ends where it ends, whatever somebody typed.
    private static func comment(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { isPlain($0) ? $0 : "\u{FFFD}" }))
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .format: false
        default: true
        }
    }
}

extension Problem.Kind {
    fileprivate var isUnknownKey: Bool { if case .unknownKey = self { true } else { false } }
}

extension ImportedProgram {
    /// The only list of programs.
    private static let programs: KeyValuePairs<String, ProgramChoice> = [
        "spcl_train_uda.py": .known(spclWithSource), "spcl_train_usl.py": .known(spclAlone),
        "cluster_contrast_train_usl.py": .known(clusterContrast), "source_pretrain.py": .known(mmtPretraining),
        "mmt_train_kmeans.py": .known(mmtByMeans), "mmt_train_dbscan.py": .known(mmtByDensity),
        "base_train_kmeans.py": .known(baselineByMeans), "base_train_dbscan.py": .known(baselineByDensity),
        "mmt_train_uda.py": .known(mmtPlus),
        "cluster_contrast_train_usl_infomap.py": .notHere(
            "clustering by map equation is not here; the same network with DBSCAN: "
                + "cluster_contrast_train_usl.py"),
        "sda_train.py": .notHere(stageOfMMTPlus), "sda_infer.py": .notHere(stageOfMMTPlus),
        "camera_train.py": .notHere(stageOfMMTPlus), "test_ensemble.py": .notHere(stageOfMMTPlus),
        "test.py": .notHere(testing), "test_model.py": .notHere(testing), "test_reid.py": .notHere(testing),
        "main.py": .notHere("an OpenUnReID configuration is read by itself: passerby import tools/METHOD/config.yaml"),
    ]

    private static let stageOfMMTPlus = "mmt_train_uda.py makes an experiment with this as one of its stages"
    private static let testing = "a model is tested by passerby evaluate; see docs/from-python.md"

    /// The program of a command.
    ///
    /// - Throws: ``ImportError/unknownProgram(_:nearest:known:)``, ``ImportError/notHere(program:reason:)``.
    static func find(_ command: CommandLineSource) throws(ImportError) -> ImportedProgram {
        guard !command.program.hasSuffix(".sh") else {
            throw .notHere(program: command.program, reason: "a script around a program; give the command that is in it")
        }
        guard let choice = programs.first(where: { $0.key == command.program })?.value else {
            let known = programs.compactMap { name, choice in if case .known = choice { name } else { nil } }
            throw .unknownProgram(
                command.program, nearest: nearest(to: command.program, among: programs.map { $0.key }), known: known)
        }
        switch choice {
        case .notHere(let reason): throw .notHere(program: command.program, reason: reason)
        // Two repositories have a program of this name; only one of them has PersonX.
        case .known(let program) where program.name == visdaPretraining.name && command.namesPersonX: return visdaPretraining
        case .known(let program): return program
        }
    }
}

extension CommandLineSource {
    fileprivate var namesPersonX: Bool {
        source([ImportedOption("--dataset-source", or: "-ds", .rule)]).entries.contains { entry in
            guard entry.key == "--dataset-source", case .scalar(.text(let name)) = entry.value.value else { return false }
            return name.hasPrefix("personx")
        }
    }
}
