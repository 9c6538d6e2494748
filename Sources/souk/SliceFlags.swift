import ArgumentParser
import Kernel
import Platform
import Server
import Synchronization
import Web

extension House {
    /// Throws `ValidationError` for a surface that there is not.
    static func requireSurface(_ name: String?) throws {
        guard let name, !self.sliceTypes.contains(where: { $0.name == name }) else { return }
        throw ValidationError("--surface must be one of \(self.sliceTypes.map { $0.name }.joined(separator: ", "))")
    }
}

/// The slices' settings as flags. Which there are, the house's list says; the parser knows only what is declared in the source, so they
/// are taken out of the arguments before it reads them.
enum SliceFlags {
    private static let taken = Mutex<[Setting: String]>([:])

    static var given: [Setting: String] { self.taken.withLock { $0 } }

    private static let settings = Setting.ofSlices.filter { !$0.isSecret }

    /// The arguments without those flags: `--market-listen :8081` and `--market-listen=:8081`.
    static func take(from arguments: [String]) -> [String] {
        // Those have no settings, and refuse the flags.
        if let command = arguments.first, ["routes", "version", "demo", "demo-provider"].contains(command) {
            return arguments
        }
        var rest: [String] = []
        var given: [Setting: String] = [:]
        var index = 0
        while index < arguments.count {
            let (name, value) = arguments[index].bytewise.cut(at: "=")
            index += 1
            guard let setting = self.settings.first(where: { name.bytewise.equals($0.flag) }) else {
                rest.append(arguments[index - 1])
                continue
            }
            if let value {
                given[setting] = String(value)
            } else if index < arguments.count, !arguments[index].bytewise.starts(with: "--") {
                given[setting] = arguments[index]
                index += 1
            } else {
                rest.append(arguments[index - 1])
            }
        }
        self.taken.withLock { $0 = given }
        return rest
    }

    /// A line each.
    static var help: String {
        let width = (self.settings.map(\.flag.count).max() ?? 0) + 2
        return self.settings.map { setting in
            "  \(setting.flag)\(String(repeating: " ", count: width - setting.flag.count))\(setting.help)"
        }.joined(separator: "\n")
    }
}
