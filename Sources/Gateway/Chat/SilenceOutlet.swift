import HummingbirdCore
import NIOCore
import Web

/// Where comments go while tools run; nowhere as long as nothing was written.
actor SilenceOutlet {
    private var writer: (any SharedBodyWriter)?

    func open(_ writer: (any SharedBodyWriter)?) { self.writer = writer }
    func close() { self.writer = nil }

    func tell() async {
        guard var writer = self.writer else { return }
        // A client that has gone is noticed by whoever writes next.
        try? await writer.write(ByteBuffer(bytes: ChatAnswer.Chunks.comment("keep-alive")))
    }
}
