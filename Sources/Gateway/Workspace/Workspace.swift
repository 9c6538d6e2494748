import Crypto
import Foundation
import Kernel
import Synchronization

/// The folder of one user with one agent. Nothing leads out of it: each part of a path is opened by itself, below the part before, and
/// no link is followed.
final class Workspace: Sendable {
    static let fileLimit = 1024 * 1024
    static let readLimit = 256 * 1024
    static let byteQuota: Int64 = 1 << 30
    static let fileQuota = 10_000
    static let depthLimit = 32

    /// What cannot be done, in words for a model.
    struct Failure: Error, Equatable {
        let text: String
        init(_ text: String) { self.text = text }
    }

    private let root: String
    private let quota: Int64
    /// One writer at a time.
    private let writing = Mutex(())

    /// - Parameters:
    ///   - root: made when something is first written.
    ///   - quota: bytes of all files.
    init(root: String, quota: Int64 = Workspace.byteQuota) { (self.root, self.quota) = (root, quota) }

    /// The name of a user's folder: other characters than letters, digits, dot, underscore and hyphen as `%XX`; long ones by their hash.
    static func folderName(_ user: String) -> String {
        var name = ""
        for byte in user.utf8 {
            let isPlain = Self.plain.contains(byte)
            let digits = String(byte, radix: 16, uppercase: true)
            name += isPlain ? String(UnicodeScalar(byte)) : "%" + (digits.utf8.count == 1 ? "0" : "") + digits
        }
        if name == "." || name == ".." { name = name.bytewise.replacing(".", with: "%2E") }
        return name.utf8.count <= 100 ? name : "~" + SHA256.hash(data: Array(user.utf8)).hex
    }

    private static let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-".utf8)

    /// The parts of a path. Throws `Failure`.
    static func parts(_ path: String) throws(Failure) -> [String] {
        guard path.utf8.count <= 4096 else { throw Failure("the path is too long") }
        let text = path.bytewise.dropping(prefix: "/").map(String.init) ?? path
        if text.isEmpty || text == "." { return [] }
        let parts = text.bytewise.split("/", keepsEmpty: true).map(String.init)
        for part in parts {
            let isName =
                !part.isEmpty && part != "." && part != ".." && part.utf8.count <= 255
                && !part.utf8.contains(UInt8(ascii: "\\")) && !part.unicodeScalars.contains(where: \.isInvisible)
            guard isName else {
                throw Failure(
                    "the path is not valid: it may not hold empty parts, '.', '..', '\\' or invisible characters"
                )
            }
        }
        guard parts.count <= self.depthLimit else { throw Failure("the path is nested too deep") }
        return parts
    }

    // MARK: Descriptors

    /// Closes itself.
    private struct Descriptor: ~Copyable {
        let number: Int32
        init(_ number: Int32) { self.number = number }
        deinit { _ = close(self.number) }
    }

    private static func open(_ name: String, below folder: Int32, _ flags: Int32, mode: mode_t = 0o600) -> Int32 {
        openat(folder, name, flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, mode)
    }

    private func openRoot(creating: Bool) throws(Failure) -> Descriptor {
        if creating {
            try? FileManager.default.createDirectory(
                atPath: self.root,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        }
        let number = Glibc.open(self.root, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
        guard number >= 0 else { throw Failure("there is no such file") }
        return Descriptor(number)
    }

    /// The folder in which the last part of a path stands.
    private func openFolder(_ parts: [String], creating: Bool) throws(Failure) -> Descriptor {
        var folder = try self.openRoot(creating: creating)
        for part in parts {
            if creating { _ = mkdirat(folder.number, part, 0o700) }
            let next = Self.open(part, below: folder.number, O_RDONLY | O_DIRECTORY)
            guard next >= 0 else { throw Self.failure(part) }
            folder = Descriptor(next)
        }
        return folder
    }

    private static func failure(_ name: String) -> Failure {
        switch errno {
        case ELOOP: Failure("'\(name)' is a link; links are not followed")
        case ENOTDIR: Failure("'\(name)' is not a folder")
        case EISDIR: Failure("'\(name)' is a folder")
        case ENOENT: Failure("there is no such file or folder: '\(name)'")
        case ENAMETOOLONG: Failure("'\(name)' is too long a name")
        case ENOSPC, EDQUOT: Failure("there is no room on the disk")
        default: Failure("'\(name)' cannot be opened")
        }
    }

    // MARK: Reading

    struct Content: Sendable {
        let bytes: [UInt8]
        let size: Int64
    }

    /// A regular file with one name. Throws `Failure`.
    func read(_ path: String, limit: Int = Workspace.fileLimit) throws(Failure) -> Content {
        let parts = try Self.parts(path)
        guard let name = parts.last else { throw Failure("the path names a folder") }
        let folder = try self.openFolder(Array(parts.dropLast()), creating: false)
        let number = Self.open(name, below: folder.number, O_RDONLY)
        guard number >= 0 else { throw Self.failure(name) }
        let file = Descriptor(number)
        var status = stat()
        guard fstat(file.number, &status) == 0 else { throw Self.failure(name) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw Failure(status.st_mode & S_IFMT == S_IFDIR ? "'\(name)' is a folder" : "'\(name)' is no regular file")
        }
        guard status.st_nlink <= 1 else { throw Failure("'\(name)' has another name outside and is not read") }
        var bytes = [UInt8](repeating: 0, count: min(limit, Int(status.st_size)))
        var count = 0
        while count < bytes.count {
            let read = bytes.withUnsafeMutableBytes {
                pread(file.number, $0.baseAddress! + count, $0.count - count, off_t(count))
            }
            if read < 0, errno == EINTR { continue }
            guard read > 0 else { break }
            count += read
        }
        return Content(bytes: Array(bytes.prefix(count)), size: Int64(status.st_size))
    }

    struct Entry: Sendable, Equatable {
        /// From the folder's own root.
        let path: String
        let isFolder: Bool
        let size: Int64
    }

    /// What is in a folder, by path; empty where nothing was ever written.
    func list(_ path: String = "", depth: Int, limit: Int = 5000) throws(Failure) -> [Entry] {
        let parts = try Self.parts(path)
        if parts.isEmpty, access(self.root, F_OK) != 0 { return [] }
        let folder = try self.openFolder(parts, creating: false)
        var entries: [Entry] = []
        Self.list(folder.number, parts.joined(separator: "/"), depth, limit, &entries)
        return entries
    }

    private static func list(_ folder: Int32, _ path: String, _ depth: Int, _ limit: Int, _ entries: inout [Entry]) {
        for name in self.names(in: folder) {
            guard entries.count < limit else { return }
            var status = stat()
            guard fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
            let kind = status.st_mode & S_IFMT
            guard kind == S_IFREG || kind == S_IFDIR, !name.bytewise.starts(with: Self.temporary) else { continue }
            let whole = path.isEmpty ? name : "\(path)/\(name)"
            entries.append(Entry(path: whole, isFolder: kind == S_IFDIR, size: Int64(status.st_size)))
            guard kind == S_IFDIR, depth > 1 else { continue }
            let next = self.open(name, below: folder, O_RDONLY | O_DIRECTORY)
            guard next >= 0 else { continue }
            let inner = Descriptor(next)
            self.list(inner.number, whole, depth - 1, limit, &entries)
        }
    }

    private static func names(in folder: Int32) -> [String] {
        // The stream closes its own descriptor.
        let copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0, let stream = fdopendir(copy) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    // MARK: Writing

    private static let temporary = ".souk-"

    /// Whole or not at all: a file of another name is written, made durable, and takes the name. Throws `Failure`.
    func write(_ path: String, _ bytes: [UInt8]) throws(Failure) {
        let parts = try Self.parts(path)
        guard let name = parts.last else { throw Failure("the path names a folder") }
        guard bytes.count <= Self.fileLimit else { throw Failure("the content is longer than 1 MiB") }
        guard !name.bytewise.starts(with: Self.temporary) else {
            throw Failure("'\(name)' is a name of the server's own")
        }
        let result: Result<Void, Failure> = self.writing.withLock { _ in
            do throws(Failure) {
                try self.requireRoom(for: bytes.count, at: path)
                let folder = try self.openFolder(Array(parts.dropLast()), creating: true)
                return .success(try Self.replace(name, bytes, in: folder.number))
            } catch { return .failure(error) }
        }
        try result.get()
    }

    private func requireRoom(for count: Int, at path: String) throws(Failure) {
        // Folders count like files: no more than these are ever looked at.
        let entries = (try? self.list(depth: Self.depthLimit, limit: Self.fileQuota + 1)) ?? []
        let size = entries.reduce(Int64(0)) { $0 + ($1.isFolder ? 0 : $1.size) }
        guard entries.count < Self.fileQuota else { throw Failure("the folder holds as many files as it may") }
        guard size + Int64(count) <= self.quota else { throw Failure("the folder holds as many bytes as it may") }
    }

    private static func replace(_ name: String, _ bytes: [UInt8], in folder: Int32) throws(Failure) {
        var status = stat()
        if fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0, status.st_mode & S_IFMT != S_IFREG {
            let isFolder = status.st_mode & S_IFMT == S_IFDIR
            throw Failure(isFolder ? "'\(name)' is a folder" : "'\(name)' is no regular file")
        }
        let spare = self.temporary + String(UInt64.random(in: .min ... .max), radix: 36)
        let number = self.open(spare, below: folder, O_WRONLY | O_CREAT | O_EXCL)
        guard number >= 0 else { throw self.failure(name) }
        let file = Descriptor(number)
        var count = 0
        while count < bytes.count {
            let written = bytes.withUnsafeBytes { Glibc.write(file.number, $0.baseAddress! + count, $0.count - count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else {
                let failure = self.failure(name)
                unlinkat(folder, spare, 0)
                throw failure
            }
            count += written
        }
        guard fsync(file.number) == 0, renameat(folder, spare, folder, name) == 0 else {
            let failure = self.failure(name)
            unlinkat(folder, spare, 0)
            throw failure
        }
        _ = fsync(folder)
    }
}

/// The workspaces of a server, of which each is one object, so that it has one writer at a time.
final class Workspaces: Sendable {
    private let root: String?
    private let open = Mutex<[String: Workspace]>([:])

    /// - Parameter root: nil where the server keeps no files.
    init(root: String?) { self.root = root }

    func workspace(of agent: Agent, user: String) throws(Workspace.Failure) -> Workspace {
        guard let root else { throw Workspace.Failure("this server keeps no files") }
        let path = "\(root)/\(agent.tenant)/\(agent.id)/\(Workspace.folderName(user))"
        // An owner may lower the quota.
        let most = Workspace.byteQuota
        let quota = agent.object("other_config")["quota_mb"]?.integer.map { max(1, min($0, most >> 20)) << 20 } ?? most
        return self.open.withLock { open in
            if let known = open[path] { return known }
            if open.count >= 10_000 { open = [:] }
            let workspace = Workspace(root: path, quota: quota)
            open[path] = workspace
            return workspace
        }
    }

    /// Everything that an agent has written is erased.
    func erase(_ agent: Agent) throws {
        guard let root else { return }
        let path = "\(root)/\(agent.tenant)/\(agent.id)"
        if FileManager.default.fileExists(atPath: path) { try FileManager.default.removeItem(atPath: path) }
    }
}
