extension HTTPConnection {
    /// What follows the parts that are kept.
    enum Following {
        case more
        /// The client will send no more.
        case nothing
        /// What no server can read, or what two servers could read in two ways.
        case malformed
    }

    /// How far the connection has come towards its end.
    enum Closing {
        case open
        /// The last answer is on its way; what the client sends is dropped.
        case writing
        /// It is with the system's socket; the client may be still sending.
        case lingering
    }
}
