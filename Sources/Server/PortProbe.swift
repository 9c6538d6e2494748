import Foundation
import Platform

extension Configuration {
    /// Each address that the server would listen on, before anything is changed for a server that cannot start.
    ///
    /// Throws `ConfigurationError` in words for the operator.
    package func requireFreePorts() throws {
        var addresses = [(host: self.host, port: self.port)]
        addresses += self.listen.values.map { ($0.host, $0.port) }
        if case .listener(let listen) = self.metrics { addresses.append((listen.host, listen.port)) }
        for (host, port) in addresses where port != 0 {
            guard let reason = Self.reasonAgainst(host, port) else { continue }
            throw ConfigurationError("cannot listen on \(host):\(port): \(reason)")
        }
    }

    /// Why nobody can listen there; nil when somebody can.
    private static func reasonAgainst(_ host: String, _ port: Int) -> String? {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, "\(port)", &hints, &found) == 0, let first = found else {
            return "there is no such address"
        }
        defer { freeaddrinfo(found) }
        let socket = socket(first.pointee.ai_family, first.pointee.ai_socktype, 0)
        guard socket >= 0 else { return String(cString: strerror(errno)) }
        defer { close(socket) }
        var yes: Int32 = 1
        setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        guard bind(socket, first.pointee.ai_addr, first.pointee.ai_addrlen) == 0, Glibc.listen(socket, 1) == 0 else {
            return errno == EADDRINUSE ? "the port is taken by another program" : String(cString: strerror(errno))
        }
        return nil
    }
}
