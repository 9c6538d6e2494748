import Foundation
import Kernel
import Platform

/// What Linux tells of this process, under the names that all Prometheus clients use.
enum ProcessSamples {
    static let metrics = [cpu, resident, virtual, files, fileLimit, start, threads]

    private static let cpu = Metric.counter(
        "process_cpu_seconds_total",
        "Processor time of the process, in user and in system mode."
    )
    private static let resident = Metric.gauge("process_resident_memory_bytes", "Memory of the process that is in RAM.")
    private static let virtual = Metric.gauge("process_virtual_memory_bytes", "Address space of the process.")
    private static let files = Metric.gauge("process_open_fds", "Files and sockets that the process has open.")
    private static let fileLimit = Metric.gauge("process_max_fds", "Files and sockets that the process may have open.")
    private static let start = Metric.gauge(
        "process_start_time_seconds",
        "When the process started, in seconds since 1970."
    )
    private static let threads = Metric.gauge("process_threads", "Threads of the process.")

    /// Since 1970; taken when the process first asks for it.
    private static let startedAt = Self.readStart()

    /// What cannot be read is left out.
    static func read() -> [Sample] {
        // proc(5): after the name in brackets come state, parents and so on; times are in ticks, memory in pages.
        guard let stat = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8) else { return [] }
        let fields = self.fields(stat)
        guard fields.count > 21 else { return [] }
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        let page = Double(sysconf(Int32(_SC_PAGESIZE)))
        var samples = [
            Sample(self.cpu, (fields[11] + fields[12]) / ticks),
            Sample(self.threads, fields[17]),
            Sample(self.virtual, fields[20]),
            Sample(self.resident, fields[21] * page),
        ]
        if let startedAt { samples.append(Sample(self.start, startedAt)) }
        if let open = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
            samples.append(Sample(self.files, open.count))
        }
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            samples.append(Sample(self.fileLimit, Double(limit.rlim_cur)))
        }
        return samples
    }

    /// From the third one on; what is no number counts as 0.
    private static func fields(_ stat: String) -> [Double] {
        // characters: the kernel's own line
        let rest = stat.lastIndex(of: ")").map { stat[stat.index(after: $0)...] } ?? ""
        return rest.bytewise.split(" ").map { Double($0) ?? 0 }
    }

    private static func readStart() -> Double? {
        guard let stat = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8),
            let system = try? String(contentsOfFile: "/proc/stat", encoding: .utf8),
            let boot = system.bytewise.split("\n").lazy.compactMap({ $0.bytewise.dropping(prefix: "btime ") }).first,
            let bootedAt = Double(boot)
        else { return nil }
        let fields = self.fields(stat)
        guard fields.count > 19 else { return nil }
        return bootedAt + fields[19] / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}
