import Foundation
import ServerTestKit

#if FUZZING
    /// What libFuzzer calls with each input: the first byte chooses the reader.
    ///
    /// Built with `swift build --sanitize=fuzzer -Xswiftc -DFUZZING`; see `scripts/fuzz`.
    @_cdecl("LLVMFuzzerTestOneInput")
    public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
        let input = Array(UnsafeBufferPointer(start: data, count: size))
        guard let target = fuzzTarget else { return 0 }
        do { try target.run(input) } catch { preconditionFailure("\(target.name): \(error)") }
        return 0
    }

    /// The reader that the environment names.
    private let fuzzTarget = getenv("FUZZ_TARGET").flatMap { name in
        FuzzTarget.all.first { $0.name == String(cString: name) }
    }
#else
    /// Without libFuzzer: lists the readers.
    @main
    struct Fuzz {
        static func main() {
            for target in FuzzTarget.all { FileHandle.standardOutput.write(Data("\(target.name)\n".utf8)) }
        }
    }
#endif
